//! Fifty guests by turns on one thread. One of them never ends, and nobody
//! starves. Then somebody pulls the plug, and they go on elsewhere.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;

use ch22_embed::{
    Caller, Config, Engine, Error, Interrupted, Linker, Module, ResumableCall,
    Store, Strategy, Thawed,
};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const COLLATZ: &str = include_str!("../programs/collatz.wat");

/// How many guests there are, and how much fuel each has for a turn.
const GUESTS: u32 = 50;
const SLICE: u64 = 20;

/// Those who wait for a turn: each guest's store, and its call.
type Waiting = VecDeque<(Store<Guest>, ResumableCall)>;

/// What the host knows of a guest: the data of the guest's store.
#[derive(Clone)]
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
    unplugged(out)?;
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
    let mut waiting = seated(&Engine::new(Config::new().consume_fuel(true)))?;
    writeln!(
        out,
        "{GUESTS} guests, {SLICE} units of fuel a turn. Finished in"
    )?;
    turns(out, &mut waiting, 1)?;
    for (store, _) in waiting {
        let Guest { number, told, .. } = store.into_data();
        writeln!(out, "Guest {number} has told {told} numbers. It goes home.")?;
    }
    writeln!(out)?;
    Ok(())
}

/// All guests, before their first turn.
fn seated(engine: &Engine) -> Outcome<Waiting> {
    let module = Module::new(engine, COLLATZ)?;
    let linker = host(engine)?;
    let mut waiting = Waiting::new();
    for number in 0..GUESTS {
        let mut store = seat(engine, number);
        let guest = linker.instantiate(&mut store, &module)?;
        let run = guest.get_func(&store, "run").ok_or("there is no `run`")?;
        let call = run.call_resumable(&mut store, &[])?;
        waiting.push_back((store, call));
    }
    Ok(waiting)
}

/// Turns, until one guest is left.
fn turns(out: &mut impl Write, waiting: &mut Waiting, first: usize) -> Outcome {
    for turn in first.. {
        if waiting.len() <= 1 {
            break;
        }
        let finished = round(waiting)?;
        let who = match finished.is_empty() {
            true => "nobody".to_owned(),
            false => finished.join(" "),
        };
        writeln!(out, "  turn {turn:2}: {who}")?;
    }
    Ok(())
}

/// Gives every guest a turn. Returns the numbers of those who have finished.
fn round(waiting: &mut Waiting) -> Result<Vec<String>, Error> {
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

/// The guests once more. After five turns they are bytes, and those go on as
/// guests of another engine.
fn unplugged(out: &mut impl Write) -> Outcome {
    let mut waiting = seated(&Engine::new(Config::new().consume_fuel(true)))?;
    for _ in 0..5 {
        round(&mut waiting)?;
    }
    let files = frozen(waiting)?;
    let size: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let (guests, of_host) = (files.len(), size_of::<Guest>());
    writeln!(out, "\nAfter turn 5 somebody pulls the plug.")?;
    write!(out, "Left of {guests} guests: {size} bytes, ")?;
    writeln!(out, "and {of_host} bytes of the host's for each.")?;

    let mut config = Config::new();
    config.consume_fuel(true).strategy(Strategy::Flat);
    let engine = Engine::new(&config);
    let (_, mut bytes) = files[0].clone();
    writeln!(out, "They go on with another engine. Finished in")?;
    let mut waiting = thawed(&engine, files)?;
    turns(out, &mut waiting, 6)?;

    bytes[60] ^= 1;
    writeln!(out, "One bit changed:\n  {}", tried(&engine, &bytes)?)?;
    bytes[60] ^= 1;
    forge(&mut bytes);
    writeln!(out, "A local forged:\n  {}", tried(&engine, &bytes)?)?;
    Ok(())
}

/// What is left of the guests when the plug is pulled: what the host knows, and
/// a file for each.
fn frozen(waiting: Waiting) -> Outcome<Vec<(Guest, Vec<u8>)>> {
    let mut files = Vec::new();
    for (mut store, call) in waiting {
        let paused = call.paused().ok_or("a call has finished")?;
        let bytes = store.freeze(&[&paused])?;
        files.push((store.into_data(), bytes));
    }
    Ok(files)
}

/// The guests of these files.
fn thawed(engine: &Engine, files: Vec<(Guest, Vec<u8>)>) -> Outcome<Waiting> {
    let linker = host(engine)?;
    let mut waiting = Waiting::new();
    for (guest, bytes) in files {
        let thawed = Store::thaw(engine, guest, &linker, &bytes)?;
        let Thawed { store, mut calls, .. } = thawed;
        waiting.push_back((store, ResumableCall::Paused(calls.remove(0))));
    }
    Ok(waiting)
}

/// Makes the first local a number that no `i32` can be. The file has it 7 bytes
/// before its end. Length and checksum are made right again.
fn forge(bytes: &mut Vec<u8>) {
    let local = bytes.len() - 7;
    bytes.splice(local..=local, [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]);
    let (length, sum) = (bytes.len() - 24, crc32fast::hash(&bytes[24..]));
    bytes[12..20].copy_from_slice(&(length as u64).to_le_bytes());
    bytes[20..24].copy_from_slice(&sum.to_le_bytes());
}

/// What comes of thawing.
fn tried(engine: &Engine, bytes: &[u8]) -> Outcome<String> {
    let guest = Guest { number: 0, told: 0, highest: 0 };
    Ok(match Store::thaw(engine, guest, &host(engine)?, bytes) {
        Ok(_) => "it's thawed".to_owned(),
        Err(error) => error.to_string(),
    })
}
