//! Makes enemies by hand, and rings by a program, and shows how the heap fills
//! and empties.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use annex_embedding::{Engine, Imports, InstanceAddr, Value};
use ch09_module::FieldIdx;
use ch12_instance::StoreLimits;
use ch18_heap::{Field, Heap, Layout, Storage, Store};

type Outcome = Result<(), Box<dyn Error>>;

const SKY: &[u8] = include_bytes!("../programs/sky.wat");
const RINGS: &[u8] = include_bytes!("../programs/rings.wat");

/// How many objects each sign of the picture represents.
const SIGN: usize = 3000;

fn main() -> ExitCode {
    trace::report(demo(&mut io::stdout().lock()))
}

fn demo(out: &mut impl Write) -> Outcome {
    enemies(out)?;
    casts(out)?;
    rings(out)?;
    stress(out)?;
    embedder(out)?;
    limit(out)?;
    Ok(())
}

/// Makes two enemies without a program, and looks at the heap.
fn enemies(out: &mut impl Write) -> Outcome {
    let mut heap = Heap::default();
    heap.layout(0, enemy);
    for _ in 0..2 {
        let slot = heap.allocate(0, 0)?;
        writeln!(out, "a new enemy: {slot:#018x}")?;
    }
    find(out, &heap)?;
    fly(out, &mut heap)?;
    Ok(())
}

/// The layout of an enemy: 13 bytes, and where each field begins.
fn enemy() -> Option<Layout> {
    Some(Layout::Struct {
        size: 13,
        fields: Box::new([
            Field { offset: 0, storage: Storage::I8 },
            Field { offset: 1, storage: Storage::Bits32 },
            Field { offset: 5, storage: Storage::Reference },
        ]),
        references: Box::new([5]),
    })
}

/// Looks for the object of each of these slots.
fn find(out: &mut impl Write, heap: &Heap) -> Outcome {
    writeln!(out)?;
    for (slot, name) in [
        (0x0300_0000_0000_0000, "the first enemy"),
        (0x0300_0001_0000_0000, "its entry in another life"),
        (0x0300_0000_0000_0002, "one entry too far"),
        (0x0000_0000_0000_0001, "a number"),
    ] {
        let found = heap.ty(slot).map_or("nothing", |_| "an object");
        writeln!(out, "{slot:#018x}, {name}: {found}")?;
    }
    Ok(())
}

/// Moves the first enemy, and asks where it is.
fn fly(out: &mut impl Write, heap: &mut Heap) -> Outcome {
    const X: FieldIdx = FieldIdx(1);
    let (storage, bytes) = heap.field_mut(0x0300_0000_0000_0000, X)?;
    storage.write(bytes, 300);
    let (storage, bytes) = heap.field(0x0300_0000_0000_0000, X)?;
    let x = storage.read(bytes);
    writeln!(out, "\n$x of the first enemy: {:02x?}, or {x}", &bytes[..4])?;
    if let Err(trap) = heap.field(0x0300_0001_0000_0000, X) {
        writeln!(out, "$x in another life: trap: {trap}")?;
    }
    Ok(())
}

/// Asks of an enemy and of a cloud whether it is an enemy.
fn casts(out: &mut impl Write) -> Outcome {
    let mut store = Store::default();
    let sky = store.instantiate(SKY, &Imports::new())?;
    writeln!(out)?;
    for name in ["enemy", "cloud"] {
        write!(out, "ref.test $enemy, of the {name}: ")?;
        call(out, &mut store, sky, name, &[])?;
    }
    writeln!(out)?;
    Ok(())
}

/// Makes a ring, which is garbage at once.
fn rings(out: &mut impl Write) -> Outcome {
    let mut store = Store::default();
    let rings = store.instantiate(RINGS, &Imports::new())?;
    write!(out, "A ring of 5 nodes, added up: ")?;
    call(out, &mut store, rings, "ring", &[5.into()])?;
    let objects = store.layer().heap.statistics().objects;
    writeln!(out, "Objects in the heap: {objects}. Nobody holds them.\n")?;
    bars(out, &mut store, rings)?;
    Ok(())
}

/// Makes many rings, and keeps some other nodes.
fn bars(
    out: &mut impl Write,
    store: &mut Store,
    rings: InstanceAddr,
) -> Outcome {
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
        call(out, store, rings, "rings", &[60.into()])?;
        call(out, store, rings, "keep", &[1500.into()])?;
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
