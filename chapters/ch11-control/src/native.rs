//! The native stack, which grows with each nested call and block.
//!
//! A call is a Rust call and a block is a Rust call. Where Rust's stack ends
//! the process ends, and no `Result` can report it. So numbers limit how deep a
//! module may nest, and the outermost call runs on a stack that is large enough
//! for them. No call inside looks again.
//!
//! On wasm32 no stack can be made: see `native_wasm32.rs`.

use std::cell::Cell;
use std::ptr;

use ch07_values::Trap;
use corosensei::on_stack;
use corosensei::stack::{DefaultStack, Stack};

use crate::MachineLimits;

/// Bytes of native stack that a call needs at most, and a label.
///
/// An unoptimised build needs many times what an optimised one needs.
const CALL: usize = if cfg!(debug_assertions) { 8 << 10 } else { 1 << 10 };
const LABEL: usize = if cfg!(debug_assertions) { 5 << 10 } else { 512 };

/// Bytes for everything else that runs there: functions of the host, above
/// all.
const SPARE: usize = 256 << 10;

thread_local! {
    /// The stack of the last outermost call: making one for each would take
    /// longer than a short call. Its memory is what was ever touched of it.
    static LAST: Cell<Option<DefaultStack>> = const { Cell::new(None) };
    /// Where the stack ends that the thread is on; 0 if it isn't ours.
    static END: Cell<usize> = const { Cell::new(0) };
}

/// Runs `work` with enough native stack for calls and labels up to these
/// limits: on the current stack if that is one of ours and has enough left,
/// as when a host function calls back, and otherwise on another one.
///
/// # Errors
///
/// That of `work`, or the trap `call stack exhausted` if the system can't
/// give so much.
pub fn with_stack_for<T, E: From<Trap>>(
    limits: MachineLimits,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let calls = limits.calls.saturating_mul(CALL);
    let labels = limits.labels.saturating_mul(LABEL);
    let bytes = calls.saturating_add(labels).saturating_add(SPARE);
    let end = END.get();
    if end != 0 && ptr::from_ref(&end).addr().saturating_sub(end) >= bytes {
        return work();
    }
    // SPARE again: a host function that calls back must find enough left,
    // or it would get a stack of its own.
    let size = bytes.saturating_add(SPARE).min(usize::MAX / 2);
    let suffices =
        |stack: &DefaultStack| stack.base().get() - stack.limit().get() >= size;
    let stack = match LAST.take().filter(suffices) {
        Some(stack) => stack,
        None => {
            DefaultStack::new(size).map_err(|_| Trap::CallStackExhausted)?
        }
    };
    END.set(stack.limit().get());
    let mut lent = Lent { stack: Some(stack), end };
    on_stack(lent.stack.as_mut().expect("it has just been lent"), work)
}

/// A stack in use. Whatever the call ends in, even in a panic of the host,
/// the next call gets the stack.
struct Lent {
    stack: Option<DefaultStack>,
    /// Where the stack ends that the thread was on before.
    end: usize,
}

impl Drop for Lent {
    fn drop(&mut self) {
        END.set(self.end);
        LAST.set(self.stack.take());
    }
}
