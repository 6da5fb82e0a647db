//! From a module to something that lives: imports, exports, globals, tables,
//! segments, start, linking.
//!
//! A module is a recipe; an instance is what is cooked. Instances live in a
//! [`Store`], beside everything that they own or share: functions, memories,
//! tables, globals. A store is an engine: programs drive it through the trait
//! [`Engine`](annex_embedding::Engine).

mod embedder;
mod execute;
mod host;
mod instantiate;
mod invoke;
mod layer;
mod limits;
mod link;
mod store;
mod table;
mod tree;
mod value;
mod vector;

pub use execute::StoreView;
pub use invoke::Invocation;
pub use layer::{CoreLayer, LateCode, Layer, Objects, Uncaught};
pub use limits::{Growth, Limiter, StoreLimits};
pub use store::{
    FunctionBody, FunctionInstance, GlobalInstance, ModuleInstance, Store,
    StoreData, TagInstance,
};
pub use table::{TableInstance, range};
