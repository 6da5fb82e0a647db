//! The native stack, on which a machine nests as deep as the code that it
//! executes.
//!
//! A call is a Rust call and a block is a Rust call, so the depth of a module
//! is the depth of Rust's stack, and where that one ends the process ends. How
//! deep a module may nest is therefore limited by numbers, and before the first
//! call we make sure that the stack suffices for them. It is looked at once:
//! inside, a call costs what a call costs, at whatever depth.

use crate::MachineLimits;

/// Bytes of native stack that a call takes at most, and a label.
///
/// An unoptimised build takes many times what an optimised one takes.
const CALL: usize = if cfg!(debug_assertions) { 8 << 10 } else { 1 << 10 };
const LABEL: usize = if cfg!(debug_assertions) { 5 << 10 } else { 512 };

/// Bytes for what a machine calls without looking: functions of the host,
/// above all.
const SPARE: usize = 256 << 10;

/// Runs `work` with as much native stack as calls and labels up to these limits
/// can need: on the stack that there is, or on a new one if that is too short.
///
/// On wasm32 no stack can be made. There the limits themselves must be low
/// enough.
pub fn with_stack_for<T>(limits: MachineLimits, work: impl FnOnce() -> T) -> T {
    let calls = limits.calls.saturating_mul(CALL);
    let labels = limits.labels.saturating_mul(LABEL);
    let bytes = calls.saturating_add(labels).saturating_add(SPARE);
    // A host function that calls back finds what is spare of the first time.
    stacker::maybe_grow(bytes, bytes.saturating_add(SPARE), work)
}
