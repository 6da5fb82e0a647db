//! From bytes to a store.

use annex_embedding::{
    Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, InstanceAddr,
    LinkError, MemAddr, NULL, Pause, PausedCall, TableAddr, TagAddr,
};
use annex_types::close_ref;
use ch09_module::{
    Bytes, Element, FuncType, GlobalType, Limits, MemoryType, Module, RefType,
    TableType,
};
use ch12_instance::{GlobalInstance, Layer, Store, StoreData, TableInstance};
use ch17_exceptions::HasExceptions;
use ch18_heap::{HeapLayer, Layout, Pace};
use ch19_flat as flat;
use trace::Observer;

use super::calls::{Modules, check_calls};
use super::error::wrong;
use super::state::{Activation, Blob, Call, Item, Next, Segments, State, Step};
use super::types::{Numbers, address_type};
use super::values::Here;
use super::{Freezable, FreezeError, Made, Terms, Thawed, form, modules_of};

/// The most things that are made one after the other: entries of the log, and
/// the tables and memories of instances. Each looks at those before it.
const MOST_THINGS: usize = 1 << 16;

/// Finds a function of the host by its two names and its type.
pub type Host<'a> =
    dyn FnMut(&str, &str, &FuncType) -> Option<HostFunction> + 'a;

/// Makes a store of bytes that [`freeze`](super::freeze) has made of one.
///
/// The store has the same addresses as the one that was frozen, and the same
/// handles of objects and exceptions. `host` gives its functions their bodies.
///
/// # Errors
///
/// Bytes that aren't a frozen store, that are damaged or wrong, or that need
/// more than the terms allow; a function that the host doesn't have.
pub fn thaw<O: Observer, L: Freezable>(
    bytes: &[u8],
    terms: Terms,
    observer: O,
    host: &mut Host<'_>,
) -> Result<Thawed<O, L>, FreezeError> {
    if bytes.len() > terms.bytes {
        return Err(FreezeError::TooLarge(format!(
            "the frozen store has {} bytes; the limit is {}",
            bytes.len(),
            terms.bytes
        )));
    }
    let state = form::read(bytes)?;
    let Terms { limits, features, .. } = terms;
    let store = Store::<O, L>::new(observer, limits).with_features(features);
    let modules: Result<Vec<_>, FreezeError> = state
        .modules
        .iter()
        .map(|blob| {
            if !blob.0.starts_with(b"\0asm") {
                return Err(wrong("a module isn't in the binary format"));
            }
            let bytes = Bytes::copy_from_slice(blob.0);
            let module = Module::from_shared(bytes.clone(), features)?;
            Ok((bytes, module))
        })
        .collect();
    let (files, modules) = modules?.into_iter().unzip();
    let mut thawing = Thawing {
        state: &state,
        terms,
        store,
        files,
        modules,
        log: Vec::new(),
        segments: Vec::new(),
        sized: (0, 0),
        things: 0,
        bytes: 0,
    };
    for step in &state.log {
        thawing.step(step, host)?;
    }
    thawing.fill()?;
    let calls = thawing.calls()?;
    let Thawing { store, log, files, .. } = thawing;
    Ok(Thawed { store, log, modules: files, calls })
}

/// A store on its way.
struct Thawing<'a, O: Observer, L: Freezable> {
    state: &'a State<'a>,
    terms: Terms,
    store: Store<O, L>,
    files: Vec<Bytes>,
    modules: Vec<Module>,
    log: Vec<Made>,
    /// The types of the element segments of each instance.
    segments: Vec<Vec<RefType>>,
    /// How many tables and memories have their size.
    sized: (usize, usize),
    /// How many things were made, and how many bytes the modules of all
    /// instances have.
    things: usize,
    bytes: usize,
}

