//! The recording of chapter 22's second page: a call that is frozen again and again, and goes on each time with another engine.

use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use annex_embedding::{Engine, Extern, HostFunction, Imports, Progress, Value};
use ch07_values::NumType;
use ch09_module::{Bytes, FuncType, Module, ValType};
use ch12_instance::StoreLimits;
use ch19_flat::{Activation, Continuation, FlatLayer, Next};
use ch20_slots::Slots;
use ch21_fuse::Fast;
use ch22_embed::freeze::{Freezable, Made, Terms, Thawed, freeze, thaw};
use trace::{End, EndKind, Moment, Recording};

use crate::Named;
use crate::wasm::Program;

const SUM: &str = include_str!("../../../chapters/ch22-embed/programs/sum.wat");

/// What the host knows, and a module asks for one by one.
const NUMBERS: [i32; 3] = [30, 10, 2];

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The recordings of this page.
pub fn recordings() -> Vec<Named> {
    vec![Named { chapter: "ch22-embed", name: "frozen", recording: moves().expect("a call moves") }]
}

/// `sum(3)` with a unit of fuel at a time.
fn moves() -> Outcome<Recording> {
    let file = Bytes::from(wat::parse_str(SUM)?);
    let module = Module::from_binary(&file)?;
    let mut recording = Recording {
        title: "A call on three engines".to_owned(),
        stack: "The frozen call".to_owned(),
        code: Program::of(&module).code.lines,
        ..Recording::default()
    };
    // An instruction's number is its position among the lines that have places.
    let lines = recording.code.iter().enumerate();
    let lines: Vec<usize> =
        lines.filter(|(_, line)| line.place.is_some()).map(|(number, _)| number).collect();

    let next = host();
    let mut frozen = begin(&file, &next)?;
    type Turn = fn(&[u8], &HostFunction) -> Outcome<After>;
    let engines: [(&str, Turn); 3] = [
        ("flat", turn::<FlatLayer>),
        ("slots", turn::<FlatLayer<Slots>>),
        ("fast", turn::<FlatLayer<Fast>>),
    ];
    let mut before = "fast";
    for (engine, turn) in iter::repeat(engines).flatten() {
        let size = frozen.bytes.len();
        let output = format!("{size} bytes go from {before} to {engine}, with 1 unit of fuel\n");
        recording.steps.push(Moment { output, ..moment(&frozen.call, &lines) });
        match turn(&frozen.bytes, &next)? {
            After::Frozen(again) => frozen = again,
            After::Finished(results) => {
                let results: Vec<String> = results.iter().map(ToString::to_string).collect();
                let text = format!("{engine} returns {}", results.join(" "));
                recording.end = End { kind: EndKind::Done, text, state: Moment::default() };
                return Ok(recording);
            }
        }
        before = engine;
    }
    Ok(recording)
}

/// A call that is bytes, and the same call to look at.
struct Frozen {
    bytes: Vec<u8>,
    call: Continuation,
}

/// What a turn leads to.
enum After {
    Frozen(Frozen),
    Finished(Vec<Value>),
}

/// The function of the host that gives one number after the other.
fn host() -> HostFunction {
    let asked = Arc::new(AtomicUsize::new(0));
    let ty = FuncType { params: [].into(), results: [ValType::Num(NumType::I32)].into() };
    HostFunction::dynamic(ty, move |_, _| {
        let number = NUMBERS.get(asked.fetch_add(1, Ordering::Relaxed));
        Ok(vec![number.copied().unwrap_or_default().into()])
    })
}

/// The call before it has begun.
fn begin(file: &Bytes, next: &HostFunction) -> Outcome<Frozen> {
    let limits = StoreLimits { fuel: Some(0), ..StoreLimits::default() };
    let mut store = ch21_fuse::Store::new((), limits);
    let function = Extern::Func(store.add_function(next.clone()));
    let mut imports = Imports::new();
    imports.define("host", "next", function);
    let instance = store.instantiate(file, &imports)?;
    let (module, name) = ("host".to_owned(), "next".to_owned());
    let log = [
        Made::Function { module, name, ty: next.ty().clone() },
        Made::Instance { module: 0, imports: vec![function] },
    ];
    let sum = store.export(instance, "sum").and_then(Extern::func).ok_or("there is no `sum`")?;
    let call = store.start(sum, &[3.into()])?.paused().ok_or("it isn't paused")?;
    let bytes = freeze(&mut store, &log, std::slice::from_ref(file), &[&call])?;
    Ok(Frozen { bytes, call: Continuation::of(&mut store, &call)? })
}

/// Goes on with a call, with one unit of fuel.
fn turn<L: Freezable>(bytes: &[u8], next: &HostFunction) -> Outcome<After> {
    let limits = StoreLimits { fuel: Some(0), ..StoreLimits::default() };
    let terms = Terms { limits, ..Terms::default() };
    let mut host = |_: &str, _: &str, _: &FuncType| Some(next.clone());
    let thawed: Thawed<(), L> = thaw(bytes, terms, (), &mut host)?;
    let Thawed { mut store, log, modules, mut calls } = thawed;
    store.set_fuel(1);
    Ok(match store.resume(calls.remove(0))? {
        Progress::Finished(results) => After::Finished(results),
        Progress::Paused(call) => {
            let bytes = freeze(&mut store, &log, &modules, &[&call])?;
            let call = L::write_down(&mut store, &[&call])?.remove(0);
            After::Frozen(Frozen { bytes, call })
        }
    })
}

/// What a frozen call says.
fn moment(call: &Continuation, lines: &[usize]) -> Moment {
    // One that hasn't begun is at the head of its function.
    let mut moment = Moment { line: Some(0), ..Moment::default() };
    for activation in &call.activations {
        let Activation::Code { instruction, locals, operands, .. } = activation else { continue };
        moment.line = lines.get(*instruction as usize).copied();
        let numbers = |numbers: &[u128]| match numbers {
            [] => "none".to_owned(),
            numbers => numbers.iter().map(u128::to_string).collect::<Vec<_>>().join(" "),
        };
        let (locals, operands) = (numbers(locals), numbers(operands));
        let text = format!("at {instruction}: locals {locals}, operands {operands}");
        moment.stack.push(text);
    }
    moment.depth = call.activations.len().saturating_sub(1);
    if let (Next::Begin, [argument]) = (call.next, &*call.arguments) {
        moment.stack.push(format!("not begun: argument {argument}"));
    }
    moment
}
