//! Asks whether large numbers are even, and counts words.

use std::io::{self, Write};
use std::process::ExitCode;

use annex_embedding::{Engine, Imports, InstanceAddr, Value};
use ch16_tail_calls::Store;
use trace::{Observer, Printer, Step};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const PARITY: &[u8] = include_bytes!("../programs/parity.wat");
const WORDS: &[u8] = include_bytes!("../programs/words.wat");
const COLLATZ: &[u8] = include_bytes!("../programs/collatz.wat");

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    writeln!(out, "Is 1 even? By tail calls, step by step:\n")?;
    let mut store: Store<Vec<Step>> = Store::default();
    let parity = store.instantiate(PARITY, &Imports::new())?;
    let outcome = call(&mut store, parity, "even", &[1_i64.into()]);
    let mut printer = Printer::new(&mut *out);
    std::mem::take(store.observer_mut())
        .into_iter()
        .for_each(|step| printer.step(|| step));
    printer.finish()?;
    writeln!(out, "\neven(1): {}\n", text(outcome))?;

    let mut store = Store::default();
    let parity = store.instantiate(PARITY, &Imports::new())?;
    for name in ["even_by_calls", "even"] {
        for n in [1000_i64, 1_000_000] {
            show(out, &mut store, parity, name, &[n.into()])?;
        }
    }

    writeln!(out)?;
    let words = store.instantiate(WORDS, &Imports::new())?;
    show(out, &mut store, words, "words", &[])?;
    let text = "a long text has many words ".repeat(5000);
    let memory = store.export(words, "memory").and_then(|item| item.memory());
    let memory = memory.map_or(&mut [][..], |memory| store.memory_mut(memory));
    memory[..text.len()].copy_from_slice(text.as_bytes());
    write!(out, "In {} bytes: ", text.len())?;
    show(out, &mut store, words, "words", &[])?;

    writeln!(out)?;
    let collatz = store.instantiate(COLLATZ, &Imports::new())?;
    show(out, &mut store, collatz, "collatz", &[27_i64.into()])?;
    Ok(())
}

/// Calls a function, and prints its results or its trap.
fn show(
    out: &mut impl Write,
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Outcome {
    let outcome = call(store, instance, name, arguments);
    let text = format!("{name}({}): {}", texts(arguments), text(outcome));
    writeln!(out, "{}", trace::fit(&text, 2))?;
    Ok(())
}

fn call<O: Observer>(
    store: &mut Store<O>,
    instance: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let function = store.export(instance, name).and_then(|item| item.func());
    let function = function
        .ok_or_else(|| format!("there is no exported function `{name}`"))?;
    Ok(store.invoke(function, arguments)?)
}

fn text(outcome: Result<Vec<Value>, Box<dyn std::error::Error>>) -> String {
    outcome.map_or_else(|error| error.to_string(), |results| texts(&results))
}

fn texts(values: &[Value]) -> String {
    let texts: Vec<String> = values.iter().map(Value::to_string).collect();
    texts.join(", ")
}
