//! Registers the types of three modules, and asks which type can stand for
//! which.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use annex_types::TypeRegistry;
use ch09_module::{HeapType, Module, RefType, TypeIdx};

type Outcome = Result<(), Box<dyn Error>>;

const STAGES: &str = include_str!("../programs/stages.wat");
const FLIGHT: &str = include_str!("../programs/flight.wat");
const RIVAL: &str = include_str!("../programs/rival.wat");

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    let mut types = TypeRegistry::default();
    let stages = register(out, &mut types, &Module::from_text(STAGES)?)?;
    let flight = register(out, &mut types, &Module::from_text(FLIGHT)?)?;
    let rival = register(out, &mut types, &Module::from_text(RIVAL)?)?;
    writeln!(out, "\nThe types of the store:")?;
    for (number, ty) in types.all().iter().enumerate() {
        writeln!(out, "  {number}  {ty}")?;
    }

    writeln!(out, "\nCan it stand for it?")?;
    let [stage, last, step, end, other] =
        [stages[1], stages[2], flight[0], flight[1], rival[0]]
            .map(HeapType::Concrete);
    for (given, wanted) in [
        (to(stage), to(step)),
        (to(last), to(step)),
        (to(stage), to(end)),
        (to(other), to(step)),
        (to(end), to(HeapType::Func)),
        (to(step), or_null(step)),
        (or_null(step), to(step)),
        (or_null(HeapType::NoFunc), or_null(end)),
        (or_null(HeapType::NoExtern), or_null(end)),
    ] {
        let answer = match types.ref_matches(given, wanted) {
            true => "yes",
            false => "no",
        };
        writeln!(out, "  {given} for {wanted}: {answer}")?;
    }
    Ok(())
}

/// Registers all types of a module, prints which number each of them got, and
/// returns the numbers.
fn register(
    out: &mut impl Write,
    types: &mut TypeRegistry,
    module: &Module,
) -> io::Result<Vec<TypeIdx>> {
    let mut numbers = Vec::new();
    for (_, group) in module.types.groups() {
        let defined = types.define(group, &numbers);
        numbers.extend(defined);
    }
    let name = module.names.module.as_deref().unwrap_or_default();
    writeln!(out, "${name}")?;
    for (index, number) in numbers.iter().enumerate() {
        let name = module.names.types.get(&TypeIdx(index as u32));
        let name = name.map_or("", String::as_str);
        writeln!(out, "  index {index}, ${name:<6} number {}", number.0)?;
    }
    Ok(numbers)
}

/// The type of the references to a heap type.
fn to(heap: HeapType) -> RefType {
    RefType { nullable: false, heap }
}

/// The same, and null is one of them.
fn or_null(heap: HeapType) -> RefType {
    RefType { nullable: true, heap }
}
