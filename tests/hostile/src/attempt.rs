//! What is done with each input.

use std::collections::BTreeMap;
use std::fmt;

use annex_embedding::{Engine, Error, Extern, HostFunction, Imports, Value};
use ch07_values::Number;
use ch09_module::{
    CompositeType, FEATURES, FuncType, HeapType, ImportType, Module, RefType, TypeIdx, V128,
    ValType,
};
use ch12_instance::StoreLimits;
use engines::{EngineRow, ours};

/// What each input may use.
pub const LIMITS: StoreLimits = StoreLimits {
    memory_bytes: 16 << 20,
    table_elements: 100_000,
    heap_bytes: 16 << 20,
    operands: 1 << 16,
    calls: 500,
    labels: 1_000,
    fuel: Some(20_000),
};

/// How many exports of each input are called.
const CALLS: usize = 20;

/// What has become of the inputs.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many inputs.
    pub inputs: usize,
    /// How many of them were modules.
    pub modules: usize,
    /// How many of those were instantiated.
    pub instances: usize,
    /// How often instantiations and calls ended in what.
    pub outcomes: BTreeMap<String, usize>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { inputs, modules, instances, outcomes } = self;
        write!(f, "{inputs} inputs, {modules} modules, {instances} instances")?;
        for (outcome, times) in outcomes {
            write!(f, "\n{times:>8}  {outcome}")?;
        }
        Ok(())
    }
}

/// Decodes an input. What is a module is printed, read back, instantiated with whatever it wants to import, and its exports are
/// called; all that under limits, and on each of our engines.
///
/// # Errors
///
/// Says what is wrong, if the printed module is another one, an error says nothing, or two engines say different things.
pub fn attempt(input: &[u8], tally: &mut Tally) -> Result<(), String> {
    tally.inputs += 1;
    let module = match Module::from_bytes(input) {
        Ok(module) => module,
        Err(error) if error.to_string().is_empty() => return Err("an empty error".to_owned()),
        Err(_) => return Ok(()),
    };
    tally.modules += 1;
    let text = module.to_string();
    match Module::from_text(&text) {
        Ok(again) if again.to_string() == text => {}
        Ok(again) => return Err(format!("printed and read it is another one:\n{again}")),
        Err(error) => return Err(format!("printed, it cannot be read: {error}")),
    }
    let mut first: Option<(&str, Vec<String>)> = None;
    for engine in ours() {
        let ends = use_once(engine, input, &module);
        let words: Vec<String> = ends.iter().map(words).collect();
        match &first {
            None => {
                // The first is the instantiation.
                tally.instances += usize::from(ends[0].is_ok());
                ends.iter()
                    .filter_map(|end| end.as_ref().err())
                    .try_for_each(|e| note(e, tally))?;
                first = Some((engine.name, words));
            }
            Some((name, theirs)) if *theirs != words => {
                return Err(format!("{name} says {theirs:?}, {} says {words:?}", engine.name));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// What an instantiation or a call has ended in.
type Ended = Result<Vec<Value>, Error>;

/// What the instantiation of a module has ended in, and then each call of what it exports.
fn use_once(engine: &EngineRow, input: &[u8], module: &Module) -> Vec<Ended> {
    let mut engine = (engine.make)(FEATURES, LIMITS);
    let imports = provide(&mut *engine, module);
    let instance = match engine.instantiate(input, &imports) {
        Ok(instance) => instance,
        Err(error) => return vec![Err(error)],
    };
    let mut ends = vec![Ok(Vec::new())];
    let exports = engine.exports(instance).iter().filter_map(|(_, item)| item.func());
    for function in exports.take(CALLS).collect::<Vec<_>>() {
        let ty = engine.func_type(function).unwrap_or_default();
        let arguments: Vec<Value> = ty.params.iter().map(|&ty| zero(ty)).collect();
        ends.push(engine.invoke(function, &arguments));
    }
    ends
}

/// In words. Two engines have to say the same.
fn words(ended: &Ended) -> String {
    match ended {
        Ok(values) => values.iter().map(|value| format!("{value} ")).collect(),
        Err(error) => error.to_string(),
    }
}

fn note(error: &Error, tally: &mut Tally) -> Result<(), String> {
    let kind = match error {
        Error::Trap(report) => format!("trap: {}", report.trap),
        Error::Module(error) => return Err(format!("once it was a module, now: {error}")),
        Error::Link(_) => "link".to_owned(),
        Error::Call(_) => "call".to_owned(),
        Error::Limit(_) => "limit".to_owned(),
        Error::Exception(_) => "exception".to_owned(),
        Error::NotYet(_) => "not yet".to_owned(),
    };
    *tally.outcomes.entry(kind).or_default() += 1;
    if error.to_string().is_empty() { Err("an empty error".to_owned()) } else { Ok(()) }
}

/// What a module wants to import, as far as that can be had.
fn provide(engine: &mut dyn Engine, module: &Module) -> Imports {
    let mut imports = Imports::new();
    for import in &module.imports {
        let item = match import.ty {
            ImportType::Func(ty) => {
                Some(Extern::Func(engine.add_function(function(func_type(module, ty)))))
            }
            ImportType::Table(ty) => engine.add_table(ty).ok().map(Extern::Table),
            ImportType::Memory(ty) => engine.add_memory(ty).ok().map(Extern::Memory),
            ImportType::Global(ty) => {
                engine.add_global(ty, zero(ty.content)).ok().map(Extern::Global)
            }
            ImportType::Tag(ty) => engine.add_tag(func_type(module, ty)).ok().map(Extern::Tag),
        };
        if let Some(item) = item {
            imports.define(&import.module, &import.name, item);
        }
    }
    imports
}

fn func_type(module: &Module, index: TypeIdx) -> FuncType {
    match module.types.get(index).map(|ty| &ty.composite) {
        Some(CompositeType::Func(func)) => func.clone(),
        _ => FuncType::default(),
    }
}

/// A function of the host that answers with zeros.
fn function(ty: FuncType) -> HostFunction {
    let results: Vec<Value> = ty.results.iter().map(|&ty| zero(ty)).collect();
    HostFunction::dynamic(ty, move |_, _| Ok(results.clone()))
}

/// The zero or the null of a type.
fn zero(ty: ValType) -> Value {
    let heap = match ty {
        ValType::Num(ty) => return Value::Number(Number::from_slot(ty, 0)),
        ValType::V128 => return Value::V128(V128::default()),
        ValType::Ref(RefType { heap, .. }) => heap,
    };
    match heap {
        HeapType::Func | HeapType::NoFunc => Value::FuncRef(None),
        HeapType::Extern | HeapType::NoExtern => Value::ExternRef(None),
        HeapType::Exn | HeapType::NoExn => Value::ExnRef(None),
        _ => Value::AnyRef(None),
    }
}
