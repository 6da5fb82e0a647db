//! The instructions.

use crate::{FuncIdx, LocalIdx};

/// How many labels out a branch goes: 0 is the innermost around it.
#[derive(Clone, Copy, Debug)]
pub struct LabelIdx(pub u32);

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
        /// `[x y] -> [1 if x = y, else 0]`
        Eq => "eq";
        /// `[x y] -> [1 if x < y, else 0]`
        Lt => "lt";
        /// `[x y] -> [1 if x > y, else 0]`
        Gt => "gt";
        /// `[x y] -> [1 if x <= y, else 0]`
        Le => "le";
        /// `[x y] -> [1 if x >= y, else 0]`
        Ge => "ge";
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
        /// Executes the body. A branch to its label goes on after the block.
        Block(body: Body) => "block";
        /// Executes the body. A branch to its label executes it again.
        Loop(body: Body) => "loop";
        /// Goes to a label.
        Br(label: LabelIdx) => "br {}", label.0;
        /// `[x] -> []`, and goes to a label unless x is 0.
        BrIf(label: LabelIdx) => "br_if {}", label.0;
        /// Goes to the end of the call.
        Return => "return";
    }
}

/// The instructions inside a block or a loop.
pub struct Body(pub Vec<Instr>);

/// Rust would drop a block inside a block inside a block with a call inside a
/// call inside a call, and run out of stack where blocks are nested deep
/// enough. So we take the bodies out first, and nothing that is dropped has
/// anything inside.
impl Drop for Body {
    fn drop(&mut self) {
        while let Some(instr) = self.0.pop() {
            if let Instr::Block(mut body) | Instr::Loop(mut body) = instr {
                self.0.append(&mut body.0);
            }
        }
    }
}
