//! Two engines on the same module: equal results, equal traps, equal calls of the host, equal memories, equal globals.
//!
//! [`compare`] does it with any two engines and any module; [`check`] on a random module.

mod host;
mod rng;
mod run;
mod smith;

use std::collections::BTreeMap;
use std::fmt;

use annex_embedding::{Engine, Error, Extern, FuncAddr, Handle, InstanceAddr, Referent, Value};
use ch07_values::{NumType, Trap};
use ch09_module::{FuncType, HeapType, RefType, V128, ValType};
use ch18_heap::Store;
use engines::Oracle;
use trace::Counter;

use host::Host;
pub use host::IMPORTS;
pub use rng::Rng;
pub use run::{Difference, check, check_module, message};
pub use smith::{COMMON, Feature, Recipe};

/// What was compared.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many modules.
    pub modules: usize,
    /// How many instructions our engine has executed for them, if it counts them.
    pub instructions: u64,
    /// How many outcomes of each kind: what an instantiation or a call ended in.
    pub outcomes: BTreeMap<String, usize>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcomes: usize = self.outcomes.values().sum();
        write!(
            f,
            "{} modules, {outcomes} instantiations and calls, {} instructions",
            self.modules, self.instructions
        )?;
        for (outcome, times) in &self.outcomes {
            write!(f, "\n{times:>8}  {outcome}")?;
        }
        Ok(())
    }
}

/// What an instantiation or a call ended in, as far as two engines have to agree on it.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Values(Vec<Value>),
    Trap(Trap),
    Refused(&'static str, String),
}

impl Outcome {
    fn new(outcome: Result<Vec<Value>, Error>) -> Outcome {
        let error = match outcome {
            Ok(values) => return Outcome::Values(values.into_iter().map(comparable).collect()),
            Err(error) => error,
        };
        match &error {
            // Some engines do not tell these apart.
            Error::Trap(report) if report.trap == Trap::OutOfBoundsTableAccess => {
                Outcome::Trap(Trap::UndefinedElement)
            }
            Error::Trap(report) => Outcome::Trap(match report.trap {
                Trap::NullFunctionReference
                | Trap::NullStructureReference
                | Trap::NullArrayReference
                | Trap::NullI31Reference
                | Trap::NullExceptionReference => Trap::NullReference,
                trap => trap,
            }),
            Error::Exception(_) => Outcome::Refused("exception", String::new()),
            Error::Module(_) => Outcome::Refused("module", String::new()),
            Error::Link(_) => Outcome::Refused("link", String::new()),
            Error::Limit(_) => Outcome::Refused("limit", String::new()),
            Error::Call(message) => Outcome::Refused("call", message.clone()),
            Error::NotYet(what) => Outcome::Refused("not yet", what.clone()),
        }
    }

    /// How deep calls may nest and how much lies in the heap is up to each engine, so that nothing follows from one of
    /// them giving up.
    fn is_exhausted(&self) -> bool {
        matches!(self, Outcome::Trap(Trap::CallStackExhausted | Trap::OutOfHeap))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Values(values) => {
                let values: Vec<String> = values.iter().map(Value::to_string).collect();
                write!(f, "({})", values.join(", "))
            }
            Outcome::Trap(trap) => write!(f, "trap: {trap}"),
            Outcome::Refused(why, message) => write!(f, "{why}: {message}"),
        }
    }
}

/// A value as far as two engines have to agree on it: what lives in a store has another address in each.
fn comparable(value: Value) -> Value {
    let place = Handle::new(0, 0);
    let comparable = |referent| match referent {
        Referent::Struct(_) => Referent::Struct(place),
        Referent::Array(_) => Referent::Array(place),
        referent => referent,
    };
    match value {
        Value::FuncRef(address) => Value::FuncRef(address.map(|_| FuncAddr(0))),
        Value::ExternRef(referent) => Value::ExternRef(referent.map(comparable)),
        Value::AnyRef(referent) => Value::AnyRef(referent.map(comparable)),
        Value::ExnRef(handle) => Value::ExnRef(handle.map(|_| place)),
        value => value,
    }
}

