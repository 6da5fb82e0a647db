//! Clocks: the system's, or clocks that the embedder can predict.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::Errno;

/// The clocks of a guest.
#[derive(Clone, Debug)]
pub struct Clocks(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System {
        /// When the monotonic clock began to run here.
        start: Instant,
        /// How far it had come before, in another process perhaps.
        before: Duration,
    },
    Virtual(Virtual),
}

/// A clock that moves only when somebody looks, or sleeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Virtual {
    /// When it began, since 1970.
    epoch: Duration,
    elapsed: Duration,
    step: Duration,
}

/// The clocks in a frozen context.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Frozen {
    System(Duration),
    Virtual(Virtual),
}

/// One of the clocks that a guest may ask.
///
/// Specification: WASI preview 1, *clockid*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockId {
    /// The time since 1970, which may jump.
    Realtime,
    /// The time since the guest began, which never goes back. What the
    /// processor's time is asked for, this is the answer, too.
    Monotonic,
}

impl ClockId {
    pub(crate) fn new(number: u32) -> Result<ClockId, Errno> {
        match number {
            0 => Ok(ClockId::Realtime),
            1..=3 => Ok(ClockId::Monotonic),
            _ => Err(Errno::Inval),
        }
    }
}

impl Clocks {
    /// The system's clocks.
    pub fn system() -> Clocks {
        let start = Instant::now();
        Clocks(Kind::System { start, before: Duration::ZERO })
    }

    /// Clocks that are the same in every run: they begin so long after 1970,
    /// and take a step whenever they are read. A sleep takes no time, and moves
    /// them.
    pub fn predictable(epoch: Duration, step: Duration) -> Clocks {
        let elapsed = Duration::ZERO;
        Clocks(Kind::Virtual(Virtual { epoch, elapsed, step }))
    }

    /// Nanoseconds; `u64::MAX` after the year 2554.
    pub(crate) fn read(&mut self, clock: ClockId) -> u64 {
        let time = match (&mut self.0, clock) {
            (Kind::System { .. }, ClockId::Realtime) => {
                SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
            }
            (Kind::System { start, before }, ClockId::Monotonic) => {
                before.saturating_add(start.elapsed())
            }
            (Kind::Virtual(clock), id) => clock.read(id),
        };
        nanoseconds(time)
    }

    /// Sleeps on this thread.
    pub(crate) fn sleep(&mut self, time: Duration) {
        match &mut self.0 {
            Kind::System { .. } => std::thread::sleep(time),
            Kind::Virtual(_) => self.skip(time),
        }
    }

    /// Somebody else sleeps for the guest.
    pub(crate) fn skip(&mut self, time: Duration) {
        if let Kind::Virtual(clock) = &mut self.0 {
            clock.elapsed = clock.elapsed.saturating_add(time);
        }
    }

    pub(crate) fn freeze(&self) -> Frozen {
        match &self.0 {
            Kind::System { start, before } => {
                Frozen::System(before.saturating_add(start.elapsed()))
            }
            Kind::Virtual(clock) => Frozen::Virtual(clock.clone()),
        }
    }

    pub(crate) fn thaw(frozen: Frozen) -> Clocks {
        Clocks(match frozen {
            Frozen::System(before) => {
                Kind::System { start: Instant::now(), before }
            }
            Frozen::Virtual(clock) => Kind::Virtual(clock),
        })
    }
}

impl Default for Clocks {
    fn default() -> Clocks {
        Clocks::system()
    }
}

impl Virtual {
    fn read(&mut self, clock: ClockId) -> Duration {
        let elapsed = self.elapsed;
        self.elapsed = elapsed.saturating_add(self.step);
        match clock {
            ClockId::Realtime => self.epoch.saturating_add(elapsed),
            ClockId::Monotonic => elapsed,
        }
    }
}

pub(crate) fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_predictable_clock_takes_a_step_when_it_is_read() {
        let (epoch, step) = (Duration::from_secs(9), Duration::from_nanos(5));
        let mut clocks = Clocks::predictable(epoch, step);
        assert_eq!(clocks.read(ClockId::Monotonic), 0);
        assert_eq!(clocks.read(ClockId::Realtime), 9_000_000_005);
        clocks.sleep(Duration::MAX);
        assert_eq!(clocks.read(ClockId::Monotonic), u64::MAX);
    }

    #[test]
    fn the_monotonic_clock_goes_on_after_a_thaw() {
        let mut clocks = Clocks::thaw(Frozen::System(Duration::from_secs(100)));
        assert!(clocks.read(ClockId::Monotonic) >= 100_000_000_000);
    }
}
