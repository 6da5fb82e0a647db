//! The recording of chapter 22: guests by turns, each turn a slice of fuel.

use std::collections::VecDeque;

use ch22_embed::{Caller, Config, Engine, Error, Linker, Module, ResumableCall, Store};
use trace::{End, EndKind, Line, Moment, Recording};

use crate::Named;

const COLLATZ: &str = include_str!("../../../chapters/ch22-embed/programs/collatz.wat");

/// The fuel of a turn.
const SLICE: u64 = 6;

/// The recordings of this chapter.
pub fn recordings() -> Vec<Named> {
    vec![Named { chapter: "ch22-embed", name: "", recording: turns().expect("guests run") }]
}

/// What a store has for its data: the guest's number, and the numbers that it has told.
struct Guest {
    number: u32,
    told: Vec<u32>,
}

/// A guest who waits: the store and its call.
type Waiting = VecDeque<(Store<Guest>, ResumableCall)>;

/// Three guests, one of whom never ends.
fn turns() -> Result<Recording, Error> {
    let mut recording = Recording {
        title: "Three guests by turns".to_owned(),
        stack: "Who waits, and what it has told".to_owned(),
        ..Recording::default()
    };
    let engine = Engine::new(Config::new().consume_fuel(true));
    let module = Module::new(&engine, COLLATZ)?;
    let mut linker = Linker::<Guest>::new(&engine);
    linker.func_wrap("host", "number", |caller: Caller<'_, Guest>| caller.data().number)?;
    linker.func_wrap("host", "tell", |mut caller: Caller<'_, Guest>, n: u32| {
        caller.data_mut().told.push(n);
    })?;

    let mut waiting = Waiting::new();
    for number in [3, 0, 5] {
        let mut store = Store::new(&engine, Guest { number, told: Vec::new() });
        let instance = linker.instantiate(&mut store, &module)?;
        let run =
            instance.get_func(&store, "run").ok_or_else(|| Error::msg("there is no `run`"))?;
        let call = run.call_resumable(&mut store, &[])?;
        let text = format!("guest {number}: run.call_resumable()");
        show(&mut recording, text, "it is paused: it has no fuel", &waiting);
        waiting.push_back((store, call));
    }
    while waiting.len() > 1 {
        let Some((mut store, call)) = waiting.pop_front() else { break };
        let ResumableCall::Paused(paused) = call else { continue };
        let before = store.data().told.len();
        store.set_fuel(SLICE)?;
        let call = paused.resume(&mut store)?;
        let Guest { number, told } = store.data();
        let told = numbers(&told[before..]);
        let text = format!("guest {number}: set_fuel({SLICE}), paused.resume()");
        let answer = match &call {
            ResumableCall::Paused(_) => format!("it tells{told}, and is paused"),
            ResumableCall::Finished(results) => {
                let steps = results.first().and_then(|result| result.i32()).unwrap_or_default();
                format!("it tells{told}, and has finished after {steps} steps")
            }
        };
        // The one whose turn it is waits no longer, as the stack shows.
        show(&mut recording, text, &answer, &waiting);
        if let ResumableCall::Paused(_) = call {
            waiting.push_back((store, call));
        }
    }
    let stack = lines(&waiting);
    let text = "only the endless guest is left, and nobody has waited for it".to_owned();
    let state = Moment { stack, ..Moment::default() };
    Ok(Recording { end: End { kind: EndKind::Done, text, state }, ..recording })
}

/// Adds a line, and what came of it.
fn show(recording: &mut Recording, text: String, answer: &str, waiting: &Waiting) {
    let line = Some(recording.code.len());
    let (stack, output) = (lines(waiting), format!("{answer}\n"));
    recording.steps.push(Moment { line, stack, output, ..Moment::default() });
    recording.code.push(Line { text, ..Line::default() });
}

/// The guests who wait, a line for each, with the numbers that it has told.
fn lines(waiting: &Waiting) -> Vec<String> {
    let line = |(store, _): &(Store<Guest>, ResumableCall)| {
        let Guest { number, told } = store.data();
        format!("guest {number}:{}", numbers(told))
    };
    waiting.iter().map(line).collect()
}

fn numbers(numbers: &[u32]) -> String {
    match numbers {
        [] => " nothing".to_owned(),
        numbers => numbers.iter().map(|number| format!(" {number}")).collect(),
    }
}
