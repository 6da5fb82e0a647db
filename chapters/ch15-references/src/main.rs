//! Links two modules that say the same types at different indices, and flies what they make together.

use std::error::Error;
use std::io::{self, Write};
use std::mem;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use ch12_instance::{Engine, Extern, Imports, InstanceAddr};
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
    let heights: Arc<Mutex<Vec<String>>> = Arc::default();
    let ground = Arc::clone(&heights);
    imports.func(&mut store, "ground", "log", move |height: i32| {
        ground.lock().unwrap_or_else(PoisonError::into_inner).push(height.to_string());
    });
    let stages = store.instantiate(STAGES, &imports)?;
    imports.instance(&store, "stages", stages);
    let flight = store.instantiate(FLIGHT, &imports);
    show_types(out, &store)?;
    show_numbers(out, &store, "stages", stages)?;
    let flight = match flight {
        Ok(flight) => flight,
        Err(error) => {
            writeln!(out, "$flight: {error}")?;
            return Ok(());
        }
    };
    show_numbers(out, &store, "flight", flight)?;

    for (name, places) in
        [("fly", &[1, 2, 0][..]), ("ignite", &[1, 2, 0]), ("land", &[2, 1]), ("trust", &[2, 0])]
    {
        writeln!(out)?;
        for place in places {
            let function = store.export(flight, name).and_then(Extern::func);
            let function = function.ok_or_else(|| format!("there is no function `{name}`"))?;
            let outcome = store.invoke(function, &[(*place).into()]);
            let mut from = heights.lock().unwrap_or_else(PoisonError::into_inner);
            match outcome {
                Ok(results) => {
                    let from = mem::take(&mut *from).join(", ");
                    let from = if from.is_empty() { "nowhere" } else { &from };
                    writeln!(out, "{name}({place}) = {}, from {from}", results[0])?;
                }
                Err(error) => writeln!(out, "{name}({place}): {error}")?,
            }
        }
    }
    if let Err(error) = store.instantiate(RIVAL, &imports) {
        writeln!(out, "\n$rival: {error}")?;
    }
    Ok(())
}

/// Prints all types of a store, each with its number.
fn show_types(out: &mut impl Write, store: &Store) -> Outcome {
    writeln!(out, "The types of the store:")?;
    for (number, ty) in store.types().all().iter().enumerate() {
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
    let types = store.instance(instance).map_or(&[][..], |instance| &instance.types);
    let numbers = types.iter().filter_map(|ty| ty.identity).enumerate();
    let numbers: Vec<String> =
        numbers.map(|(index, number)| format!("{index} is {number}")).collect();
    writeln!(out, "Those of ${name}: {}", numbers.join(", "))?;
    Ok(())
}
