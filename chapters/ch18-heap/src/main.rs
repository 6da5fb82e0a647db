//! Makes rings and drops them, and shows how the heap fills and empties.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use annex_embedding::{Engine, Imports, InstanceAddr, Value};
use ch12_instance::StoreLimits;
use ch18_heap::Store;

type Outcome = Result<(), Box<dyn Error>>;

const RINGS: &[u8] = include_bytes!("../programs/rings.wat");

/// How many objects each sign of the picture represents.
const SIGN: usize = 3000;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    rings(out)?;
    stress(out)?;
    embedder(out)?;
    limit(out)?;
    Ok(())
}

/// Makes rings, which are garbage at once, and keeps some other nodes.
fn rings(out: &mut impl Write) -> Outcome {
    let mut store = Store::default();
    let rings = store.instantiate(RINGS, &Imports::new())?;
    write!(out, "A ring of 5 nodes, added up: ")?;
    call(out, &mut store, rings, "ring", &[5.into()])?;
    let objects = store.layer().heap.statistics().objects;
    writeln!(out, "Objects in the heap: {objects}. Nobody holds them.\n")?;

    writeln!(
        out,
        "Each line makes 60 rings of 100 nodes, and then 1500 nodes that are \
         kept."
    )?;
    writeln!(
        out,
        "  made  in the heap: # kept, . garbage, {SIGN} objects a sign"
    )?;
    for line in 1..=24 {
        call(out, &mut store, rings, "rings", &[60.into()])?;
        call(out, &mut store, rings, "keep", &[1500.into()])?;
        let statistics = store.layer().heap.statistics();
        let kept = line * 1500;
        let garbage =
            ".".repeat(statistics.objects.saturating_sub(kept) / SIGN);
        writeln!(
            out,
            "{:6}  {}{garbage}",
            statistics.made,
            "#".repeat(kept.div_ceil(SIGN))
        )?;
    }
    let statistics = store.layer().heap.statistics();
    let (times, objects) = (statistics.collections, statistics.collected());
    writeln!(out, "{times} collections, {objects} objects collected.\n")?;
    Ok(())
}

/// Makes a small ring, with a collection before each of its nodes.
fn stress(out: &mut impl Write) -> Outcome {
    let mut store = Store::default();
    let rings = store.instantiate(RINGS, &Imports::new())?;
    store.layer_mut().heap.set_stress(true);
    write!(out, "A ring of 5 nodes, with a collection before each:\n  ")?;
    call(out, &mut store, rings, "ring", &[5.into()])?;
    writeln!(out)?;
    Ok(())
}

/// Holds a node from outside, lets go of it, and has it kept by a number.
fn embedder(out: &mut impl Write) -> Outcome {
    let mut store = Store::default();
    let rings = store.instantiate(RINGS, &Imports::new())?;
    write!(out, "A node for the embedder: ")?;
    let Some(node) = call(out, &mut store, rings, "node", &[])? else {
        return Ok(());
    };
    let slot = node.to_slot();
    let number = |slot: u64| [Value::from(slot as i64)];
    writeln!(
        out,
        "Its slot is {slot:#018x}. Is it still there after some collections?"
    )?;
    call(out, &mut store, rings, "meanwhile", &number(0))?;
    writeln!(
        out,
        "  while the embedder holds it: {}",
        store.layer().heap.ty(slot).is_some()
    )?;
    store.layer_mut().release();
    call(out, &mut store, rings, "meanwhile", &number(slot))?;
    writeln!(
        out,
        "  while an i64 is {slot:#018x}: {}",
        store.layer().heap.ty(slot).is_some()
    )?;
    call(out, &mut store, rings, "meanwhile", &number(slot + 1))?;
    writeln!(
        out,
        "  while it is one more: {}\n",
        store.layer().heap.ty(slot).is_some()
    )?;
    Ok(())
}

/// Asks for more than there is room for.
fn limit(out: &mut impl Write) -> Outcome {
    let limits = StoreLimits { heap_bytes: 1 << 20, ..StoreLimits::default() };
    let mut store = Store::new((), limits);
    let rings = store.instantiate(RINGS, &Imports::new())?;
    let (small, large) = (1000, -1);
    let bytes = large as u32;
    writeln!(
        out,
        "Arrays of {small} and {bytes} bytes, where 1 MB is the limit:"
    )?;
    for length in [small, large] {
        write!(out, "  array({length}): ")?;
        call(out, &mut store, rings, "array", &[length.into()])?;
    }
    Ok(())
}

/// Calls a function that an instance exports, and prints its results or its
/// error.
fn call(
    out: &mut impl Write,
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Result<Option<Value>, Box<dyn Error>> {
    match store.call(instance, name, arguments) {
        Ok(results) => {
            results.iter().try_for_each(|result| writeln!(out, "{result}"))?;
            Ok(results.first().copied())
        }
        Err(error) => {
            writeln!(out, "{error}")?;
            Ok(None)
        }
    }
}