/// A type as far as two engines have to agree on it: the types that modules define have other numbers in each.
fn comparable_type(ty: &FuncType) -> FuncType {
    let comparable = |ty: &ValType| match ty {
        ValType::Ref(_) => ValType::Ref(RefType::FUNCREF),
        ty => *ty,
    };
    FuncType {
        params: ty.params.iter().map(comparable).collect(),
        results: ty.results.iter().map(comparable).collect(),
    }
}

/// The null of a reference's type.
fn null(ty: RefType) -> Value {
    match ty.heap {
        HeapType::Func | HeapType::NoFunc => Value::FuncRef(None),
        HeapType::Extern | HeapType::NoExtern => Value::ExternRef(None),
        HeapType::Exn | HeapType::NoExn => Value::ExnRef(None),
        _ => Value::AnyRef(None),
    }
}

/// An engine with an instance of the module.
struct Side {
    engine: Box<dyn Engine>,
    host: Host,
    instance: Option<InstanceAddr>,
}

impl Side {
    /// The engine with an instance of the module, and what the instantiation ended in.
    fn new(mut engine: Box<dyn Engine>, module: &[u8]) -> (Side, Outcome) {
        let host = Host::new(&mut *engine);
        let instance = engine.instantiate(module, &host.imports);
        let (instance, outcome) = match instance {
            Ok(instance) => (Some(instance), Ok(Vec::new())),
            Err(error) => (None, Err(error)),
        };
        (Side { engine, host, instance }, Outcome::new(outcome))
    }

    /// The exports, by their names: not every engine keeps their order.
    fn exports(&self) -> BTreeMap<String, Extern> {
        let exports = self.instance.map(|instance| self.engine.exports(instance));
        exports.into_iter().flatten().cloned().collect()
    }

    /// The host's own things, which a module can change, and all exports.
    fn items(&self) -> Vec<(String, Extern)> {
        self.host.items.iter().cloned().chain(self.exports()).collect()
    }

    fn functions(&self) -> Vec<(String, FuncType)> {
        let function = |(name, item): (String, Extern)| {
            Some((name, self.engine.func_type(item.func()?).unwrap_or_default()))
        };
        self.exports().into_iter().filter_map(function).collect()
    }

    fn call(&mut self, name: &str, arguments: &[Value]) -> Outcome {
        let function = self
            .instance
            .and_then(|instance| self.engine.export(instance, name))
            .and_then(|item| item.func());
        match function {
            Some(function) => Outcome::new(self.engine.invoke(function, arguments)),
            None => Outcome::Refused("call", format!("there is no function {name}")),
        }
    }
}

/// Two engines, ours first.
pub type Pair = (Box<dyn Engine>, Box<dyn Engine>);

/// Our machine, which counts its instructions, and the one that it is judged by.
pub fn pair() -> Pair {
    (Box::new(Store::<Counter>::default()), Box::new(Oracle::new()))
}

/// Compares two engines on a module: its instantiation, and then the calls that `arguments` makes
/// up, three of each function that it exports.
///
/// # Errors
///
/// Says where they differ.
pub fn compare(
    (ours, theirs): Pair,
    module: &[u8],
    arguments: &mut dyn FnMut(NumType) -> Value,
    tally: &mut Tally,
) -> Result<(), String> {
    tally.modules += 1;
    let (mut ours, our_outcome) = Side::new(ours, module);
    let (mut theirs, their_outcome) = Side::new(theirs, module);
    let (our, their) = ((&mut ours, our_outcome), (&mut theirs, their_outcome));
    let outcome = agree("instantiation", our, their, tally).and_then(|go_on| {
        if go_on { compare_calls(&mut ours, &mut theirs, arguments, tally) } else { Ok(()) }
    });
    tally.instructions += ours.engine.instructions().unwrap_or_default();
    outcome
}

