//! Links two modules that define the same types at different indices, and flies
//! the rocket that they make together.

use std::cell::RefCell;
use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;
use std::rc::Rc;

use annex_embedding::{Engine, Imports, InstanceAddr};
use ch15_references::Store;

type Outcome = Result<(), Box<dyn Error>>;

const STAGES: &[u8] = include_bytes!("../programs/stages.wat");
const FLIGHT: &[u8] = include_bytes!("../programs/flight.wat");
const RIVAL: &[u8] = include_bytes!("../programs/rival.wat");

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    let mut store: Store = Store::default();
    let mut imports = Imports::new();
    let heights: Rc<RefCell<Vec<String>>> = Rc::default();
    let ground = Rc::clone(&heights);
    imports.func(&mut store, "ground", "log", move |height: i32| {
        ground.borrow_mut().push(height.to_string());
    });
    let stages = store.instantiate(STAGES, &imports)?;
    imports.instance(&store, "stages", stages);
    let flight = store.instantiate(FLIGHT, &imports)?;
    show_types(out, &store)?;
    show_numbers(out, &store, "stages", stages)?;
    show_numbers(out, &store, "flight", flight)?;

    for (name, places) in [
        ("fly", &[1, 2, 0][..]),
        ("ignite", &[1, 2, 0]),
        ("land", &[2, 1]),
        ("trust", &[2, 0]),
        ("insist", &[2, 1]),
        ("hover", &[1, 2]),
    ] {
        writeln!(out)?;
        for place in places {
            match store.call(flight, name, &[(*place).into()]) {
                Ok(results) => {
                    let from = heights.take().join(", ");
                    let from = if from.is_empty() { "nowhere" } else { &from };
                    let height = results[0];
                    writeln!(out, "{name}({place}) = {height}, from {from}")?;
                }
                Err(error) => {
                    let text = format!("{name}({place}): {error}");
                    writeln!(out, "{}", trace::fit(&text, 2))?;
                }
            }
        }
    }
    if let Err(error) = store.instantiate(RIVAL, &imports) {
        writeln!(out, "\n{}", trace::fit(&format!("$rival: {error}"), 2))?;
    }
    Ok(())
}

/// Prints all types of a store, each with its number.
fn show_types(out: &mut impl Write, store: &Store) -> Outcome {
    writeln!(out, "The types of the store:")?;
    for (number, ty) in store.data().types.all().iter().enumerate() {
        writeln!(out, "  {number}  {ty}")?;
    }
    Ok(())
}

/// Prints which numbers the types of an instance's module have in the store.
fn show_numbers(
    out: &mut impl Write,
    store: &Store,
    name: &str,
    instance: InstanceAddr,
) -> Outcome {
    let types = &store.data().instances[instance.index()].types;
    let numbers = types.iter().enumerate();
    let numbers: Vec<String> = numbers
        .map(|(index, number)| format!("{index} is {}", number.0))
        .collect();
    writeln!(out, "Those of ${name}: {}", numbers.join(", "))?;
    Ok(())
}
