//! A function that catches, in the text format.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch22_embed::{
    Caller, Engine, Error, Linker, Module, ResumableCall, Store, Val,
};

/// Six jobs, and `attempt`, which calls the one at this index.
pub const MODULE: &str = r#"(module
  (import "host" "nap" (func $nap))
  (tag $fail)
  (tag $other)
  (type $job (func (result i32)))
  (table funcref (elem $fine $fails $deep $naps $others $traps))
  (func $fine (result i32) (i32.const 7))
  (func $fails (result i32) (throw $fail))
  (func $deep (result i32) (call $fails))
  (func $naps (result i32) (call $nap) (throw $fail))
  (func $others (result i32) (throw $other))
  (func $traps (result i32) (unreachable))
  (func (export "attempt") (param $index i32) (result i32)
    (call_indirect (type $job) (local.get $index)))
)"#;

/// Why a call is paused.
#[derive(Clone, Copy, Debug)]
pub struct Nap;

impl std::fmt::Display for Nap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a nap")
    }
}

impl std::error::Error for Nap {}

/// Attempts a job: its result, and how often it has napped.
///
/// # Errors
///
/// An exception that isn't caught, or a trap.
pub fn attempt(job: i32) -> Result<(i32, u32), Error> {
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "nap", |caller: Caller<'_, ()>| {
        Err::<(), _>(caller.suspend(Nap))
    })?;
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, MODULE)?;
    let instance = linker.instantiate(&mut store, &module)?;
    let attempt = instance.get_func(&store, "attempt").expect("it's exported");
    let mut call = attempt.call_resumable(&mut store, &[Val::I32(job)])?;
    let mut naps = 0;
    loop {
        call = match call {
            ResumableCall::Finished(results) => {
                let result = results.first().and_then(Val::i32);
                return Ok((result.unwrap_or_default(), naps));
            }
            ResumableCall::Paused(paused) => {
                naps += 1;
                paused.answer(&mut store, &[])?
            }
        };
    }
}

fn main() {
    for job in 0..6 {
        match attempt(job) {
            Ok((result, naps)) => println!("job {job}: {result}, {naps} naps"),
            Err(error) => println!("job {job}: {error}"),
        }
    }
}
