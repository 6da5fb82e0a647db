//! Shows one function of the rocket three times, and counts what a second of
//! its flight takes.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use annex_embedding::Engine;
use ch09_module::{ExportItem, Module};
use ch12_instance::StoreLimits;
use ch13_rocket::{HostCall, Pilot, Rocket, Terminal};
use ch20_slots::{Show, Shown, SlotOp, Store, Tally, operations};
use trace::{Observer, Step};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The game: Rust, compiled to WebAssembly.
const GAME: &[u8] = include_bytes!("../../../game/rocket.wasm");
/// How many frames the flight has, of which the game makes 60 a second.
const FRAMES: u32 = 560;
/// How many of them, the last ones, are counted.
const COUNTED: u32 = 60;
/// The function that is shown. The pilot calls it when it shoots.
const SHOWN: &str = "toggle_shoot";

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    // On flat code, for a look at the functions.
    let store = Show::store();
    let shown = Arc::clone(&store.layer().tier.shown);
    let first = fly(Box::new(store), || {})?;
    let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
    show(out, &shown)?;

    // On flat code that is watched.
    let watch = Watch::default();
    let counts = Rc::clone(&watch.counts);
    let is_on = Rc::clone(&watch.is_on);
    let store = ch19_flat::Store::new(watch, StoreLimits::default());
    let second = fly(Box::new(store), || is_on.set(true))?;

    // On slots.
    let tally = Arc::new(Mutex::new(Tally::new()));
    let mut store = Store::<()>::default();
    store.layer_mut().tier.tally = Some(Arc::clone(&tally));
    let third = fly(Box::new(store), || {
        tally.lock().unwrap_or_else(PoisonError::into_inner).clear();
    })?;
    let tally = tally.lock().unwrap_or_else(PoisonError::into_inner);

    writeln!(out, "{COUNTED} frames of the rocket:\n")?;
    instructions(out, &counts.borrow())?;
    on_slots(out, &tally, &shown)?;
    if first != second || first != third {
        return Err("the flights differ".into());
    }
    writeln!(out, "\nthree flights, {} calls of the host each", first.len())?;
    writeln!(out, "and all of them are equal")?;
    Ok(())
}

/// Flies on an engine, and tells when the counting begins. Returns all that the
/// game has asked of the host.
fn fly(engine: Box<dyn Engine>, begin: impl Fn()) -> Outcome<Vec<HostCall>> {
    let host = Rc::new(RefCell::new(Vec::<HostCall>::new()));
    let mut rocket = Rocket::new(engine, GAME, Rc::clone(&host))?;
    rocket.resize(Terminal::SIZE.0, Terminal::SIZE.1)?;
    let (mut pilot, mut all) = (Pilot::new(), Vec::new());
    for frame in 0..FRAMES {
        if frame == FRAMES - COUNTED {
            begin();
        }
        rocket.update(1.0 / 60.0)?;
        rocket.draw()?;
        let calls = host.take();
        for (control, hold) in pilot.look(&calls) {
            rocket.toggle(control, hold)?;
        }
        all.extend(calls);
    }
    Ok(all)
}

/// Prints a function three times.
fn show(out: &mut impl Write, shown: &BTreeMap<u32, Shown>) -> Outcome {
    let module = Module::from_bytes(GAME)?;
    let export = module.exports.iter().find(|export| export.name == SHOWN);
    let Some(ExportItem::Func(function)) = export.map(|export| export.item)
    else {
        return Err("the game has lost a function".into());
    };
    let code = shown.get(&function.0).ok_or("the pilot never shoots")?;
    writeln!(out, "{}\n", module.function_text(function))?;
    writeln!(out, "as flat code:\n{}", code.flat)?;
    writeln!(out, "on slots:\n{}", code.slots)?;
    Ok(())
}

/// Prints how many instructions there have been, and of which kinds.
fn instructions(
    out: &mut impl Write,
    counts: &BTreeMap<String, u64>,
) -> Outcome {
    let those = |is_one: fn(&str) -> bool| {
        let these = counts.iter().filter(|(name, _)| is_one(name));
        these.map(|(_, count)| count).sum()
    };
    row(out, "instructions", those(|_| true))?;
    row(out, "  local.get", those(|name| name == "local.get"))?;
    row(out, "  constants", those(|name| name.ends_with(".const")))?;
    let sets = |name: &str| name == "local.set" || name == "local.tee";
    row(out, "  local.set, local.tee", those(sets))?;
    row(out, "  block, loop", those(|name| name == "block" || name == "loop"))
}

/// Prints how many operations on slots there have been.
fn on_slots(
    out: &mut impl Write,
    tally: &Tally,
    shown: &BTreeMap<u32, Shown>,
) -> Outcome {
    let ops = shown
        .iter()
        .map(|(function, code)| (*function, operations(code.slots.clone())));
    let ops: BTreeMap<u32, Vec<SlotOp>> = ops.collect();
    let those = |is_one: fn(&SlotOp) -> bool| {
        let these = tally.iter().filter(|(pair, _)| {
            let ops = ops.get(&pair.function);
            ops.and_then(|ops| ops.get(pair.second as usize))
                .is_some_and(is_one)
        });
        these.map(|(_, count)| count).sum()
    };
    row(out, "operations on slots", those(|_| true))?;
    row(out, "  copies", those(|op| matches!(op, SlotOp::Copy(..))))?;
    row(out, "  left to the machine", those(SlotOp::may_leave))
}

fn row(out: &mut impl Write, name: &str, count: u64) -> Outcome {
    let frame = count / u64::from(COUNTED);
    writeln!(out, "{name:<24}{count:>8}{frame:>8} a frame")?;
    Ok(())
}

/// Counts the instructions of each name, from some moment on.
#[derive(Default)]
struct Watch {
    is_on: Rc<Cell<bool>>,
    counts: Rc<RefCell<BTreeMap<String, u64>>>,
}

impl Observer for Watch {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        if self.is_on.get() {
            let Step { instruction, .. } = step();
            let name = instruction.split(' ').next().unwrap_or_default();
            *self.counts.borrow_mut().entry(name.to_owned()).or_default() += 1;
        }
    }

    fn wrote(&mut self, _: u64, _: &[u8]) {}
}
