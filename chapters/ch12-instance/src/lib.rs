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
mod store;
mod table;
mod tree;
mod value;

pub use address::{Extern, FuncAddr, GlobalAddr, InstanceAddr, MemAddr, TableAddr};
pub use engine::{Engine, Imports};
pub use error::{Error, LinkError, TrapReport};
pub use host::{HostFunction, IntoHostFunction};
pub use store::Store;
pub use tree::{Counter, Meter};
pub use value::Value;
