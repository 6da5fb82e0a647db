//! The instructions.

use std::{fmt, mem};

use trace::number;

use crate::{FuncIdx, LocalIdx};

/// How many labels out a branch goes: 0 is the innermost around it.
#[derive(Clone, Copy, Debug)]
pub struct LabelIdx(pub u32);

/// One instruction. Beside each stands what it takes off the stack, and what it puts there.
pub enum Instr {
    /// `[] -> [the number]`
    Const(f64),
    /// `[x y] -> [x + y]`
    Add,
    /// `[x y] -> [x * y]`
    Mul,
    /// `[x y] -> [1 if x = y, else 0]`
    Eq,
    /// `[x y] -> [1 if x < y, else 0]`
    Lt,
    /// `[x y] -> [1 if x > y, else 0]`
    Gt,
    /// `[x y] -> [1 if x <= y, else 0]`
    Le,
    /// `[x y] -> [1 if x >= y, else 0]`
    Ge,
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
    /// Executes the body. A branch to its label goes on after the block.
    Block(Body),
    /// Executes the body. A branch to its label executes it again.
    Loop(Body),
    /// Goes to a label.
    Br(LabelIdx),
    /// `[x] -> []`, and goes to a label unless x is 0.
    BrIf(LabelIdx),
    /// Goes to the end of the call.
    Return,
}

/// The instructions inside a block or a loop.
pub struct Body(pub Vec<Instr>);

/// Rust would drop a block inside a block inside a block with a call inside a call inside a call, and run out of stack where blocks are
/// nested deep enough. So we take the bodies out first, and nothing that is dropped has anything inside.
impl Drop for Body {
    fn drop(&mut self) {
        let mut waiting = mem::take(&mut self.0);
        while let Some(instr) = waiting.pop() {
            if let Instr::Block(mut body) | Instr::Loop(mut body) = instr {
                waiting.append(&mut body.0);
            }
        }
    }
}

impl fmt::Display for Instr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Instr::Const(value) => write!(f, "const {}", number(*value)),
            Instr::Add => write!(f, "add"),
            Instr::Mul => write!(f, "mul"),
            Instr::Eq => write!(f, "eq"),
            Instr::Lt => write!(f, "lt"),
            Instr::Gt => write!(f, "gt"),
            Instr::Le => write!(f, "le"),
            Instr::Ge => write!(f, "ge"),
            Instr::Load => write!(f, "load"),
            Instr::Store => write!(f, "store"),
            Instr::LocalGet(LocalIdx(local)) => write!(f, "local.get {local}"),
            Instr::LocalSet(LocalIdx(local)) => write!(f, "local.set {local}"),
            Instr::Call(FuncIdx(function)) => write!(f, "call {function}"),
            Instr::Block(_) => write!(f, "block"),
            Instr::Loop(_) => write!(f, "loop"),
            Instr::Br(LabelIdx(label)) => write!(f, "br {label}"),
            Instr::BrIf(LabelIdx(label)) => write!(f, "br_if {label}"),
            Instr::Return => write!(f, "return"),
        }
    }
}
