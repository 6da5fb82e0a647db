//! From a module to something that lives: imports, exports, globals, tables,
//! segments, start, linking.
//!
//! A module is a recipe; an instance is what is cooked. Instances live in a
//! [`Store`], beside everything that they own or share: functions, memories,
//! tables, globals. [`Engine`] is the seam through which everybody else drives
//! a store like this one, so that another engine can take its place.

mod address;
mod engine;
mod error;
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

pub use address::{
    Extern, FuncAddr, GlobalAddr, Handle, InstanceAddr, MemAddr, TableAddr,
    TagAddr,
};
pub use engine::{Engine, Imports};
pub use error::{Error, ExceptionReport, LinkError, TrapReport};
pub use execute::StoreView;
pub use host::{
    Caller, HostError, HostFunction, HostResults, IntoHostFunction, WithCaller,
};
pub use layer::{CoreLayer, Layer, Uncaught};
pub use limits::StoreLimits;
pub use store::{
    FunctionBody, FunctionInstance, GlobalInstance, ModuleInstance, Store,
    StoreData, TagInstance,
};
pub use table::{TableInstance, range};
pub use tree::Counter;
pub use value::{NULL, Referent, Value, function, function_of};
