//! Calls that wait: for fuel, so that several take turns, and for an answer of
//! the host.

use std::collections::VecDeque;
use std::error::Error;
use std::io::{self, Write};

use ch22_embed::{
    Caller, Config, Engine, Linker, Module, ResumableCall, Store,
};

/// What a module asks for, and the host doesn't have yet.
#[derive(Debug, thiserror::Error)]
#[error("a module wants to know number {0}")]
struct Wanted(u32);

const TEXT: &str = r#"(module
    (import "host" "number" (func $number (param i32) (result i32)))
    (func (export "count") (param $to i32) (result i32) (local $at i32)
        (loop $next
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get $at) (local.get $to))))
        (local.get $at))
    (func (export "sum") (result i32)
        (i32.add (call $number (i32.const 1)) (call $number (i32.const 2)))))"#;

/// What the program does, with its output going to `out`.
///
/// # Errors
///
/// Whatever goes wrong.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let engine = Engine::new(Config::new().consume_fuel(true));
    let mut linker = Linker::<()>::new(&engine);
    // The host has no answer now: it asks for a pause, and says why.
    linker.func_wrap(
        "host",
        "number",
        |caller: Caller<'_, ()>, which: u32| {
            Err::<u32, _>(caller.suspend(Wanted(which)))
        },
    )?;
    let module = Module::new(&engine, TEXT)?;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module)?;
    let count = instance.get_func(&store, "count").ok_or("no `count`")?;

    // Three calls of one store, each with a bit of fuel at a time.
    let mut waiting = VecDeque::new();
    for to in [250, 50, 150] {
        waiting
            .push_back((to, count.call_resumable(&mut store, &[to.into()])?));
    }
    while let Some((to, call)) = waiting.pop_front() {
        match call {
            ResumableCall::Finished(_) => writeln!(out, "{to} is done")?,
            ResumableCall::Paused(paused) => {
                store.set_fuel(100)?;
                waiting.push_back((to, paused.resume(&mut store)?));
            }
        }
    }

    // A call that asks twice.
    store.set_fuel(1000)?;
    let sum = instance.get_func(&store, "sum").ok_or("no `sum`")?;
    let mut call = sum.call_resumable(&mut store, &[])?;
    let results = loop {
        match call {
            ResumableCall::Finished(results) => break results,
            ResumableCall::Paused(paused) => {
                let Some(Wanted(which)) = paused.reason_as() else {
                    return Err("it waits for something else".into());
                };
                let answer = 20 * which;
                writeln!(out, "number {which} is {answer}")?;
                call = paused.answer(&mut store, &[answer.into()])?;
            }
        }
    };
    writeln!(out, "sum: {}", results[0])?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout())
}
