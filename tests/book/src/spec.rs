//! The recordings of chapter 14 and of the annex on validation.

use annex_embedding::{Engine, Extern, Imports};
use annex_validation::validate_watched;
use ch09_module::Module;
use ch12_instance::{Store, StoreLimits};
use trace::{End, EndKind, Line, Moment, Recording, Step};

use crate::Named;
use crate::code::{Outcome, record};
use crate::toys::done;
use crate::wasm::Program;

const POWER: &str = include_str!("../../../chapters/annex-validation/programs/power.wat");
const REFUSED: &str = include_str!("../../../chapters/ch14-spec/programs/refused.wast");

/// How deep calls may nest in the recording of a run that is too deep.
const CALLS: usize = 3;

/// A function that calls itself as often as it is told to.
const DEEPER: &str = r#"(module
  (func $deeper (export "deeper") (param $n i32) (result i32)
    local.get $n
    i32.eqz
    if (result i32)
      i32.const 0
    else
      local.get $n
      i32.const 1
      i32.sub
      call $deeper
    end))"#;

/// The recordings of these chapters.
pub fn recordings() -> Vec<Named> {
    let all = [
        ("ch14-spec", "", script()),
        ("ch14-spec", "deeper", deeper()),
        ("annex-validation", "", power()),
    ];
    all.map(|(chapter, name, recording)| Named { chapter, name, recording }).into()
}

/// A script, a step a directive.
fn script() -> Recording {
    let report = ch14_spec::run(REFUSED, &mut Store::<()>::default()).expect("it is a script");
    let text = |text: &str| Line {
        text: text.trim().to_owned(),
        indent: (text.len() - text.trim_start().len()) / 2,
        place: None,
    };
    let steps: Vec<Moment> = report
        .outcomes
        .iter()
        .map(|outcome| Moment {
            line: Some(outcome.line - 1),
            output: outcome
                .result
                .as_ref()
                .map_or_else(ToString::to_string, |did| format!("{did}\n")),
            ..Moment::default()
        })
        .collect();
    let failures = report.failures().count();
    let text_of_end = format!("{} passed, {failures} failed", steps.len() - failures);
    Recording {
        title: "refused.wast".to_owned(),
        stack: String::new(),
        locals: String::new(),
        code: REFUSED.lines().map(text).collect(),
        steps,
        end: End { kind: EndKind::Done, text: text_of_end, state: Moment::default() },
    }
}

/// A call that goes deeper than the store allows.
fn deeper() -> Recording {
    let limits = StoreLimits { calls: CALLS, ..StoreLimits::default() };
    let mut store: Store<Vec<Step>> = Store::new(Vec::new(), limits);
    let instance = store.instantiate(DEEPER.as_bytes(), &Imports::new()).expect("it links");
    let function = store.export(instance, "deeper").and_then(Extern::func).expect("it is there");
    let results = store.invoke(function, &[3.into()]);
    let outcome = done(results.map(|results| results.iter().map(ToString::to_string).collect()));
    let program = Program::of(&Module::from_text(DEEPER).expect("it is a module"));
    let steps = program.typed(std::mem::take(store.observer_mut()));
    record("deeper(3), where three calls may nest", program.code, &steps, steps.len(), 100, outcome)
}

/// A function on the validator's way through it.
fn power() -> Recording {
    let module = Module::from_text(POWER).expect("it is a module");
    let mut steps: Vec<Step> = Vec::new();
    let outcome = match validate_watched(&module, &mut steps) {
        Ok(()) => Outcome::Done(Vec::new(), "It is valid".to_owned()),
        Err(error) => Outcome::Trap(error.to_string()),
    };
    for step in &mut steps {
        let names = module.names.locals.values();
        step.locals =
            step.locals.iter().zip(names).map(|(ty, name)| format!("${name} = {ty}")).collect();
    }
    let code = Program::of(&module).code;
    record("power, with types", code, &steps, steps.len(), 100, outcome)
}
