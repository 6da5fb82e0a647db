//! Fifty guests by turns on one thread. One of them never ends, and nobody
//! starves.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;

use ch22_embed::{
    Caller, Config, Engine, Error, Interrupted, Linker, Module, ResumableCall,
    Store,
};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const COLLATZ: &str = include_str!("../programs/collatz.wat");

/// How many guests there are, and how much fuel each has for a turn.
const GUESTS: u32 = 50;
const SLICE: u64 = 20;

/// What the host knows of a guest: the data of the guest's store.
struct Guest {
    number: u32,
    told: u32,
    highest: u32,
}

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    alone(out)?;
    by_turns(out)?;
    interrupted(out)?;
    Ok(())
}

/// What a guest can ask of its host.
fn host(engine: &Engine) -> Result<Linker<Guest>, Error> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("host", "number", |caller: Caller<'_, Guest>| {
        caller.data().number
    })?;
    linker.func_wrap(
        "host",
        "tell",
        |mut caller: Caller<'_, Guest>, n: u32| {
            let guest = caller.data_mut();
            guest.told += 1;
            guest.highest = guest.highest.max(n);
        },
    )?;
    Ok(linker)
}

/// The store of a guest.
fn seat(engine: &Engine, number: u32) -> Store<Guest> {
    Store::new(engine, Guest { number, told: 0, highest: 0 })
}

/// One guest, who has the machine for itself.
fn alone(out: &mut impl Write) -> Outcome {
    let engine = Engine::default();
    let module = Module::new(&engine, COLLATZ)?;
    let mut store = seat(&engine, 27);
    let guest = host(&engine)?.instantiate(&mut store, &module)?;
    let run = guest.get_typed_func::<(), u32>(&store, "run")?;
    let steps = run.call(&mut store, ())?;
    let highest = store.data().highest;
    writeln!(out, "Guest 27, alone: {steps} steps, up to {highest}.")?;
    let error = guest.get_typed_func::<(), f64>(&store, "run").unwrap_err();
    writeln!(out, "As a function that returns an f64?\n  {error}\n")?;
    Ok(())
}

/// Fifty guests by turns. The one with the number 0 never gets to 1.
fn by_turns(out: &mut impl Write) -> Outcome {
    let engine = Engine::new(Config::new().consume_fuel(true));
    let module = Module::new(&engine, COLLATZ)?;
    let linker = host(&engine)?;
    writeln!(
        out,
        "{GUESTS} guests, {SLICE} units of fuel a turn. Finished in"
    )?;
    let mut waiting = VecDeque::new();
    for number in 0..GUESTS {
        let mut store = seat(&engine, number);
        let guest = linker.instantiate(&mut store, &module)?;
        let run = guest.get_func(&store, "run").ok_or("there is no `run`")?;
        let call = run.call_resumable(&mut store, &[])?;
        waiting.push_back((store, call));
    }
    let mut turn = 0;
    while waiting.len() > 1 {
        turn += 1;
        let finished = round(&mut waiting)?;
        let who = match finished.is_empty() {
            true => "nobody".to_owned(),
            false => finished.join(" "),
        };
        writeln!(out, "  turn {turn:2}: {who}")?;
    }
    for (store, _) in waiting {
        let Guest { number, told, .. } = store.into_data();
        writeln!(out, "Guest {number} has told {told} numbers. It goes home.")?;
    }
    writeln!(out)?;
    Ok(())
}

/// Gives every guest a turn. Returns the numbers of those who have finished.
fn round(
    waiting: &mut VecDeque<(Store<Guest>, ResumableCall)>,
) -> Result<Vec<String>, Error> {
    let mut finished = Vec::new();
    for _ in 0..waiting.len() {
        let Some((mut store, call)) = waiting.pop_front() else { break };
        let ResumableCall::Paused(paused) = call else { continue };
        store.set_fuel(SLICE)?;
        let call = paused.resume(&mut store)?;
        match call {
            ResumableCall::Paused(_) => waiting.push_back((store, call)),
            ResumableCall::Finished(_) => {
                finished.push(store.data().number.to_string());
            }
        }
    }
    Ok(finished)
}

/// The endless guest without fuel, until another thread has had enough.
fn interrupted(out: &mut impl Write) -> Outcome {
    let engine = Engine::new(Config::new().interruptible(true));
    let module = Module::new(&engine, COLLATZ)?;
    let mut store = seat(&engine, 0);
    let guest = host(&engine)?.instantiate(&mut store, &module)?;
    let run = guest.get_typed_func::<(), u32>(&store, "run")?;
    let handle = store.interrupt_handle()?;
    let other = thread::spawn(move || handle.interrupt());
    let error = run.call(&mut store, ()).unwrap_err();
    other.join().map_err(|_| "the other thread has panicked")?;
    if error.downcast_ref::<Interrupted>().is_some() {
        writeln!(out, "Guest 0, alone, and another thread: {error}.")?;
    }
    Ok(())
}
