//! Functions: a call is a Rust call.
//!
//! A function takes its arguments off the operand stack and leaves its results
//! there. In between, they are its locals, in a frame of its own. The call
//! stack of our machine is the call stack of Rust.

mod function;
mod instr;
mod machine;
mod memory;
mod program;
mod stack;
mod trap;

pub use function::{FuncIdx, Function, LocalIdx};
pub use instr::Instr;
pub use machine::Machine;
pub use memory::Memory;
pub use program::{MAIN, RUNAWAY, UPDATE_POSITION, V, X, program};
pub use stack::Stack;
pub use trap::{Error, Trap};