impl<O: Observer, L: Freezable> Thawing<'_, O, L> {
    /// Makes what is next in the log.
    fn step(
        &mut self,
        step: &Step,
        host: &mut Host<'_>,
    ) -> Result<(), FreezeError> {
        let numbers = Numbers(&self.state.types);
        let data = self.store.data();
        let made = match step {
            Step::Function { module, name, ty } => {
                let ty = numbers.func(data, ty)?;
                self.function(module.clone(), name.clone(), ty, host)?
            }
            Step::Table { address, min, max, element } => {
                let ty = TableType {
                    address: address_type(*address),
                    limits: Limits { min: *min, max: *max },
                    element: numbers.reference(data, *element)?,
                };
                self.store.add_table(ty)?;
                Made::Table(ty)
            }
            Step::Memory { address, min, max, page_size } => {
                let ty = MemoryType {
                    address: address_type(*address),
                    limits: Limits { min: *min, max: *max },
                    page_size: *page_size,
                };
                self.store.add_memory(ty)?;
                Made::Memory(ty)
            }
            Step::Global { content, mutable } => {
                let content = numbers.ty(data, *content)?;
                let ty = GlobalType { content, mutable: *mutable };
                let global = GlobalInstance { ty, slot: NULL, upper: 0 };
                self.store.view().0.data.globals.push(global);
                Made::Global(ty)
            }
            Step::Tag(ty) => {
                let ty = numbers.func(data, ty)?;
                self.store.add_tag(ty.clone())?;
                Made::Tag(ty)
            }
            Step::Instance { module, imports } => {
                let imports = imports.iter().map(item).collect();
                self.instance(*module as usize, imports)?
            }
        };
        self.log.push(made);
        self.things += 1;
        self.size()
    }

    /// Asks the host for a function.
    fn function(
        &mut self,
        module: String,
        name: String,
        ty: FuncType,
        host: &mut Host<'_>,
    ) -> Result<Made, FreezeError> {
        let function = host(&module, &name, &ty);
        let given = function.as_ref().map(|it| format!("func {}", it.ty()));
        let Some(function) = function.filter(|it| *it.ty() == ty) else {
            let wanted = format!("func {ty}").trim_end().to_owned();
            let error = LinkError { module, name, wanted, given };
            return Err(Error::Link(error).into());
        };
        self.store.add_function(function);
        Ok(Made::Function { module, name, ty })
    }

    /// Makes an instance without its values.
    fn instance(
        &mut self,
        number: usize,
        imports: Vec<Extern>,
    ) -> Result<Made, FreezeError> {
        let none = || wrong(format!("there is no module {number}"));
        let mut module = self.modules.get(number).ok_or_else(none)?.clone();
        self.bytes = self.bytes.saturating_add(self.files[number].len());
        if self.bytes > self.terms.bytes {
            return Err(FreezeError::TooLarge(format!(
                "the modules of all instances have more than {} bytes",
                self.terms.bytes
            )));
        }
        self.things += module.tables.len() + module.memories.len();
        if imports.len() != module.imports.len() {
            return Err(wrong("an instance has another number of imports"));
        }
        let items: Vec<_> = imports.iter().copied().map(Some).collect();
        let address = self.store.allocate_module(&mut module, &items)?;
        let data = self.store.view().0.data;
        let instance = &data.instances[address.index()];
        let types = &instance.types;
        let elements = module.elements.iter();
        let segments = elements.map(|element| close_ref(element.ty, types));
        self.segments.push(segments.collect());
        Ok(Made::Instance { module: number, imports })
    }

    /// Lets the tables and memories that were just made have the size that they
    /// had. What imports one of them may ask for it.
    fn size(&mut self) -> Result<(), FreezeError> {
        if self.things > MOST_THINGS {
            return Err(FreezeError::TooLarge(format!(
                "the frozen store has more than {MOST_THINGS} things"
            )));
        }
        let data = self.store.view().0.data;
        let limits = data.limits;
        while self.sized.0 < data.tables.len() {
            let number = self.sized.0;
            let runs = self.state.tables.get(number);
            let runs = runs.ok_or_else(|| wrong("a table is missing"))?;
            let mut lengths = runs.iter().map(|(length, _)| *length);
            let size = lengths.try_fold(0, u64::checked_add);
            let all: u64 = data.tables.iter().map(TableInstance::size).sum();
            let table = &mut data.tables[number];
            let left = limits.table_elements.saturating_sub(all - table.size());
            let more = size.and_then(|size| size.checked_sub(table.size()));
            let more = more.ok_or_else(|| {
                wrong(format!("table {number} has a wrong size"))
            })?;
            if table.grow(more, NULL, left).is_none() {
                return Err(FreezeError::TooLarge(format!(
                    "table {number} can't have its {more} elements more"
                )));
            }
            self.sized.0 += 1;
        }
        while self.sized.1 < data.memories.len() {
            let number = self.sized.1;
            let saved = self.state.memories.get(number);
            let pages =
                saved.ok_or_else(|| wrong("a memory is missing"))?.pages;
            let sizes = data.memories.iter().map(|it| it.bytes().len() as u64);
            let all: u64 = sizes.sum();
            let memory = &mut data.memories[number];
            let others = all - memory.bytes().len() as u64;
            memory.set_limit(limits.memory_bytes.saturating_sub(others));
            let more = pages.checked_sub(memory.size());
            let more = more.ok_or_else(|| {
                wrong(format!("memory {number} has a wrong size"))
            })?;
            if memory.grow(more).is_none() {
                return Err(FreezeError::TooLarge(format!(
                    "memory {number} can't have its {more} pages more"
                )));
            }
            self.sized.1 += 1;
        }
        Ok(())
    }

    /// Replaces what is in the store, and checks it.
    fn fill(&mut self) -> Result<(), FreezeError> {
        let state = self.state;
        let view = self.store.view().0;
        let (data, heap) = (view.data, view.layer.heap_layer_mut());
        let counts = [
            (state.tables.len(), data.tables.len()),
            (state.memories.len(), data.memories.len()),
            (state.globals.len(), data.globals.len()),
            (state.segments.len(), data.instances.len()),
        ];
        if counts.iter().any(|(state, store)| state != store) {
            return Err(wrong("it has other things than its log has made"));
        }
        fill_memories(state, data)?;
        for (runs, table) in state.tables.iter().zip(&mut data.tables) {
            let mut index = 0;
            for (length, slot) in runs {
                let place = table.range_mut(index, *length);
                place.map_err(|_| wrong("a table has no size"))?.fill(*slot);
                index += length;
            }
        }
        for (value, global) in state.globals.iter().zip(&mut data.globals) {
            [global.slot, global.upper] = split(*value);
        }
        let of = modules_of(&self.log);
        for (instance, saved) in state.segments.iter().enumerate() {
            let module = &self.modules[of[instance]];
            fill_segments(saved, module, data, instance)?;
        }
        heap.prepare(data);
        fill_heap(state, data, heap)?;
        fill_exceptions(state, data, heap)?;
        let here = Here { data, heap, loose: false };
        here.check_all(Some(&self.segments))?;
        for slot in &state.exposed {
            let place = || "what the embedder has seen".to_owned();
            here.check_any(*slot).map_err(|fault| fault.at(place()))?;
        }
        for slot in &state.exposed {
            heap.expose(*slot);
        }
        if let Some(fuel) = state.fuel {
            self.store.set_fuel(fuel);
        }
        Ok(())
    }

    /// Lets the store have the calls that were paused.
    fn calls(&mut self) -> Result<Vec<PausedCall>, FreezeError> {
        let calls = &self.state.calls;
        let mut continuations: Vec<_> =
            calls.iter().map(continuation).collect();
        let of = modules_of(&self.log);
        let features = self.terms.features;
        let modules = Modules { files: &self.files, of: &of, features };
        let (data, heap) = (self.store.data(), self.store.layer().heap_layer());
        let here = Here { data, heap, loose: false };
        check_calls(here, &modules, &mut continuations)?;
        let mut paused = L::take_up(&mut self.store, &continuations)?;
        for (paused, call) in paused.iter_mut().zip(calls) {
            if let Pause::Suspended(reason) = &mut paused.pause {
                *reason = call.reason.as_str().into();
            }
        }
        Ok(paused)
    }
}

