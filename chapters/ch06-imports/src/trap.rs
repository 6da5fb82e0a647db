//! What can go wrong.

use std::{error, fmt, io};

use trace::{Located, number};

use crate::{FuncIdx, LabelIdx, LocalIdx};

/// A trap, and the instruction that caused it.
pub type Error = Located<Trap>;

/// A trap: the reason why a machine cannot go on.
#[derive(Debug)]
pub enum Trap {
    /// An operand was needed, and the stack held none.
    StackEmpty,
    /// An address must be a whole number, and not negative.
    NotAnAddress(f64),
    /// The eight bytes from `address` on are not all in a memory of `size` bytes.
    PastEnd {
        /// The address of the first byte.
        address: f64,
        /// The size of the memory in bytes.
        size: usize,
    },
    /// The function has no local with this number.
    UnknownLocal(LocalIdx),
    /// The program has no function with this number.
    UnknownFunction(FuncIdx),
    /// So many labels are not around the branch.
    UnknownLabel(LabelIdx),
    /// A call takes its arguments and leaves its results: the stack held fewer.
    TooFewOperands {
        /// How many were needed.
        needed: usize,
        /// How many there were.
        found: usize,
    },
    /// Too many calls and labels, each inside the one before.
    CallStackExhausted,
    /// An import could not do what it was asked for.
    ImportFailed {
        /// The name of the import.
        name: &'static str,
        /// What kept it from doing so.
        error: io::Error,
    },
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trap::StackEmpty => write!(f, "operand stack is empty"),
            Trap::NotAnAddress(address) => write!(f, "{} is not an address", number(*address)),
            Trap::PastEnd { address, size } => write!(
                f,
                "eight bytes at address {} reach past the end of memory ({size} bytes)",
                number(*address)
            ),
            Trap::UnknownLocal(LocalIdx(local)) => write!(f, "unknown local {local}"),
            Trap::UnknownFunction(FuncIdx(function)) => write!(f, "unknown function {function}"),
            Trap::UnknownLabel(LabelIdx(label)) => write!(f, "unknown label {label}"),
            Trap::TooFewOperands { needed, found } => {
                write!(f, "too few operands: {needed} needed, {found} on the stack")
            }
            Trap::CallStackExhausted => write!(f, "call stack exhausted"),
            Trap::ImportFailed { name, error } => write!(f, "{name} failed: {error}"),
        }
    }
}

impl error::Error for Trap {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Trap::ImportFailed { error, .. } => Some(error),
            _ => None,
        }
    }
}
