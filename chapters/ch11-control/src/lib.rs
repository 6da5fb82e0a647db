//! The core on real code.

mod environment;
mod machine;
mod native;
mod unwind;

pub use environment::{Callee, Code, Environment};
pub use machine::{Fault, Frame, MAX_DEPTH, Machine};
pub use unwind::Unwind;
