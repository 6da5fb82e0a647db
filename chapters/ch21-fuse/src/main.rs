//! Counts what a program executes, shows what becomes of it, and holds the
//! fast engine against the flat one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use annex_embedding::{
    Engine, FuncAddr, Imports, InstanceAddr, Pause, Progress, Suspend, Value,
};
use ch08_numeric::Numeric;
use ch09_module::{FuncType, Module};
use ch12_instance::{FunctionBody, Layer, Store, StoreLimits};
use ch13_rocket::{Control, Host, HostCall, Pilot};
use ch19_flat::{Alone, FlatLayer, Tier};
use ch20_slots::{SlotOp, Slots, Tally, operations, translate};
use ch21_fuse::{Fast, text};

type Outcome = Result<(), Box<dyn Error>>;

/// The game: Rust, compiled to WebAssembly.
const GAME: &[u8] = include_bytes!("../../../game/rocket.wasm");
const SUM: &[u8] = include_bytes!("../programs/sum.wat");
const CALLS: &[u8] = include_bytes!("../programs/calls.wat");

/// How long the flight is, in animation frames, 60 a second.
const FRAMES: u32 = 600;
/// How many pairs of operations are shown.
const ROWS: usize = 12;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    count(out)?;
    sum(out)?;
    calls(out)?;
    Ok(())
}

/// Flies the game on operations on slots, and counts which follow each other.
fn count(out: &mut impl Write) -> Outcome {
    let mut store = Store::<(), FlatLayer<Slots>>::default();
    let calls = Rc::new(RefCell::new(Vec::new()));
    let imports = host(&mut store, &calls);
    let game = store.instantiate(GAME, &imports)?;
    store.call(game, "resize", &[960.0.into(), 640.0.into()])?;
    let tally = Arc::new(Mutex::new(Tally::new()));
    store.layer_mut().tier.tally = Some(Arc::clone(&tally));
    let mut pilot = Pilot::new();
    for _ in 0..FRAMES {
        store.call(game, "update", &[(1.0 / 60.0).into()])?;
        store.call(game, "draw", &[])?;
        let seen: Vec<HostCall> = calls.borrow_mut().drain(..).collect();
        for (control, hold) in pilot.look(&seen) {
            store.call(game, toggle(control), &[i32::from(hold).into()])?;
        }
    }
    let tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names(&store, &Module::from_bytes(GAME)?);
    let mut pairs = HashMap::<_, u64>::new();
    let mut all = 0;
    for (pair, times) in tally.iter() {
        let name = |number: u32| names[&pair.function][number as usize];
        all += times;
        if let Some(first) = pair.first {
            *pairs.entry((name(first), name(pair.second))).or_default() +=
                times;
        }
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    pairs.sort_by_key(|(names, times)| (u64::MAX - times, *names));
    writeln!(out, "{FRAMES} animation frames are {all} operations.")?;
    for ((first, second), times) in pairs.iter().take(ROWS) {
        let share = 100.0 * *times as f64 / all as f64;
        writeln!(out, "{share:5.1} %  {first:<10} {second}")?;
    }
    writeln!(out)?;
    Ok(())
}

/// The operations of each function of a module, by what they do.
fn names(
    store: &Store<(), FlatLayer<Slots>>,
    module: &Module,
) -> HashMap<u32, Vec<&'static str>> {
    let here = store.data();
    let mut all = HashMap::new();
    for (address, function) in here.functions.iter().enumerate() {
        let FunctionBody::Code(instance, code) = function.body else {
            continue;
        };
        let none = FuncType::default();
        let ty = here.types.func(function.ty).unwrap_or(&none);
        let tree = module.functions[code as usize].read().into_owned();
        let flat = FlatLayer::<Slots>::translate(here, instance.0, ty, tree);
        if let Some(slots) = translate(here, instance.0, ty, &flat) {
            let names = operations(slots).iter().map(name).collect();
            all.insert(address as u32, names);
        }
    }
    all
}

/// What an operation does, roughly.
fn name(op: &SlotOp) -> &'static str {
    match op {
        SlotOp::Unary(Numeric::I32Eqz | Numeric::I64Eqz, ..) => "compare",
        SlotOp::Unary(..) => "convert",
        SlotOp::Binary(operator, ..) if compares(*operator) => "compare",
        SlotOp::Binary(..) => "compute",
        SlotOp::Load(..) => "load",
        SlotOp::Store(..) => "store",
        SlotOp::Copy(..) => "copy",
        SlotOp::Select(..) => "select",
        SlotOp::GlobalGet(..) | SlotOp::GlobalSet(..) => "global",
        SlotOp::Br(_) | SlotOp::BrTable(..) => "branch",
        SlotOp::BrIf(..) | SlotOp::BrUnless(..) => "branch if",
        SlotOp::Call(..) | SlotOp::CallIndirect { .. } => "call",
        _ => "other",
    }
}

