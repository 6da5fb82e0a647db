//! A machine: code is a list of instructions.
//!
//! Each instruction takes its operands off a stack and puts its result back.
//! The machine tells an observer about each step.

mod instr;
mod machine;
mod program;
mod stack;
mod trap;

pub use instr::Instr;
pub use machine::Machine;
pub use program::program;
pub use stack::Stack;
pub use trap::{Error, Trap};
