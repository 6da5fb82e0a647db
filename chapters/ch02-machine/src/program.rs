//! The program that the demo runs.

use crate::Instr::{self, Add, Const, Mul};

/// `2 + 3 * 0.1`, which is 2.3.
pub fn program() -> Vec<Instr> {
    vec![Const(2.0), Const(3.0), Const(0.1), Mul, Add]
}
