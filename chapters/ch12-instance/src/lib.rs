//! From a module to something that lives: imports, exports, globals, tables, segments, start, linking.
//!
//! A module is a recipe; an instance is what is cooked. Instances live in a [`Store`], beside everything that
//! they own or share: functions, memories, tables, globals. [`Engine`] is the seam through which everybody
//! else drives a store like this one, so that another engine can take its place.

mod address;
mod engine;
mod error;
mod execute;
mod host;
mod instantiate;
mod invoke;
mod layer;
mod limits;
mod store;
mod table;
mod tree;
mod typing;
mod value;
mod vector;

pub use address::{
    Extern, FuncAddr, GlobalAddr, Handle, InstanceAddr, MemAddr, TableAddr, TagAddr,
};
pub use engine::{Engine, Imports};
pub use error::{Error, ExceptionReport, LinkError, TrapReport};
pub use execute::Surroundings;
pub use host::{HostFunction, IntoHostFunction};
pub use layer::{Ended, Escape, Invocation, Layer, Plain};
pub use limits::{Fuel, StoreLimits};
pub use store::{
    FunctionBody, FunctionInstance, GlobalInstance, ModuleInstance, Store, TagInstance,
};
pub use table::{TableInstance, range};
pub use tree::{Counter, Meter};
pub use typing::{Functions, Type, Typing, close, close_ref};
pub use value::{NULL, Referent, Value, exception, function, function_of};
