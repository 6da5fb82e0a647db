//! Four number types at the edge, bits inside.
//!
//! The toy machine knew one kind of number. WebAssembly knows four, and a
//! module says of each operand which one it is. Somebody has checked that
//! before the module runs (validation), so the machine need not carry the type
//! along: its operand stack holds 64 bits a slot, and an instruction reads them
//! as what it knows them to be. Only where the outside world looks in is a
//! number of a known type wanted.

mod number;
mod operand;
mod stack;
mod trap;

pub use number::{NumType, Number};
pub use operand::{Operand, Outcome};
pub use stack::OperandStack;
pub use trap::Trap;
