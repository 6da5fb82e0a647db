//! Four number types at the edge, bits inside.
//!
//! The toy machine had one type of number. WebAssembly has four. Validation
//! checks the type of every operand before the module runs, so the machine
//! need not carry the type along: its operand stack has 64 bits per slot, and
//! an instruction reads them as the type that it expects. Only at the edge,
//! where the outside world looks in, does a number have its type with it.

mod number;
mod operand;
mod stack;
mod trap;

pub use number::{NumType, Number};
pub use operand::{Operand, Operands};
pub use stack::OperandStack;
pub use trap::Trap;
