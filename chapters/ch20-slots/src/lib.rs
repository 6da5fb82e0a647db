//! Operands become numbered slots.
//!
//! How high the operand stack is at each instruction, the translation knows
//! already. So each operand has a slot of the frame whose number is known too,
//! and an operation can name its operands: [`translate`] keeps a stack of
//! *where values are*, and `local.get` and constants only push there.

mod op;
mod text;
mod translate;

pub use op::{Entry, Operand, Pending, SlotCode, SlotOp, Target};
pub use translate::translate;