/// Whether an operator of two operands is a comparison.
fn compares(operator: Numeric) -> bool {
    let name = operator.row().name.split_once('.').unwrap_or_default().1;
    let comparisons = ["eq", "ne", "lt", "gt", "le", "ge"];
    comparisons.iter().any(|comparison| name.starts_with(comparison))
}

/// The nine functions that the game calls. The list of the calls is what the
/// pilot sees.
fn host(
    store: &mut Store<(), FlatLayer<Slots>>,
    calls: &Rc<RefCell<Vec<HostCall>>>,
) -> Imports {
    let mut imports = Imports::new();
    macro_rules! import {
        ($name:literal: $function:ident($($argument:ident),*)) => {
            let calls = Rc::clone(calls);
            imports.func(store, "env", $name, move |$($argument: f64),*| {
                calls.borrow_mut().$function($($argument),*)
            });
        };
    }
    import!("clear_screen": clear_screen());
    import!("draw_player": draw_player(x, y, angle));
    import!("draw_enemy": draw_enemy(x, y));
    import!("draw_bullet": draw_bullet(x, y));
    import!("draw_particle": draw_particle(x, y, radius));
    import!("draw_score": draw_score(score));
    import!("sin": sin(angle));
    import!("cos": cos(angle));
    import!("Math_atan": atan(tangent));
    imports
}

/// The export that holds a control or releases it.
fn toggle(control: Control) -> &'static str {
    match control {
        Control::Shoot => "toggle_shoot",
        Control::Boost => "toggle_boost",
        Control::TurnLeft => "toggle_turn_left",
        Control::TurnRight => "toggle_turn_right",
    }
}

/// Prints a loop as operations on slots, and what they become.
fn sum(out: &mut impl Write) -> Outcome {
    let mut store = ch21_fuse::Store::<()>::default();
    let instance = store.instantiate(SUM, &Imports::new())?;
    let module = Module::from_bytes(SUM)?;
    let here = store.data();
    let ty = store.func_type(FuncAddr(0)).unwrap_or_default();
    let tree = module.functions[0].read().into_owned();
    let flat = FlatLayer::<Fast>::translate(here, instance.0, &ty, tree);
    if let Some(slots) = translate(here, instance.0, &ty, &flat) {
        writeln!(out, "sum on slots:\n{slots}")?;
    }
    if let Some(text) = text(here, instance.0, &ty, &flat) {
        writeln!(out, "sum as nodes:\n{text}")?;
    }
    let results = store.call(instance, "sum", &[16.into(), 32.into()])?;
    writeln!(out, "sum(16, 32) = {}\n", results[0])?;
    Ok(())
}

/// Calls that nest, on the flat engine and on this one.
fn calls(out: &mut impl Write) -> Outcome {
    let flat = on_a_small_stack::<Alone>()?;
    let fast = on_a_small_stack::<Fast>()?;
    for (flat, fast) in flat.iter().zip(&fast) {
        let same = if flat == fast { "the same" } else { "not the same" };
        writeln!(out, "{fast}; flat: {same}")?;
    }
    Ok(())
}

/// What the calls end in, on a thread with little native stack.
fn on_a_small_stack<T: Tier>() -> Result<Vec<String>, Box<dyn Error>> {
    let small = thread::Builder::new().stack_size(256 << 10);
    let work = || ends::<T>().map_err(|error| error.to_string());
    Ok(small.spawn(work)?.join().map_err(|_| "it panicked")??)
}

fn ends<T: Tier>() -> Result<Vec<String>, Box<dyn Error>> {
    let limits = StoreLimits {
        operands: 1 << 20,
        calls: 100_001,
        labels: 200_001,
        ..StoreLimits::default()
    };
    let mut store = Store::<(), FlatLayer<T>>::new((), limits);
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "sleep", |time: i32| {
        Err::<i32, _>(Suspend(format!("sleep {time}").into()))
    });
    let instance = store.instantiate(CALLS, &imports)?;
    let mut ends = Vec::new();
    for (name, n) in [("fib", 20), ("depth", 100_000)] {
        let results = store.call(instance, name, &[n.into()])?;
        ends.push(format!("{name}({n}) = {}", results[0]));
    }
    let nap = start(&mut store, instance, "nap", &[1000.into()])?;
    let Progress::Paused(call) = nap else { return Ok(ends) };
    if let Pause::Suspended(reason) = &call.pause {
        ends.push(format!("nap(1000) is paused: {reason}"));
    }
    if let Progress::Finished(results) = store.answer(call, &[7.into()])? {
        ends.push(format!("answered with i32 7: {}", results[0]));
    }
    Ok(ends)
}

/// Starts a call that can be paused.
fn start(
    store: &mut impl Engine,
    instance: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Result<Progress, Box<dyn Error>> {
    let export = store.export(instance, name);
    let function = export.and_then(|export| export.func());
    let function = function.ok_or("there is no such function")?;
    Ok(store.start(function, arguments)?)
}
