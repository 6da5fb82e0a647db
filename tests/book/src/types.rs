//! The recording of the annex on types: what a registry makes of three modules, call by call.

use std::iter;

use annex_types::TypeRegistry;
use ch09_module::{HeapType, Module, RefType, TypeIdx};
use trace::{End, EndKind, Line, Moment, Recording};

use crate::Named;

const STAGES: &str = include_str!("../../../chapters/annex-types/programs/stages.wat");
const FLIGHT: &str = include_str!("../../../chapters/annex-types/programs/flight.wat");
const RIVAL: &str = include_str!("../../../chapters/annex-types/programs/rival.wat");

/// The recordings of this annex.
pub fn recordings() -> Vec<Named> {
    vec![Named { chapter: "annex-types", name: "", recording: registry() }]
}

/// A registry and what was asked of it.
struct Calls {
    types: TypeRegistry,
    recording: Recording,
}

impl Calls {
    /// The types, each with its number.
    fn types(&self) -> Vec<String> {
        let types = self.types.all().iter().enumerate();
        types.map(|(number, ty)| format!("{number}: {ty}")).collect()
    }

    /// A call, with the types that it finds.
    fn step(&mut self, text: String) {
        let line = Some(self.recording.code.len());
        self.recording.steps.push(Moment { line, stack: self.types(), ..Moment::default() });
        self.recording.code.push(Line { text, ..Line::default() });
    }

    /// What the last call returned.
    fn say(&mut self, text: &str) {
        if let Some(last) = self.recording.steps.last_mut() {
            last.output += &format!("{text}\n");
        }
    }

    /// Registers the groups of a module, and returns the numbers of its types.
    fn define(&mut self, text: &str) -> Vec<TypeIdx> {
        let module = Module::from_text(text).expect("the programs are modules");
        let mut numbers = Vec::new();
        for (first, group) in module.types.groups() {
            let names: Vec<String> = (first.0..)
                .take(group.len())
                .map(|index| format!("${}", module.names.types[&TypeIdx(index)]))
                .collect();
            let name = module.names.module.as_deref().unwrap_or_default();
            self.step(format!("define {} of ${name}", names.join(", ")));
            let defined: Vec<TypeIdx> = self.types.define(group, &numbers).collect();
            for (name, number) in names.iter().zip(&defined) {
                self.say(&format!("{name} is number {}", number.0));
            }
            numbers.extend(defined);
        }
        numbers
    }

    /// Asks whether one type can stand for another.
    fn ask(&mut self, given: RefType, wanted: RefType) {
        self.step(format!("ref_matches {given} for {wanted}"));
        let upward = iter::successors(Some(given.heap), |heap| self.types.above(*heap));
        let upward: Vec<String> = upward.map(|heap| heap.to_string()).collect();
        let answer = if self.types.ref_matches(given, wanted) { "yes" } else { "no" };
        self.say(&format!("upward: {}\n{answer}", upward.join(", ")));
    }
}

/// The types of three modules, and which can stand for which.
fn registry() -> Recording {
    let recording = Recording {
        title: "Three modules register their types".to_owned(),
        stack: "The store's types".to_owned(),
        ..Recording::default()
    };
    let mut calls = Calls { types: TypeRegistry::default(), recording };
    let stages = calls.define(STAGES);
    let flight = calls.define(FLIGHT);
    let rival = calls.define(RIVAL);
    let to = |heap| RefType { nullable: false, heap };
    let [stage, last, step, end, other] =
        [stages[1], stages[2], flight[0], flight[1], rival[0]].map(HeapType::Concrete);
    let no_function = RefType { nullable: true, heap: HeapType::NoFunc };
    for (given, wanted) in [
        (to(stage), to(step)),
        (to(last), to(step)),
        (to(stage), to(end)),
        (to(other), to(step)),
        (to(end), to(HeapType::Func)),
        (no_function, RefType { nullable: true, heap: end }),
    ] {
        calls.ask(given, wanted);
    }
    let state = Moment { stack: calls.types(), ..Moment::default() };
    let text = format!("{} types", calls.types.all().len());
    let end = End { kind: EndKind::Done, text, state };
    Recording { end, ..calls.recording }
}
