//! The names of the vector instructions.

use crate::instr::named_operators;

named_operators! {
    /// How a vector instruction computes.
    ///
    /// Specification: Structure, Instructions, *Vector Instructions*.
    VectorOp:
    0x00 "v128.load" V128Load;
}
