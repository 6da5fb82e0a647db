//! The instructions.

use crate::{FuncIdx, LocalIdx};

trace::rows! {
    /// One instruction. Beside each stands what it takes off the stack, and
    /// what it puts there.
    pub enum Instr {
        /// `[] -> [the number]`
        Const(value: f64) => "const {}", trace::number(*value);
        /// `[x y] -> [x + y]`
        Add => "add";
        /// `[x y] -> [x * y]`
        Mul => "mul";
        /// `[address] -> [the number at the address]`
        Load => "load";
        /// `[address x] -> []`, and x is at the address
        Store => "store";
        /// `[] -> [the local]`
        LocalGet(local: LocalIdx) => "local.get {}", local.0;
        /// `[x] -> []`, and x is the local
        LocalSet(local: LocalIdx) => "local.set {}", local.0;
        /// `[the arguments] -> [the results]`
        Call(function: FuncIdx) => "call {}", function.0;
    }
}
