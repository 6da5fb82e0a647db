//! 128 bits are lanes, side by side.
//!
//! A vector has no type but its width. An instruction reads its 128 bits as
//! sixteen bytes, as four floats, or as whatever its name says, and does the
//! same to each of these lanes. So the vector instructions are once more a
//! table, and most rows say what the scalar instruction's row says.
//!
//! A slot of the operand stack has room for half of a vector. The other half
//! lies beside the stack.

mod instr;
mod lanes;
mod memory;
mod operand;
pub mod operations;
mod operators;
mod stack;
mod table;

pub use instr::{Row, VectorLaneOp, VectorOp, shuffle};
pub use lanes::{Lanes, V128};
pub use memory::{VectorMemory, VectorMemoryLaneOp, VectorMemoryOp};
pub use operand::{OperandType, VectorOperand, VectorOperands};
pub use stack::VectorStack;