/// Compares three calls of each function.
fn compare_calls(
    ours: &mut Side,
    theirs: &mut Side,
    arguments: &mut dyn FnMut(NumType) -> Value,
    tally: &mut Tally,
) -> Result<(), String> {
    let mut functions = ours.functions();
    let comparable = |functions: Vec<(String, FuncType)>| -> Vec<(String, FuncType)> {
        functions.into_iter().map(|(name, ty)| (name, comparable_type(&ty))).collect()
    };
    if comparable(functions.clone()) != comparable(theirs.functions()) {
        return Err("they export other functions".to_owned());
    }
    // There is no telling what to hand to a function that wants a reference to something.
    functions.retain(|(_, ty)| {
        ty.params.iter().all(|ty| !matches!(ty, ValType::Ref(RefType { nullable: false, .. })))
    });
    for (name, ty) in functions.iter().cycle().take(3 * functions.len()) {
        let number = |ty: &ValType| match ty {
            ValType::Num(ty) => arguments(*ty),
            ValType::Ref(ty) => null(*ty),
            ValType::V128 => {
                let mut half = || arguments(NumType::I64).to_slot();
                Value::V128(V128::from_halves(half(), half()))
            }
        };
        let arguments: Vec<Value> = ty.params.iter().map(number).collect();
        let call = format!("`{name}` {}", Outcome::Values(arguments.clone()));
        let our_outcome = ours.call(name, &arguments);
        let their_outcome = theirs.call(name, &arguments);
        if !agree(&call, (ours, our_outcome), (theirs, their_outcome), tally)? {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether to go on: not where an engine has given up.
fn agree(
    what: &str,
    (ours, our_outcome): (&mut Side, Outcome),
    (theirs, their_outcome): (&mut Side, Outcome),
    tally: &mut Tally,
) -> Result<bool, String> {
    let kind = match &our_outcome {
        Outcome::Values(_) => "no trap".to_owned(),
        other => other.to_string(),
    };
    *tally.outcomes.entry(kind).or_default() += 1;
    if our_outcome.is_exhausted() || their_outcome.is_exhausted() {
        return Ok(false);
    }
    if our_outcome != their_outcome {
        return Err(format!(
            "{what}: {} says {our_outcome}, {} says {their_outcome}",
            ours.engine.name(),
            theirs.engine.name()
        ));
    }
    if ours.host.calls() != theirs.host.calls() {
        return Err(format!(
            "{what}: other calls of the host: {:?}, {:?}",
            ours.host.calls(),
            theirs.host.calls()
        ));
    }
    for ((name, our), (their_name, their)) in ours.items().into_iter().zip(theirs.items()) {
        if name != their_name {
            return Err(format!("`{name}` here is `{their_name}` there"));
        }
        match (our, their) {
            (Extern::Memory(our), Extern::Memory(their)) => {
                let (our, their) = (ours.engine.memory(our), theirs.engine.memory(their));
                if our != their {
                    let at = our.iter().zip(their).position(|(our, their)| our != their);
                    return Err(format!(
                        "{what}: memory `{name}`: {} and {} bytes, another one at {at:?}",
                        our.len(),
                        their.len()
                    ));
                }
            }
            (Extern::Global(our), Extern::Global(their)) => {
                let (our, their) = (ours.engine.global(our), theirs.engine.global(their));
                if our.map(comparable) != their.map(comparable) {
                    return Err(format!("{what}: global `{name}`: {our:?}, {their:?}"));
                }
            }
            (Extern::Table(our), Extern::Table(their)) => {
                let elements = |engine: &mut dyn Engine, table| -> Vec<Option<Value>> {
                    let indices = 0..engine.table_size(table);
                    let elements = indices.map(|index| engine.table_get(table, index));
                    elements.map(|element| element.map(comparable)).collect()
                };
                let (our, their) =
                    (elements(&mut *ours.engine, our), elements(&mut *theirs.engine, their));
                if our != their {
                    return Err(format!("{what}: table `{name}`: {our:?}, {their:?}"));
                }
            }
            (Extern::Func(_), Extern::Func(_)) | (Extern::Tag(_), Extern::Tag(_)) => {}
            _ => return Err(format!("`{name}` is {our:?} here and {their:?} there")),
        }
    }
    Ok(our_outcome == Outcome::Values(Vec::new()) || !matches!(our_outcome, Outcome::Refused(..)))
}
