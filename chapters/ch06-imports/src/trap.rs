//! What can go wrong, and how execution leaves.

use std::{error, io};

use crate::{FuncIdx, LabelIdx, LocalIdx};

/// A trap, and the instruction that caused it.
pub type Error = trace::Located<Trap>;

trace::rows! {
    /// A trap: the reason why a machine cannot go on.
    #[derive(Debug)]
    pub enum Trap {
        /// An operand was needed, and the stack held none.
        StackEmpty => "operand stack is empty";
        /// The address is not a whole number from 0 on, or the memory of this
        /// size does not have eight bytes from there on.
        BadAddress(address: f64, size: usize) =>
            "no number at address {} in a memory of {size} bytes",
            trace::number(*address);
        /// The function has no local with this number.
        UnknownLocal(local: LocalIdx) => "unknown local {}", local.0;
        /// The program has no function with this number.
        UnknownFunction(function: FuncIdx) => "unknown function {}", function.0;
        /// Fewer labels than that are around the branch.
        UnknownLabel(label: LabelIdx) => "unknown label {}", label.0;
        /// A call takes its arguments and leaves its results: the stack held
        /// fewer.
        TooFewOperands(needed: usize, found: usize) =>
            "too few operands: {needed} needed, {found} on the stack";
        /// Too many calls and labels, each inside the one before.
        CallStackExhausted => "call stack exhausted";
        /// The import of this name could not do what it was asked for.
        ImportFailed(name: &'static str, error: io::Error) =>
            "{name} failed: {error}";
    }
}

impl error::Error for Trap {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        if let Trap::ImportFailed(_, error) = self { Some(error) } else { None }
    }
}

/// Why execution left a sequence of instructions before its end. Falling off
/// the end is `Ok(())`.
#[derive(Debug)]
pub enum Unwind {
    /// A branch; caught by the label that many labels out, and the function
    /// itself is the outermost.
    Branch(LabelIdx),
    /// A return; caught by the current call.
    Return,
    /// A trap; only the embedder catches it. A branch should have
    /// little to carry, and so the reason waits in the machine.
    Trap,
}

trace::choice! {
    /// Why an instruction did not lead to the next one: it leads elsewhere, or
    /// it has trapped.
    pub enum Exit { Unwind, Trap }
}