/// What an import is.
fn item(item: &Item) -> Extern {
    match *item {
        Item::Func(it) => Extern::Func(FuncAddr(it)),
        Item::Table(it) => Extern::Table(TableAddr(it)),
        Item::Memory(it) => Extern::Memory(MemAddr(it)),
        Item::Global(it) => Extern::Global(GlobalAddr(it)),
        Item::Tag(it) => Extern::Tag(TagAddr(it)),
    }
}

fn split(value: u128) -> [u64; 2] {
    [value as u64, (value >> 64) as u64]
}

fn fill_memories(
    state: &State<'_>,
    data: &mut StoreData,
) -> Result<(), FreezeError> {
    for (saved, memory) in state.memories.iter().zip(&mut data.memories) {
        let bytes = memory.bytes_mut();
        for (offset, Blob(run)) in &saved.runs {
            let place = usize::try_from(*offset).ok();
            let place = place.and_then(|offset| bytes.get_mut(offset..));
            let place = place.and_then(|rest| rest.get_mut(..run.len()));
            let place = place.ok_or_else(|| wrong("a memory is too small"))?;
            place.copy_from_slice(run);
        }
    }
    Ok(())
}

fn fill_segments(
    saved: &Segments,
    module: &Module,
    data: &mut StoreData,
    instance: usize,
) -> Result<(), FreezeError> {
    let fits = saved.elements.len() == module.elements.len()
        && saved.data.len() == module.data.len();
    // A segment is as its module says, or empty. One whose making has ended in
    // an error has a part of its elements.
    let mut lists = saved.elements.iter().zip(&module.elements);
    let fit = |(saved, element): (&Vec<u64>, &Element)| {
        saved.len() <= element.items.len()
    };
    if !fits || !lists.all(fit) {
        return Err(wrong("an instance has other segments than its module"));
    }
    data.element_segments[instance].clone_from(&saved.elements);
    let segments = saved.data.iter().zip(&module.data);
    let segments = segments.map(|(is_there, segment)| match is_there {
        true => segment.bytes.clone(),
        false => Bytes::new(),
    });
    data.data_segments[instance] = segments.collect();
    Ok(())
}

