//! The instructions.

use std::fmt;

use trace::number;

use crate::{FuncIdx, LocalIdx};

/// One instruction. Beside each stands what it takes off the stack, and what it puts there.
pub enum Instr {
    /// `[] -> [the number]`
    Const(f64),
    /// `[x y] -> [x + y]`
    Add,
    /// `[x y] -> [x * y]`
    Mul,
    /// `[address] -> [the number at the address]`
    Load,
    /// `[address x] -> []`, and x is at the address
    Store,
    /// `[] -> [the local]`
    LocalGet(LocalIdx),
    /// `[x] -> []`, and x is the local
    LocalSet(LocalIdx),
    /// `[the arguments] -> [the results]`
    Call(FuncIdx),
}

impl fmt::Display for Instr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Instr::Const(value) => write!(f, "const {}", number(*value)),
            Instr::Add => write!(f, "add"),
            Instr::Mul => write!(f, "mul"),
            Instr::Load => write!(f, "load"),
            Instr::Store => write!(f, "store"),
            Instr::LocalGet(LocalIdx(local)) => write!(f, "local.get {local}"),
            Instr::LocalSet(LocalIdx(local)) => write!(f, "local.set {local}"),
            Instr::Call(FuncIdx(function)) => write!(f, "call {function}"),
        }
    }
}
