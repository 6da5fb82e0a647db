//! From a store to its state.

use annex_embedding::{Engine, Extern, Pause, PausedCall};
use ch09_module::{Bytes, TypeIdx};
use ch10_memory::MemoryInstance;
use ch12_instance::{Store, StoreData, TableInstance};
use ch18_heap::HeapLayer;
use ch19_flat as flat;
use trace::Observer;

use super::calls::{Modules, check_calls};
use super::state::{
    Activation, Blob, Call, Exceptions, Heap, Item, Memory, Next, Segments,
    State, Step,
};
use super::types::{Names, address};
use super::values::{Here, join, types_of};
use super::{Freezable, FreezeError, Made, form, log, modules_of};

/// Makes bytes of everything that lives in a store.
///
/// The `log` says how the store was made, from the first thing on, and each
/// module that it names is in `modules`, in the binary format. The paused
/// `calls` become part of the bytes. The store stays as it is, and so do they.
///
/// # Errors
///
/// A log that isn't the store's, a reference to something of the host, a call
/// that doesn't exist.
pub fn freeze<O: Observer, L: Freezable>(
    store: &mut Store<O, L>,
    log: &[Made],
    modules: &[Bytes],
    calls: &[&PausedCall],
) -> Result<Vec<u8>, FreezeError> {
    log::check(store.data(), log, modules.len())?;
    if let Some(text) = modules.iter().find(|it| !it.starts_with(b"\0asm")) {
        return Err(FreezeError::Log(format!(
            "a module of {} bytes isn't in the binary format",
            text.len()
        )));
    }
    let mut continuations = L::write_down(store, calls)?;
    let (data, heap) = (store.data(), store.layer().heap_layer());
    let here = Here { data, heap, loose: true };
    here.check_all(None)?;
    let of = modules_of(log);
    let features = store.features();
    let known = Modules { files: modules, of: &of, features };
    check_calls(here, &known, &mut continuations)?;

    let mut names = Names::new(data);
    let log = steps(log, &mut names)?;
    let paused = continuations.into_iter().zip(calls);
    let state = State {
        modules: modules.iter().map(|bytes| Blob(bytes)).collect(),
        log,
        tables: data.tables.iter().map(runs).collect(),
        memories: data.memories.iter().map(memory).collect(),
        globals: data
            .globals
            .iter()
            .map(|global| join(global.ty.content, [global.slot, global.upper]))
            .collect(),
        segments: segments(data),
        heap: objects(heap, data, &mut names)?,
        exceptions: exceptions(heap, data),
        exposed: exposed(heap),
        fuel: store.fuel(),
        calls: paused.map(|(call, paused)| self::call(call, paused)).collect(),
        // The list is complete now.
        types: names.list,
    };
    form::write(&state)
}

/// The entries of a log. Types are named by instances that are there before.
fn steps(log: &[Made], names: &mut Names) -> Result<Vec<Step>, FreezeError> {
    let mut instances = 0;
    let mut steps = Vec::with_capacity(log.len());
    for made in log {
        steps.push(match made {
            Made::Function { module, name, ty } => Step::Function {
                module: module.clone(),
                name: name.clone(),
                ty: names.func(ty, instances)?,
            },
            Made::Table(ty) => Step::Table {
                address: address(ty.address),
                min: ty.limits.min,
                max: ty.limits.max,
                element: names.reference(ty.element, instances)?,
            },
            Made::Memory(ty) => Step::Memory {
                address: address(ty.address),
                min: ty.limits.min,
                max: ty.limits.max,
                page_size: ty.page_size,
            },
            Made::Global(ty) => Step::Global {
                content: names.ty(ty.content, instances)?,
                mutable: ty.mutable,
            },
            Made::Tag(ty) => Step::Tag(names.func(ty, instances)?),
            Made::Instance { module, imports } => {
                instances += 1;
                let imports = imports.iter().map(|item| match item {
                    Extern::Func(it) => Item::Func(it.0),
                    Extern::Table(it) => Item::Table(it.0),
                    Extern::Memory(it) => Item::Memory(it.0),
                    Extern::Global(it) => Item::Global(it.0),
                    Extern::Tag(it) => Item::Tag(it.0),
                });
                let imports = imports.collect();
                Step::Instance { module: *module as u32, imports }
            }
        });
    }
    Ok(steps)
}

