//! Why execution leaves a sequence before its end.

use ch07_values::Trap;
use ch09_module::LabelIdx;

/// Why execution left a sequence before its end. Falling off the end is
/// `Ok(())`.
///
/// Each cause is caught in exactly one place, and `?` passes it on to there.
///
/// Specification: Execution, Runtime Structure, *Administrative Instructions*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwind {
    /// Caught by the label that many blocks out.
    Branch(LabelIdx),
    /// Caught by the current call.
    Return,
    /// Caught only by the embedder.
    Trap(Trap),
}

impl From<Trap> for Unwind {
    fn from(trap: Trap) -> Unwind {
        Unwind::Trap(trap)
    }
}
