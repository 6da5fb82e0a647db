//! The native stack, which grows with each nested call and block.
//!
//! A call is a Rust call and a block is a Rust call. Where Rust's stack ends
//! the process ends, and no `Result` can report it. So numbers limit how deep a
//! module may nest, and before the outermost call we make sure that the stack
//! is large enough for them. That happens once: no call inside looks again.

use crate::MachineLimits;

/// Bytes of native stack that a call needs at most, and a label.
///
/// An unoptimised build needs many times what an optimised one needs.
const CALL: usize = if cfg!(debug_assertions) { 8 << 10 } else { 1 << 10 };
const LABEL: usize = if cfg!(debug_assertions) { 5 << 10 } else { 512 };

/// Bytes for everything else that runs there: functions of the host, above all.
const SPARE: usize = 256 << 10;

/// Runs `work` with enough native stack for calls and labels up to these
/// limits: on the current stack, or on a new one if the current one is too
/// short.
///
/// On wasm32 no stack can be made. There the limits themselves must be low
/// enough.
pub fn with_stack_for<T>(limits: MachineLimits, work: impl FnOnce() -> T) -> T {
    let calls = limits.calls.saturating_mul(CALL);
    let labels = limits.labels.saturating_mul(LABEL);
    let bytes = calls.saturating_add(labels).saturating_add(SPARE);
    // SPARE again: a host function that calls back must find enough left, or
    // it would get a stack of its own.
    stacker::maybe_grow(bytes, bytes.saturating_add(SPARE), work)
}