fn fill_heap(
    state: &State<'_>,
    data: &StoreData,
    heap: &mut HeapLayer,
) -> Result<(), FreezeError> {
    let saved = &state.heap;
    let numbers = Numbers(&state.types);
    let mut entries = Vec::with_capacity(saved.entries.len());
    for (generation, object) in &saved.entries {
        let object = match object {
            Some((ty, Blob(bytes))) => {
                let ty = numbers.number(data, *ty)?;
                let describe = || Layout::of(data.types.composite(ty)?);
                heap.heap.layout(ty.0, describe);
                Some((ty.0, *bytes))
            }
            None => None,
        };
        entries.push((*generation, object));
    }
    let pace = Pace {
        budget: saved.budget,
        allocated: saved.allocated,
        made: saved.made,
        collections: saved.collections,
    };
    heap.heap.replace(entries.into_iter(), &saved.free, pace).map_err(wrong)
}

fn fill_exceptions(
    state: &State<'_>,
    data: &StoreData,
    heap: &mut HeapLayer,
) -> Result<(), FreezeError> {
    let saved = &state.exceptions;
    let tags = saved.places.iter().filter_map(|(_, exception)| {
        let (tag, _) = exception.as_ref()?;
        Some(*tag as usize)
    });
    if tags.max().is_some_and(|tag| tag >= data.tags.len()) {
        return Err(wrong("an exception has no tag"));
    }
    let places = saved.places.iter().map(|(generation, exception)| {
        let exception = exception.as_ref().map(|(tag, values)| {
            let values = values.iter().copied().map(split).collect();
            (TagAddr(*tag), values)
        });
        (*generation, exception)
    });
    heap.exceptions().replace(places, &saved.free).map_err(wrong)?;
    let kept = usize::try_from(saved.kept).unwrap_or(usize::MAX);
    heap.set_kept_exceptions(kept);
    Ok(())
}

fn continuation(call: &Call) -> flat::Continuation {
    let activation = |activation: &Activation| match activation {
        Activation::Code { function, instruction, locals, operands } => {
            flat::Activation::Code {
                function: FuncAddr(*function),
                instruction: *instruction,
                locals: locals.clone(),
                operands: operands.clone(),
            }
        }
        Activation::Host { instance, function, arguments, asked, state } => {
            flat::Activation::Host {
                instance: instance.map(InstanceAddr),
                function: FuncAddr(*function),
                arguments: arguments.clone(),
                asked: FuncAddr(*asked),
                state: *state,
            }
        }
    };
    flat::Continuation {
        function: FuncAddr(call.function),
        activations: call.activations.iter().map(activation).collect(),
        arguments: call.arguments.clone(),
        next: match call.next {
            Next::Begin => flat::Next::Begin,
            Next::Execute => flat::Next::Execute,
            Next::Pay => flat::Next::Pay,
            Next::Answer(host) => flat::Next::Answer(FuncAddr(host)),
        },
    }
}
