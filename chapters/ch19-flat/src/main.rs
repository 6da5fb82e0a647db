//! Shows a function as a tree and as flat code, and what becomes possible when
//! frames are data.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;

use annex_embedding::{
    Engine, Imports, InstanceAddr, Pause, Progress, Suspend,
};
use ch09_module::{FuncIdx, Module};
use ch12_instance::StoreLimits;
use ch19_flat::{Store, flatten};

type Outcome = Result<(), Box<dyn Error>>;

const ROOT: &str = include_str!("../programs/root.wat");
const GUESTS: &str = include_str!("../programs/guests.wat");

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    show(out, ROOT, "root")?;
    show(out, GUESTS, "depth")?;
    root(out)?;
    turns(out)?;
    nap(out)?;
    deep(out)?;
    Ok(())
}

/// Prints a function as a tree and as flat code.
fn show(out: &mut impl Write, text: &str, name: &str) -> Outcome {
    let mut store = Store::<()>::default();
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "sleep", |time: i32| time);
    let instance = store.instantiate(text.as_bytes(), &imports)?;
    let export = store.export(instance, name).and_then(|it| it.func());
    let address = export.ok_or("there is no such function")?;
    let module = Module::from_text(text)?;
    // `sleep` has the address 0. The module's own functions follow it.
    let own = address.0 - 1;
    let index = FuncIdx(module.imports.len() as u32 + own);
    writeln!(out, "{}\n", module.function_text(index))?;
    let ty = store.func_type(address).unwrap_or_default();
    let function = module.functions[own as usize].read();
    let code = flatten(store.data(), instance.0, &ty, &function, false);
    writeln!(out, "{code}")?;
    Ok(())
}

/// Calls `root`.
fn root(out: &mut impl Write) -> Outcome {
    let mut store = Store::<()>::default();
    let instance = store.instantiate(ROOT.as_bytes(), &Imports::new())?;
    let results = store.call(instance, "root", &[50.into()])?;
    writeln!(out, "root(50) = {}\n", results[0])?;
    Ok(())
}

/// Two guests by turns, on one thread. One of them never ends.
fn turns(out: &mut impl Write) -> Outcome {
    let (mut store, guests) =
        guests(StoreLimits { fuel: Some(0), ..StoreLimits::default() })?;
    let mut forever = Some(start(&mut store, guests, "forever", &[])?);
    let mut count = Some(start(&mut store, guests, "count", &[250.into()])?);
    for turn in 1.. {
        write!(out, "turn {turn}:")?;
        for (name, call) in [("forever", &mut forever), ("count", &mut count)] {
            let Some(Progress::Paused(paused)) = call.take() else { continue };
            store.set_fuel(100);
            let progress = store.resume(paused)?;
            match &progress {
                Progress::Paused(_) => write!(out, " {name} is paused.")?,
                Progress::Finished(results) => {
                    write!(out, " {name} returns {}.", results[0])?
                }
            }
            *call = Some(progress);
        }
        writeln!(out)?;
        if let Some(Progress::Finished(_)) = count {
            break;
        }
    }
    if let Some(Progress::Paused(paused)) = forever {
        store.cancel(paused)?;
    }
    writeln!(out)?;
    Ok(())
}

/// A function of the host that answers later, while another function runs.
fn nap(out: &mut impl Write) -> Outcome {
    let (mut store, guests) = guests(StoreLimits::default())?;
    let call = start(&mut store, guests, "nap", &[])?;
    let Progress::Paused(call) = call else { return Ok(()) };
    if let Pause::Suspended(reason) = &call.pause {
        writeln!(out, "nap is paused: {reason}")?;
    }
    let results = store.call(guests, "count", &[3.into()])?;
    writeln!(out, "meanwhile: count(3) = {}", results[0])?;
    let call = store.answer(call, &[7.into()])?;
    if let Progress::Finished(results) = call {
        writeln!(out, "nap is answered with i32 7: {}\n", results[0])?;
    }
    Ok(())
}

/// Half a million calls inside each other, on a small native stack.
fn deep(out: &mut impl Write) -> Outcome {
    let calls = 500_000;
    let small = thread::Builder::new().stack_size(256 << 10);
    let work = move || {
        let (operands, calls) = (4 * calls, calls + 1);
        let labels = calls;
        let limits =
            StoreLimits { operands, calls, labels, ..StoreLimits::default() };
        let (mut store, guests) = guests(limits).map_err(|e| e.to_string())?;
        let depth = (calls - 1) as i32;
        let results = store.call(guests, "depth", &[depth.into()]);
        results.map_err(|error| error.to_string())
    };
    let results = small.spawn(work)?.join().map_err(|_| "it panicked")??;
    writeln!(out, "depth({calls}) on 256 KB: {}", results[0])?;
    Ok(())
}

/// An instance of the guests, whose `sleep` asks for a pause.
fn guests(
    limits: StoreLimits,
) -> Result<(Store, InstanceAddr), Box<dyn Error>> {
    let mut store = Store::new((), limits);
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "sleep", |time: i32| {
        Err::<i32, _>(Suspend(format!("sleep {time}").into()))
    });
    let instance = store.instantiate(GUESTS.as_bytes(), &imports)?;
    Ok((store, instance))
}

/// Starts a call that can be paused.
fn start(
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
    arguments: &[annex_embedding::Value],
) -> Result<Progress, Box<dyn Error>> {
    let function = store
        .export(instance, name)
        .and_then(|export| export.func())
        .ok_or("there is no such function")?;
    Ok(store.start(function, arguments)?)
}
