//! Branches: `?` is the branch.
//!
//! A branch leaves the instructions it stands in, and perhaps those around
//! them, up to a label. In Rust, that is what `?` does with an `Err`. So
//! [`Unwind`] is an error type: each cause for leaving early is a variant, and
//! has its place to be caught.

mod function;
mod instr;
mod machine;
mod memory;
mod program;
mod stack;
mod trap;

pub use function::{FuncIdx, Function, LocalIdx};
pub use instr::{Body, Instr, LabelIdx};
pub use machine::Machine;
pub use memory::Memory;
pub use program::{
    LARGER, MAIN, UPDATE_POSITION, V, X, if_else, program, while_loop,
};
pub use stack::Stack;
pub use trap::{Error, Trap, Unwind};