/// The elements of a table, as runs of equal ones.
fn runs(table: &TableInstance) -> Vec<(u64, u64)> {
    let runs = table.elements().chunk_by(|one, next| one == next);
    runs.map(|run| (run.len() as u64, run[0])).collect()
}

/// How many bytes are looked at together.
const BLOCK: usize = 4096;

/// A memory without its blocks of zeros.
fn memory(memory: &MemoryInstance) -> Memory<'_> {
    let bytes = memory.bytes();
    let is_zero = |start: usize| {
        let end = bytes.len().min(start + BLOCK);
        bytes[start..end].iter().all(|byte| *byte == 0)
    };
    let mut runs = Vec::new();
    let mut begin = None;
    for start in (0..bytes.len()).step_by(BLOCK) {
        match (is_zero(start), begin) {
            (true, Some(from)) => {
                runs.push((from as u64, Blob(&bytes[from..start])));
                begin = None;
            }
            (false, None) => begin = Some(start),
            _ => {}
        }
    }
    if let Some(from) = begin {
        runs.push((from as u64, Blob(&bytes[from..])));
    }
    Memory { pages: memory.size(), runs }
}

fn segments(data: &StoreData) -> Vec<Segments> {
    let lists = data.element_segments.iter().zip(&data.data_segments);
    let segments = lists.map(|(elements, data)| Segments {
        elements: elements.clone(),
        data: data.iter().map(|bytes| !bytes.is_empty()).collect(),
    });
    segments.collect()
}

fn objects<'a>(
    heap: &'a HeapLayer,
    data: &StoreData,
    names: &mut Names,
) -> Result<Heap<'a>, FreezeError> {
    let instances = data.instances.len();
    let mut entries = Vec::new();
    for (generation, object) in heap.heap.contents() {
        let object = match object {
            Some((ty, bytes)) => {
                Some((names.name(TypeIdx(ty), instances)?, Blob(bytes)))
            }
            None => None,
        };
        entries.push((generation, object));
    }
    let pace = heap.heap.pace();
    Ok(Heap {
        entries,
        free: heap.heap.free().to_vec(),
        budget: pace.budget,
        allocated: pace.allocated,
        made: pace.made,
        collections: pace.collections,
    })
}

fn exceptions(heap: &HeapLayer, data: &StoreData) -> Exceptions {
    let exceptions = heap.all_exceptions();
    let places = exceptions.places().map(|(generation, exception)| {
        let exception = exception.map(|(tag, values)| {
            let values = types_of(data, tag).iter().zip(values);
            (tag.0, values.map(|(ty, value)| join(*ty, *value)).collect())
        });
        (generation, exception)
    });
    Exceptions {
        places: places.collect(),
        free: exceptions.free().to_vec(),
        kept: heap.kept_exceptions() as u64,
    }
}

/// What the embedder has seen of what is still there. Sorted, so that equal
/// stores are equal bytes.
fn exposed(heap: &HeapLayer) -> Vec<u64> {
    let mut slots: Vec<u64> = heap.exposed().collect();
    slots.sort_unstable();
    slots
}

fn call(call: flat::Continuation, paused: &PausedCall) -> Call {
    let flat::Continuation { function, activations, arguments, next } = call;
    let activations =
        activations.into_iter().map(|activation| match activation {
            flat::Activation::Code {
                function,
                instruction,
                locals,
                operands,
            } => Activation::Code {
                function: function.0,
                instruction,
                locals,
                operands,
            },
            flat::Activation::Host {
                instance,
                function,
                arguments,
                asked,
                state,
            } => Activation::Host {
                instance: instance.map(|it| it.0),
                function: function.0,
                arguments,
                asked: asked.0,
                state,
            },
        });
    Call {
        function: function.0,
        activations: activations.collect(),
        arguments,
        next: match next {
            flat::Next::Begin => Next::Begin,
            flat::Next::Execute => Next::Execute,
            flat::Next::Pay => Next::Pay,
            flat::Next::Answer(host) => Next::Answer(host.0),
        },
        reason: match &paused.pause {
            Pause::OutOfFuel => String::new(),
            Pause::Suspended(reason) => reason.to_string(),
        },
    }
}
