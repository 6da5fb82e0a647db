//! A guest that sleeps while its thread does something else.

use std::str::FromStr;
use std::time::Duration;

use ch22_embed::{AsContextMut, Error, Paused, ResumableCall, Val};

/// Why a call is paused: the guest sleeps, and the call is to go on after this
/// time. A guest that only makes way for others sleeps for no time.
///
/// ```
/// use ch22_embed::{Engine, Linker, Module, ResumableCall, Store};
/// use ch23_wasi::{Sleep, WasiCtx, add_to_linker};
///
/// # fn main() -> Result<(), ch22_embed::Error> {
/// let engine = Engine::default();
/// let mut linker = Linker::<WasiCtx>::new(&engine);
/// add_to_linker(&mut linker, |wasi| wasi)?;
/// let text = r#"(module
///     (import "wasi_snapshot_preview1" "sched_yield"
///         (func $yield (result i32)))
///     (memory (export "memory") 1)
///     (func (export "run") (result i32) (call $yield)))"#;
/// let module = Module::new(&engine, text)?;
/// let wasi = WasiCtx::builder().suspending(true).build();
/// let mut store = Store::new(&engine, wasi);
/// let instance = linker.instantiate(&mut store, &module)?;
/// let run = instance.get_func(&store, "run").expect("it's exported");
/// let mut call = run.call_resumable(&mut store, &[])?;
/// let results = loop {
///     match call {
///         ResumableCall::Finished(results) => break results,
///         ResumableCall::Paused(paused) => {
///             let sleep = Sleep::of(&paused).expect("it yields");
///             std::thread::sleep(sleep.time());
///             call = Sleep::wake(paused, &mut store)?;
///         }
///     }
/// };
/// assert_eq!(results[0].i32(), Some(0));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the guest sleeps for {} ns", .time.as_nanos())]
pub struct Sleep {
    time: Duration,
}

impl Sleep {
    /// A sleep that a function of the host asks for, with
    /// [`Caller::suspend`](ch22_embed::Caller::suspend).
    pub fn new(time: Duration) -> Sleep {
        Sleep { time }
    }

    /// How long, counted from when the call was paused.
    pub fn time(&self) -> Duration {
        self.time
    }

    /// What a call waits for, if it is paused because its guest sleeps; also
    /// if its store was frozen and thawed meanwhile.
    pub fn of(paused: &Paused) -> Option<Sleep> {
        match paused.reason_as() {
            Some(sleep) => Some(*sleep),
            None => paused.reason()?.to_string().parse().ok(),
        }
    }

    /// The time has passed: goes on with the call.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn wake(
        paused: Paused,
        store: impl AsContextMut,
    ) -> Result<ResumableCall, Error> {
        paused.answer(store, &[Val::I32(0)])
    }
}

/// These words aren't those of a [`Sleep`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no guest sleeps")]
pub struct NoSleep;

impl FromStr for Sleep {
    type Err = NoSleep;

    fn from_str(words: &str) -> Result<Sleep, NoSleep> {
        let rest = words.strip_prefix("the guest sleeps for ");
        let number = rest.and_then(|rest| rest.strip_suffix(" ns"));
        let time = number.and_then(|number| number.parse().ok());
        Ok(Sleep::new(Duration::from_nanos(time.ok_or(NoSleep)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_known_by_its_words() {
        let sleep = Sleep::new(Duration::from_nanos(1_500));
        assert_eq!(sleep.to_string().parse(), Ok(sleep));
        assert_eq!("the guest sleeps for -1 ns".parse::<Sleep>(), Err(NoSleep));
    }
}
