//! What can go wrong.

use std::{error, fmt};

use trace::Located;

/// A trap, and the instruction that caused it.
pub type Error = Located<Trap>;

/// A trap: the reason why a machine cannot go on.
#[derive(Debug)]
pub enum Trap {
    /// An operand was needed, and the stack held none.
    StackEmpty,
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trap::StackEmpty => write!(f, "operand stack is empty"),
        }
    }
}

impl error::Error for Trap {}
