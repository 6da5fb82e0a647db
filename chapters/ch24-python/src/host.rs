//! What Python's host has, and the imports that are about nothing but it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ch22_embed::{
    AsContextMut, Caller, Error, Extern, Instance, Linker, Memory,
};
use ch23_wasi::{Sleep, WasiCtx};

use crate::files::Files;

/// The host's half of a store in which Python runs.
pub struct Host {
    pub(crate) wasi: WasiCtx,
    pub(crate) clock: Clock,
    pub(crate) files: Files,
    /// The other guests of the store, by their names.
    pub(crate) guests: Vec<(String, Instance)>,
    /// What Python has told the host by `_host.tell`.
    pub(crate) told: Option<String>,
    /// The number by which Python knows our own object.
    pub(crate) ours: u32,
    pub(crate) interrupted: Arc<AtomicBool>,
}

/// Python's clock, and who looks at it.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    /// What the clock has shown when it was started.
    before: u32,
    /// The last time that was asked for, and how often in a row.
    asked: (u32, u32),
    /// Whether a call waits for the clock to move on.
    pub waiting: bool,
    /// Whether who looks next is to be told of an interrupt.
    pub interrupted: bool,
}

/// How often Python may see the same millisecond in a row.
const LOOKS: u32 = 10;

impl Clock {
    /// A clock that shows this.
    pub fn at(before: u32) -> Clock {
        let started = Instant::now();
        Clock {
            started,
            before,
            asked: (0, 0),
            waiting: false,
            interrupted: false,
        }
    }

    /// Milliseconds since Python began.
    pub fn now(&self) -> u32 {
        let passed = self.started.elapsed().as_millis() as u32;
        self.before.wrapping_add(passed)
    }

    /// Somebody looks: what they see, or else how long they have to wait until
    /// they see something new.
    fn look(&mut self) -> Result<u32, Duration> {
        let now = self.now();
        let (time, looks) = self.asked;
        let looks = if time == now { looks + 1 } else { 1 };
        self.asked = (now, looks);
        if looks <= LOOKS {
            return Ok(now);
        }
        self.waiting = true;
        let part = self.started.elapsed().subsec_nanos() % 1_000_000;
        Err(Duration::from_nanos((1_000_000 - part).into()))
    }

    /// The host has been asked for something else.
    pub fn forget(&mut self) {
        self.asked.1 = 0;
    }
}

/// The memory of the caller.
pub(crate) fn memory(caller: &mut Caller<'_, Host>) -> Result<Memory, Error> {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory),
        _ => Err(Error::msg("Python exports no memory")),
    }
}

/// Lets the host make a call itself that takes a few units of fuel: it can't be
/// paused, so there has to be enough.
pub(crate) fn provide(store: &mut impl AsContextMut) -> Result<(), Error> {
    let mut store = store.as_context_mut();
    let fuel = store.get_fuel()?;
    store.set_fuel(fuel.saturating_add(4))
}

/// Defines time, chance and room.
pub(crate) fn add(linker: &mut Linker<Host>) -> Result<(), Error> {
    linker.func_wrap("host", "ticks", |mut it: Caller<'_, Host>| {
        let looked = it.data_mut().clock.look();
        looked.map_err(|time| it.suspend(Sleep::new(time)))
    })?;
    linker.func_wrap("env", "mp_js_time_ms", || {
        let time = SystemTime::now().duration_since(UNIX_EPOCH);
        time.unwrap_or_default().as_millis() as f64
    })?;
    linker.func_wrap("env", "mp_js_random_u32", || fastrand::u32(..))?;
    linker.func_wrap(
        "env",
        "emscripten_resize_heap",
        |mut caller: Caller<'_, Host>, bytes: u32| {
            let memory = memory(&mut caller)?;
            let size = memory.data_size(&caller) as u64;
            let pages = u64::from(bytes).saturating_sub(size).div_ceil(1 << 16);
            let grown = memory.grow(&mut caller, pages).is_ok();
            Ok::<i32, Error>(grown.into())
        },
    )?;
    linker.func_wrap("env", "_abort_js", || {
        Err::<(), _>(Error::msg("Python has given up: it called `abort`"))
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_looks_at_a_millisecond_are_answered() {
        let mut clock = Clock::at(0);
        loop {
            let begin = clock.now();
            clock.asked = (begin, 0);
            let answered = (0..11).filter(|_| clock.look().is_ok()).count();
            // Otherwise it was more than one.
            if clock.now() == begin {
                assert_eq!(answered, 10);
                return;
            }
        }
    }
}
