//! How a guest ends of its own accord.

/// A guest has called `proc_exit`: the call ends with this error, which
/// [`Error::downcast_ref`](ch22_embed::Error::downcast_ref) finds. 0 means that
/// all is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("exited with code {0}")]
pub struct I32Exit(
    /// The code.
    pub i32,
);
