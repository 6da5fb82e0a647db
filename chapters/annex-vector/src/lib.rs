//! 128 bits are lanes, side by side.
//!
//! A vector has no type but its width. An instruction reads its 128 bits as
//! sixteen bytes, as four floats, or as its name tells, and does the same to
//! each of these lanes. So the vector instructions are a table again, and most
//! rows have the meaning of a scalar instruction's row.
//!
//! A slot of the operand stack has room for half of a vector. The other half is
//! beside the stack.

mod instr;
mod lanes;
mod memory;
mod operand;
pub mod operations;
mod stack;
mod table;

pub use instr::{VectorLaneOp, VectorOp, shuffle};
pub use lanes::{Lanes, V128};
pub use memory::{VectorMemory, VectorMemoryLaneOp, VectorMemoryOp};
pub use operand::{OperandType, VectorOperand};
pub use stack::VectorStack;
