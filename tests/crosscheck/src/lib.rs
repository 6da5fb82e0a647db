//! Two engines on the same module: equal results, equal traps, equal calls of the host, equal memories, equal globals.
//!
//! One of them is the tree engine, the other one a [`Partner`]. If that is one of ours too, they also have to say the same of a
//! trap, use the same fuel, execute the same instructions, and give up at the same place. [`compare`] does it on any module;
//! [`check`] on a random one.

mod host;
mod partner;
mod rng;
mod run;
mod smith;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use annex_embedding::{
    Engine, Error, Extern, FuncAddr, Handle, InstanceAddr, Progress, Referent, TrapReport, Value,
};
use ch07_values::{NumType, Trap};
use ch09_module::{FuncType, HeapType, RefType, V128, ValType};

use host::Host;
pub use host::IMPORTS;
pub use partner::Partner;
use partner::Rewrites;
pub use rng::Rng;
pub use run::{Difference, check, check_module, message};
pub use smith::{COMMON, Feature, Recipe};

/// What was compared.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many modules, each once for each partner.
    pub modules: usize,
    /// How many instructions the tree engine has executed for them.
    pub instructions: u64,
    /// How many times a call was paused.
    pub pauses: u64,
    /// How many outcomes of each kind: what an instantiation or a call ended in.
    pub outcomes: BTreeMap<String, usize>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcomes: usize = self.outcomes.values().sum();
        write!(
            f,
            "{} modules, {outcomes} instantiations and calls, {} instructions, {} pauses",
            self.modules, self.instructions, self.pauses
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
    fn new(outcome: &Result<Vec<Value>, Error>) -> Outcome {
        let error = match outcome {
            Ok(values) => return Outcome::Values(values.iter().copied().map(comparable).collect()),
            Err(error) => error,
        };
        match error {
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

/// The null of a reference's type. Which kind of type a module has defined can't be seen from here, so of two calls that take a
/// null of it one is refused.
fn null(ty: RefType, rng: &mut Rng) -> Value {
    match ty.heap {
        HeapType::Concrete(_) if rng.next().is_multiple_of(2) => Value::FuncRef(None),
        HeapType::Func | HeapType::NoFunc => Value::FuncRef(None),
        HeapType::Extern | HeapType::NoExtern => Value::ExternRef(None),
        HeapType::Exn | HeapType::NoExn => Value::ExnRef(None),
        _ => Value::AnyRef(None),
    }
}

/// An engine with an instance of the module.
struct Side {
    engine: Box<dyn Rewrites>,
    host: Host,
    instance: Option<InstanceAddr>,
    /// Where its calls are cut, if they are.
    cuts: Option<Cuts>,
    /// How many times a call was paused.
    pauses: u64,
}

/// Where calls are cut.
struct Cuts {
    rng: Rng,
    /// Whether each of them is written down and read again there.
    rewritten: bool,
    /// The module, if the store is frozen and thawed there.
    frozen: Option<Vec<u8>>,
}

impl Side {
    /// The engine with an instance of the module, and what the instantiation ended in.
    fn new(
        mut engine: Box<dyn Rewrites>,
        module: &[u8],
        compiled: bool,
        cuts: Option<Cuts>,
    ) -> (Side, Ended) {
        let host = Host::new(&mut *engine);
        let instance = match compiled {
            true => engine.instantiate_compiled(module, &host.imports),
            false => engine.instantiate(module, &host.imports),
        };
        let (instance, ended) = match instance {
            Ok(instance) => (Some(instance), Ok(Vec::new())),
            Err(error) => (None, Err(error)),
        };
        (Side { engine, host, instance, cuts, pauses: 0 }, ended)
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

    /// Calls a function, which has so much fuel.
    fn call(&mut self, name: &str, arguments: &[Value], fuel: u64) -> Ended {
        let function = self
            .instance
            .and_then(|instance| self.engine.export(instance, name))
            .and_then(|item| item.func())
            .ok_or_else(|| Error::Call(format!("there is no function {name}")))?;
        match self.cuts {
            Some(_) => self.call_in_slices(function, arguments, fuel),
            None => {
                self.engine.set_fuel(fuel);
                self.engine.invoke(function, arguments)
            }
        }
    }

    /// Calls a function, and gives it its fuel by and by: each time all that is there has been used, a little more.
    fn call_in_slices(&mut self, function: FuncAddr, arguments: &[Value], fuel: u64) -> Ended {
        let Side { engine, host, cuts: Some(Cuts { rng, rewritten, frozen }), pauses, .. } = self
        else {
            unreachable!("it is called where there are cuts");
        };
        let mut rest = fuel;
        // The slices get longer, so that a call that needs a lot ends, too.
        let mut longest = 8;
        let mut slice = |rest: &mut u64| {
            let slice = (rng.next() % longest).min(*rest);
            *rest -= slice;
            longest += longest / 8;
            slice
        };
        engine.set_fuel(slice(&mut rest));
        let mut progress = engine.start(function, arguments);
        while let Ok(Progress::Paused(call)) = progress {
            *pauses += 1;
            let call = match frozen {
                // It takes longer than all else, so it isn't done each time.
                Some(module) if pauses.is_multiple_of(8) => {
                    engine.refreeze(call, module, &host.imports)?
                }
                _ if *rewritten => engine.rewrite(call)?,
                _ => call,
            };
            let left = engine.fuel().unwrap_or_default();
            if rest == 0 {
                engine.cancel(call)?;
                return Err(TrapReport::from(Trap::OutOfFuel).into());
            }
            engine.set_fuel(left + slice(&mut rest));
            progress = engine.resume(call);
        }
        // What it was not given, it has not used.
        engine.set_fuel(engine.fuel().unwrap_or_default() + rest);
        Ok(progress?.finished().unwrap_or_default())
    }
}

/// What an instantiation or a call has ended in.
type Ended = Result<Vec<Value>, Error>;

/// How much fuel a call has that may use as much as it likes.
const PLENTY: u64 = 1 << 32;

/// Compares the tree engine and a partner on a module: its instantiation, and then calls with random arguments, three of each
/// function that it exports.
///
/// # Errors
///
/// Says where they differ.
pub fn compare(
    partner: Partner,
    module: &[u8],
    rng: &mut Rng,
    tally: &mut Tally,
) -> Result<(), String> {
    tally.modules += 1;
    let (ours, theirs) = partner.pair(rng.next().is_multiple_of(2), rng.next());
    let rewritten = partner.is_rewritten();
    // A store that is frozen has its modules in the binary format.
    let binary = || wat::parse_bytes(module).map_or(module.to_vec(), Cow::into_owned);
    let frozen = partner.is_frozen().then(binary);
    let cuts = partner.is_cut().then(|| Cuts { rng: Rng::new(rng.next()), rewritten, frozen });
    let (mut ours, our_end) = Side::new(ours, module, false, None);
    let (mut theirs, their_end) = Side::new(theirs, module, partner.is_compiled(), cuts);
    let (our, their) = ((&mut ours, our_end), (&mut theirs, their_end));
    let outcome =
        agree(partner, "instantiation", our, their, tally).and_then(|go_on| match go_on {
            true => compare_calls(partner, &mut ours, &mut theirs, rng, tally),
            false => Ok(()),
        });
    tally.instructions += ours.engine.instructions().unwrap_or_default();
    tally.pauses += theirs.pauses;
    outcome
}

/// Compares three calls of each function.
fn compare_calls(
    partner: Partner,
    ours: &mut Side,
    theirs: &mut Side,
    rng: &mut Rng,
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
        let arguments: Vec<Value> = ty.params.iter().map(|ty| argument(*ty, rng)).collect();
        // Now and then the fuel runs out on the way.
        let fuel = if rng.next().is_multiple_of(4) { rng.next() % 40 } else { PLENTY };
        let call = format!("`{name}` {}", Outcome::Values(arguments.clone()));
        let our_end = ours.call(name, &arguments, fuel);
        let their_end = theirs.call(name, &arguments, fuel);
        if !agree(partner, &call, (ours, our_end), (theirs, their_end), tally)? {
            return Ok(());
        }
    }
    Ok(())
}

/// A random argument; the null of a reference's type.
fn argument(ty: ValType, rng: &mut Rng) -> Value {
    match ty {
        ValType::Num(ty) => rng.number(ty),
        ValType::Ref(ty) => null(ty, rng),
        ValType::V128 => {
            let mut half = || rng.number(NumType::I64).to_slot();
            Value::V128(V128::from_halves(half(), half()))
        }
    }
}

/// Whether to go on: not where an engine has given up.
fn agree(
    partner: Partner,
    what: &str,
    (ours, our_end): (&mut Side, Ended),
    (theirs, their_end): (&mut Side, Ended),
    tally: &mut Tally,
) -> Result<bool, String> {
    let (our_outcome, their_outcome) = (Outcome::new(&our_end), Outcome::new(&their_end));
    let kind = match &our_outcome {
        Outcome::Values(_) => "no trap".to_owned(),
        Outcome::Refused(why, _) => (*why).to_owned(),
        trap => trap.to_string(),
    };
    *tally.outcomes.entry(kind).or_default() += 1;
    if !partner.is_ours() && (our_outcome.is_exhausted() || their_outcome.is_exhausted()) {
        return Ok(false);
    }
    // A call that is cut is cancelled when it has had all its fuel.
    let is_cancelled = theirs.cuts.is_some() && their_outcome == Outcome::Trap(Trap::OutOfFuel);
    if our_outcome != their_outcome && !(is_cancelled && is_about_to_call(&our_end)) {
        return Err(format!(
            "{what}: {} says {our_outcome}, {} says {their_outcome}",
            ours.engine.name(),
            theirs.engine.name()
        ));
    }
    if partner.is_ours() {
        agree_closely(what, (ours, our_end), (theirs, their_end), is_cancelled)?;
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
    Ok(partner.is_ours() || !matches!(our_outcome, Outcome::Refused(..)))
}

/// Whether there is nothing to call where a call was about to be made. Without fuel a call that can be paused does not even look,
/// until it goes on.
fn is_about_to_call(ended: &Ended) -> bool {
    let Err(Error::Trap(TrapReport { instr: Some(instr), .. })) = ended else { return false };
    instr.starts_with("call") || instr.starts_with("return_call")
}

/// What two engines of ours have to agree on besides: the words of an error, the fuel, the instructions. Of a call that is
/// cancelled nobody says where it was.
fn agree_closely(
    what: &str,
    (ours, our_end): (&Side, Ended),
    (theirs, their_end): (&Side, Ended),
    is_cancelled: bool,
) -> Result<(), String> {
    if let (Err(our), Err(their)) = (our_end, their_end)
        && !is_cancelled
        && our.to_string() != their.to_string()
    {
        return Err(format!("{what}: `{our}` here, `{their}` there"));
    }
    let (our, their) = (ours.engine.fuel(), theirs.engine.fuel());
    if our != their {
        return Err(format!("{what}: {our:?} units of fuel are left here, {their:?} there"));
    }
    match (ours.engine.instructions(), theirs.engine.instructions()) {
        (Some(our), Some(their)) if our != their => {
            Err(format!("{what}: {our} instructions here, {their} there"))
        }
        _ => Ok(()),
    }
}
