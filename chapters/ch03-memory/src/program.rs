//! The program that the demo runs.

use crate::Instr::{self, Add, Const, Load, Mul, Store};

/// Where the player stands: the address of the variable `x`.
pub const X: f64 = 22.0;
/// How fast the player moves: the address of the variable `v`.
pub const V: f64 = 42.0;

/// `x = x + v * 0.1`
#[rustfmt::skip] // One operand per line.
pub fn program() -> Vec<Instr> {
    vec![
        Const(X),
        Const(X), Load,
        Const(V), Load,
        Const(0.1),
        Mul,
        Add,
        Store,
    ]
}
