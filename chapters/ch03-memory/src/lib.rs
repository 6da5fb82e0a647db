//! Memory: bytes with addresses.
//!
//! A number is eight bytes, the low byte first. A variable is an address that
//! the program agrees to keep a number at.

mod instr;
mod machine;
mod memory;
mod program;
mod stack;
mod trap;

pub use instr::Instr;
pub use machine::Machine;
pub use memory::Memory;
pub use program::{V, X, program};
pub use stack::Stack;
pub use trap::{Error, Trap};
