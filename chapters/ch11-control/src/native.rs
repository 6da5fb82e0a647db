//! The native stack, on which the machine nests as deep as the code that it executes.
//!
//! A call is a Rust call and a block is a Rust call, so the depth of a module is the depth of Rust's stack, and
//! where that one ends the process ends. The machine therefore looks how much of it is left. When a
//! stretch is used up it goes on in a thread of its own, on the next stretch: to the code nothing has
//! happened. How deep a module may nest is decided elsewhere, by a number.

use std::thread;

/// Bytes that the machine may use of a stack that somebody else has made and may use too: half of what
/// a program begins with on some systems. Ordinary code stays within it, in an unoptimised build too.
const BORROWED: usize = 512 * 1024;

/// Bytes of a stack that the machine makes.
const OWN: usize = 16 * 1024 * 1024;

/// A stretch of native stack.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    start: usize,
    length: usize,
}

impl Stretch {
    /// What may be used of the stack of the current thread, from here on.
    pub fn borrowed() -> Stretch {
        Stretch { start: here(), length: BORROWED }
    }

    fn own() -> Stretch {
        // What is left below is for what the machine calls without looking: host functions above all.
        Stretch { start: here(), length: OWN / 2 }
    }

    /// Whether there is no room for another level.
    #[inline(always)]
    pub fn is_used_up(self) -> bool {
        self.start.saturating_sub(here()) > self.length
    }
}

/// Runs `work` on a stretch of its own; or does not, if the system has no stack to give.
pub fn on_own_stretch<T: Send>(work: impl FnOnce(Stretch) -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let thread =
            thread::Builder::new().stack_size(OWN).spawn_scoped(scope, || work(Stretch::own()));
        match thread.ok()?.join() {
            Ok(value) => Some(value),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// The address of something that lies on top of the native stack now.
#[inline(always)]
fn here() -> usize {
    let top = 0_u8;
    (&raw const top).addr()
}
