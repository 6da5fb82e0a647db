//! Operands become numbered slots.
//!
//! How high the operand stack is at each instruction, the translation knows
//! already. So each operand has a slot of the frame whose number is known too,
//! and an operation can name its operands: [`translate`] keeps a stack of
//! *where values are*, and `local.get` and constants only push there.

mod encode;
mod handlers;
mod node;
mod op;
pub mod operators;
mod show;
mod text;
mod tier;
mod translate;

pub use encode::operations;
pub use node::{Node, Nodes, WINDOW, Window};
pub use op::{Entry, Operand, Pending, SlotCode, SlotOp, Target};
pub use show::{Show, Shown};
pub use tier::{Pair, Slots, Store, Tally};
pub use translate::translate;
