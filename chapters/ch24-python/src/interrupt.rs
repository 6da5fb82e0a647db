//! Ctrl-C: `KeyboardInterrupt` in whatever Python executes.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ch22_embed::{Caller, Error, Linker};

use crate::Python;
use crate::host::Host;

impl Python {
    /// What interrupts this Python, from wherever: it raises
    /// `KeyboardInterrupt` as soon as this is true.
    pub fn interrupt_handle(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.store.data().interrupted)
    }

    /// Raises `KeyboardInterrupt` in what Python executes now, if somebody has
    /// asked for it.
    pub(crate) fn heed_interrupt(&mut self) -> Result<bool, Error> {
        let flag = &self.store.data().interrupted;
        let asked = flag.swap(false, Ordering::Relaxed);
        if asked {
            self.short("mp_sched_keyboard_interrupt", &[])?;
        }
        Ok(asked)
    }
}

/// Python's clock, as a part of the small module (`longjmp.rs`).
///
/// A loop of C that looks at the clock never asks whether it was interrupted.
/// So before it gets an answer, we let code of Python's ask: `__iter__` of
/// `_ours` has a jump in it. What it raises passes through here.
pub(crate) const CLOCK: &str = r#"
  (import "host" "interrupted" (func $interrupted (result i32)))
  (import "host" "ticks" (func $ticks (result i32)))
  (func (export "mp_js_ticks_ms") (result i32) (local $ours i32)
    (if (local.tee $ours (call $interrupted))
      (then (drop
        (call_indirect $late (param i32) (result i32)
          (local.get $ours) (i32.const 3)))))
    (call $ticks))
"#;

/// Defines what Python's clock asks: whether there was an interrupt. If so, the
/// answer is the number of `_ours`.
pub(crate) fn add(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker.func_wrap("host", "interrupted", |mut it: Caller<'_, Host>| {
        let host = it.data_mut();
        match mem::take(&mut host.clock.interrupted) {
            true => host.ours,
            false => 0,
        }
    })?;
    Ok(())
}
