//! A stack: a list with `push` and `pop`.
//!
//! A stack machine calculates by putting numbers on a stack and by taking them
//! off again. This is the stack.

mod stack;
mod trap;

pub use stack::Stack;
pub use trap::Trap;
