//! The native stack on wasm32, where none can be made: the limits themselves
//! must be low enough.

use ch07_values::Trap;

use crate::MachineLimits;

/// Runs `work`.
///
/// # Errors
///
/// That of `work`.
pub fn with_stack_for<T, E: From<Trap>>(
    _: MachineLimits,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    work()
}
