//! What a program sees of any engine: values, addresses, functions of the host,
//! errors.
//!
//! An embedder is a program that runs modules. It hands an engine a module and
//! what the module imports, calls what the module exports, and lets the module
//! call back. [`Engine`] is the seam between the two. Nothing here knows how an
//! engine keeps its things, so another engine can take its place.

mod address;
mod engine;
mod error;
mod host;
mod progress;
mod switchboard;
mod value;

pub use address::{
    Extern, FuncAddr, GlobalAddr, Handle, InstanceAddr, MemAddr, TableAddr,
    TagAddr,
};
pub use engine::{Engine, Imports};
pub use error::{Error, ExceptionReport, LinkError, TrapFrame, TrapReport};
pub use host::{
    Caller, HostError, HostFunction, HostResults, IntoHostFunction, WithCaller,
};
pub use progress::{
    Answer, CallFirst, Pause, PausedCall, Progress, Request, Suspend,
};
pub use switchboard::Switchboard;
pub use value::{NULL, Referent, Value, function, function_of, list};
