//! Guests that sleep, side by side on one thread.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch22_embed::{
    Caller, Engine, Error, Linker, Module, Paused, ResumableCall, Store,
};

/// Why a call is paused: its guest naps, for this many milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Nap(pub u32);

impl std::fmt::Display for Nap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a nap of {} ms", self.0)
    }
}

impl std::error::Error for Nap {}

/// A guest that naps.
pub struct Sleeper {
    /// Its store.
    pub store: Store<()>,
    /// Its call, in its first nap.
    pub call: Paused,
}

/// Runs the guests by turns. Who has finished, by position, and when.
///
/// # Errors
///
/// One of the calls fails.
pub fn by_turns(sleepers: Vec<Sleeper>) -> Result<Vec<(usize, u32)>, Error> {
    let begins = |(number, sleeper): (usize, Sleeper)| {
        (nap(&sleeper.call), number, sleeper)
    };
    let mut waiting: Vec<_> =
        sleepers.into_iter().enumerate().map(begins).collect();
    let mut finished = Vec::new();
    while !waiting.is_empty() {
        waiting.sort_by_key(|(wakes, number, _)| (*wakes, *number));
        let (wakes, number, Sleeper { mut store, call }) = waiting.remove(0);
        match call.answer(&mut store, &[])? {
            ResumableCall::Finished(_) => finished.push((number, wakes)),
            ResumableCall::Paused(call) => {
                let next = wakes + nap(&call);
                waiting.push((next, number, Sleeper { store, call }));
            }
        }
    }
    Ok(finished)
}

/// How long a guest naps.
fn nap(call: &Paused) -> u32 {
    call.reason_as::<Nap>().map_or(0, |nap| nap.0)
}

/// A guest that has begun with the first of these naps.
///
/// # Errors
///
/// There is no nap.
pub fn sleeper(naps: &[u32]) -> Result<Sleeper, Error> {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "nap", |caller: Caller<'_, ()>, ms: u32| {
        Err::<(), _>(caller.suspend(Nap(ms)))
    })?;
    let calls: String =
        naps.iter().map(|ms| format!("(call $nap (i32.const {ms}))")).collect();
    let text = format!(
        r#"(module (import "host" "nap" (func $nap (param i32)))
            (func (export "run") {calls}))"#
    );
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, text)?;
    let instance = linker.instantiate(&mut store, &module)?;
    let run = instance.get_func(&store, "run").expect("it's exported");
    let call = run.call_resumable(&mut store, &[])?.paused();
    let call = call.ok_or_else(|| Error::msg("it doesn't nap"))?;
    Ok(Sleeper { store, call })
}

fn main() -> Result<(), Error> {
    let sleepers = vec![sleeper(&[300, 300])?, sleeper(&[500])?];
    println!("{:?}", by_turns(sleepers)?);
    Ok(())
}
