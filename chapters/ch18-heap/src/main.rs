//! Makes rings and drops them, and shows how the heap fills and empties.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use ch12_instance::{Engine, Imports, InstanceAddr, Value};
use ch18_heap::Store;

type Outcome = Result<(), Box<dyn Error>>;

const RINGS: &[u8] = include_bytes!("../programs/rings.wat");

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    let mut store = Store::default();
    let rings = store.instantiate(RINGS, &Imports::new())?;
    let sum = call(&mut store, rings, "ring", &[5.into()])?;
    writeln!(
        out,
        "A ring of 5 nodes, added up: {}",
        sum.map_or(String::new(), |sum| sum.to_string())
    )?;
    writeln!(
        out,
        "Objects in the heap: {}. Nobody holds them.\n",
        store.layer().heap.statistics().objects
    )?;

    writeln!(
        out,
        "Rings of 100 nodes are made and dropped, and now and then some nodes are kept."
    )?;
    writeln!(out, "  made  in the heap: # kept, . garbage, 500 objects each")?;
    for round in 1..=24 {
        call(&mut store, rings, "rings", &[40.into()])?;
        call(&mut store, rings, "keep", &[400.into()])?;
        let statistics = store.layer().heap.statistics();
        let kept = round * 400 / 500;
        let garbage = (statistics.objects / 500).saturating_sub(kept);
        writeln!(out, "{:6}  {}{}", statistics.made, "#".repeat(kept), ".".repeat(garbage))?;
    }
    Ok(())
}

/// Calls a function that an instance exports, and gives its result if it has one.
fn call(
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Result<Option<Value>, Box<dyn Error>> {
    let function = store.export(instance, name).and_then(|item| item.func());
    let function = function.ok_or_else(|| format!("there is no function `{name}`"))?;
    Ok(store.invoke(function, arguments)?.first().copied())
}
