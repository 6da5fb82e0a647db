//! Imports: an import is a closure.
//!
//! A machine can only calculate. To show something, it calls a function that
//! the world around it lends: a closure, which takes its arguments off the
//! operand stack like any other function.

mod function;
mod import;
mod instr;
mod machine;
mod memory;
mod player;
mod program;
mod stack;
mod trap;

pub use function::{FuncIdx, Function, LocalIdx};
pub use import::{Import, ImportFn};
pub use instr::{Body, Instr, LabelIdx};
pub use machine::Machine;
pub use memory::Memory;
pub use player::display_player;
pub use program::{
    DISPLAY_PLAYER, MAIN, UPDATE_POSITION, V, X, if_else, program, while_loop,
};
pub use stack::Stack;
pub use trap::{Error, Trap, Unwind};
