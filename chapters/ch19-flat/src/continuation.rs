//! Paused calls, in terms of their modules alone.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::iter;

use annex_embedding::{Error, FuncAddr, InstanceAddr, Pause, PausedCall};
use ch09_module::FuncType;
use ch11_control::{Callee, Environment, Frame};
use ch12_instance::{Store, StoreView};
use trace::Observer;

use crate::host::NO_INSTANCE;
use crate::machine::{Caller, Then};
use crate::paused::Kept;
use crate::places::{At, Places};
use crate::{FlatLayer, Tier};

/// A paused call, in terms of its modules alone: nothing in it depends on what
/// an engine has made of their code. So one engine can write it down, and
/// another one can go on with it, or the same one in another build.
///
/// A slot is 128 bits here. The upper half means something only if it holds a
/// vector, and a reference only in the store that it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continuation {
    /// The function that the embedder has called.
    pub function: FuncAddr,
    /// The calls that it is inside of, the innermost last.
    pub activations: Vec<Activation>,
    /// The arguments of a function that has not begun yet, or of one of the
    /// host that has not answered yet.
    pub arguments: Vec<u128>,
    /// What comes next.
    pub next: Next,
}

/// A call that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activation {
    /// A call of a module's function. It waits for the call that it has made,
    /// unless it is the innermost one.
    Code {
        /// The function.
        function: FuncAddr,
        /// The instruction that it is at: how many of the function's
        /// instructions come before that one in the text. `else` and `end` are
        /// not instructions.
        instruction: u32,
        /// Its locals, the parameters first.
        locals: Vec<u128>,
        /// Its operands. The arguments of a call that it waits for are gone.
        operands: Vec<u128>,
    },
    /// A call of a function of the host, which waits for a call that it has
    /// asked for.
    Host {
        /// The instance that has called it, if it is one.
        instance: Option<InstanceAddr>,
        /// The function.
        function: FuncAddr,
        /// Its arguments.
        arguments: Vec<u128>,
        /// The function that it has asked to be called.
        asked: FuncAddr,
        /// What it wants to know afterwards.
        state: u64,
    },
}

/// How a paused call goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The function that is to be called begins.
    Begin,
    /// The innermost call executes the instruction that it is at.
    Execute,
    /// The innermost call pays for a branch to the loop that it is at.
    Pay,
    /// This function of the host answers.
    Answer(FuncAddr),
}

impl Next {
    /// How the innermost call is at its place.
    fn at(self) -> At {
        match self {
            Next::Begin | Next::Answer(_) => At::Call,
            Next::Execute => At::Operation,
            Next::Pay => At::Loop,
        }
    }
}

impl Continuation {
    /// Writes down a call that is paused in a store. It stays there too, and
    /// keeps alive what its references refer to.
    ///
    /// # Errors
    ///
    /// There is no such call.
    pub fn of<O: Observer, T: Tier>(
        store: &mut Store<O, FlatLayer<T>>,
        call: &PausedCall,
    ) -> Result<Continuation, Error> {
        Continuation::with(store, call, &mut PlacesOf::default())
    }

    /// The same for several calls. A function that more than one of them is
    /// inside of is looked through once.
    ///
    /// # Errors
    ///
    /// There is no such call.
    pub fn of_all<O: Observer, T: Tier>(
        store: &mut Store<O, FlatLayer<T>>,
        calls: &[&PausedCall],
    ) -> Result<Vec<Continuation>, Error> {
        let places = &mut PlacesOf::default();
        let calls = calls.iter();
        calls.map(|call| Continuation::with(store, call, places)).collect()
    }

    fn with<O: Observer, T: Tier>(
        store: &mut Store<O, FlatLayer<T>>,
        call: &PausedCall,
        places: &mut PlacesOf,
    ) -> Result<Continuation, Error> {
        let (here, _) = store.view();
        let number = call.number() as usize;
        let kept = here.layer.kept.get(number).and_then(Option::as_ref);
        let Some(Kept { function, calls, states, upper, then }) = kept else {
            return Err(Error::Call("there is no such paused call".into()));
        };
        let upper = upper.iter().chain(iter::repeat(&0));
        let slots = here.layer.below.paused[number].iter().zip(upper);
        let slots: Vec<u128> = slots
            .map(|(slot, upper)| u128::from(*upper) << 64 | u128::from(*slot))
            .collect();
        let next = match *then {
            Then::Begin | Then::BeginAsked => Next::Begin,
            Then::GoOn => Next::Execute,
            Then::Pay => Next::Pay,
            Then::Answer(host) => Next::Answer(host),
        };
        // Where the arguments begin of what has no frame.
        let above = match (next, calls.last()) {
            (Next::Begin, None) => 0,
            (Next::Begin, Some(asked)) => asked.frame.base + asked.frame.locals,
            (Next::Answer(host), _) => {
                slots.len() - ty(&here, host)?.params.len()
            }
            (Next::Execute | Next::Pay, _) => slots.len(),
        };
        let ends = calls.iter().skip(1).map(|inner| inner.frame.base);
        let mut states = states.iter();
        let mut activations = Vec::with_capacity(calls.len());
        for (call, end) in calls.iter().zip(ends.chain([above])) {
            let Caller { frame, position } = *call;
            let Frame { base, locals, .. } = frame;
            let function = FuncAddr(frame.function);
            let (locals, operands) = slots[base..end].split_at(locals);
            let (locals, mut operands) = (locals.to_vec(), operands.to_vec());
            activations.push(match here.callee(frame.function) {
                Callee::Code { .. } => {
                    let is_innermost = activations.len() + 1 == calls.len();
                    let at = if is_innermost { next.at() } else { At::Call };
                    let found = places.of(&here, function)?;
                    let found = found.at_position(at, position);
                    let (place, index) = found.ok_or_else(|| {
                        Error::Call("the call is at no instruction".into())
                    })?;
                    operands.extend(index.map(u128::from));
                    let instruction = place.instruction;
                    Activation::Code { function, instruction, locals, operands }
                }
                Callee::Host(_) => Activation::Host {
                    instance: (frame.instance != NO_INSTANCE)
                        .then_some(InstanceAddr(frame.instance)),
                    function,
                    arguments: locals,
                    asked: FuncAddr(position as u32),
                    state: states.next().copied().unwrap_or_default(),
                },
            });
        }
        let arguments = slots[above..].to_vec();
        let function = *function;
        Ok(Continuation { function, activations, arguments, next })
    }

    /// Lets a store have the call, paused.
    ///
    /// The values in the slots are trusted. Everything else is checked.
    ///
    /// # Errors
    ///
    /// Says what doesn't fit the functions of this store.
    pub fn restore<O: Observer, T: Tier>(
        &self,
        store: &mut Store<O, FlatLayer<T>>,
    ) -> Result<PausedCall, Error> {
        self.restore_with(store, &mut PlacesOf::default())
    }

    /// The same for several calls. A function that more than one of them is
    /// inside of is looked through once.
    ///
    /// # Errors
    ///
    /// Says what doesn't fit the functions of this store. Then it may have some
    /// of the calls.
    pub fn restore_all<O: Observer, T: Tier>(
        calls: &[Continuation],
        store: &mut Store<O, FlatLayer<T>>,
    ) -> Result<Vec<PausedCall>, Error> {
        let places = &mut PlacesOf::default();
        let calls = calls.iter();
        calls.map(|call| call.restore_with(store, places)).collect()
    }

    fn restore_with<O: Observer, T: Tier>(
        &self,
        store: &mut Store<O, FlatLayer<T>>,
        places: &mut PlacesOf,
    ) -> Result<PausedCall, Error> {
        let (here, _) = store.view();
        let here = &here;
        let (mut slots, mut states) = (Vec::<u128>::new(), Vec::new());
        let mut calls = Vec::with_capacity(self.activations.len());
        // What waits for results, and for how many: at first the embedder.
        let mut results = ty(here, self.function)?.results.len();
        for activation in &self.activations {
            let is_innermost = calls.len() + 1 == self.activations.len();
            let at = if is_innermost { self.next.at() } else { At::Call };
            let (function, values, operands) = activation.parts();
            let FuncType { params, results: own } = ty(here, function)?;
            check(own.len() == results, "the number of results is wrong")?;
            let (instance, position, all) =
                match (activation, here.callee(function.0)) {
                    (
                        Activation::Code { instruction, .. },
                        Callee::Code { instance, code },
                    ) => {
                        let place =
                            places.of(here, function)?.of(at, *instruction);
                        let nowhere =
                            || refused("no call can be at that instruction");
                        let place = place.ok_or_else(nowhere)?;
                        let found = operands.len();
                        check(
                            found == place.height,
                            "the number of operands is wrong",
                        )?;
                        results = place.results;
                        let shape = &code.shape;
                        (instance, place.position, shape.params + shape.locals)
                    }
                    (
                        Activation::Host { instance, asked, state, .. },
                        Callee::Host(_),
                    ) => {
                        let instance = instance.map_or(NO_INSTANCE, |it| it.0);
                        let known =
                            (instance as usize) < here.data.instances.len();
                        let known = known || instance == NO_INSTANCE;
                        check(known, "there is no such instance")?;
                        states.push(*state);
                        results = ty(here, *asked)?.results.len();
                        (instance, asked.index(), params.len())
                    }
                    _ => return Err(refused("a function is of another kind")),
                };
            check(values.len() == all, "the number of locals is wrong")?;
            let (base, locals, function) = (slots.len(), all, function.0);
            let frame = Frame { instance, function, base, locals };
            calls.push(Caller { frame, position });
            slots.extend(values.iter().chain(operands));
        }
        let (callee, then) = match (self.next, self.activations.last()) {
            (Next::Begin, None) => (Some(self.function), Then::Begin),
            (Next::Begin, Some(Activation::Host { asked, .. })) => {
                (Some(*asked), Then::BeginAsked)
            }
            (Next::Execute, Some(Activation::Code { .. })) => {
                (None, Then::GoOn)
            }
            (Next::Pay, Some(Activation::Code { .. })) => (None, Then::Pay),
            (Next::Answer(host), _) => {
                let own = ty(here, host)?.results.len();
                let is_host = matches!(here.callee(host.0), Callee::Host(_));
                check(is_host && own == results, "that function can't answer")?;
                (Some(host), Then::Answer(host))
            }
            _ => return Err(refused("what comes next doesn't fit")),
        };
        let params = match callee {
            Some(callee) => ty(here, callee)?.params.len(),
            None => 0,
        };
        check(
            self.arguments.len() == params,
            "the number of arguments is wrong",
        )?;
        slots.extend(&self.arguments);
        let mut upper: Vec<u64> =
            slots.iter().map(|slot| (slot >> 64) as u64).collect();
        if upper.iter().all(|half| *half == 0) {
            upper.clear();
        }
        let slots = slots.iter().map(|slot| *slot as u64).collect();
        let function = self.function;
        let kept = Kept { function, calls, states, upper, then };
        let number = store.layer_mut().keep(kept, slots);
        Ok(PausedCall::new(
            number,
            match self.next {
                Next::Answer(_) => {
                    Pause::Suspended("it waits for an answer".into())
                }
                _ => Pause::OutOfFuel,
            },
        ))
    }
}

impl Activation {
    /// The function, its locals, and its operands.
    fn parts(&self) -> (FuncAddr, &[u128], &[u128]) {
        match self {
            Activation::Code { function, locals, operands, .. } => {
                (*function, locals, operands)
            }
            Activation::Host { function, arguments, .. } => {
                (*function, arguments, &[])
            }
        }
    }
}

/// The places in functions, each function looked through once.
#[derive(Default)]
struct PlacesOf(HashMap<FuncAddr, Places>);

impl PlacesOf {
    fn of<T: Tier>(
        &mut self,
        here: &StoreView<'_, FlatLayer<T>>,
        function: FuncAddr,
    ) -> Result<&Places, Error> {
        match self.0.entry(function) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(free) => {
                let places = Places::new(here, function);
                let none = || refused("a function is of another kind");
                Ok(free.insert(places.ok_or_else(none)?))
            }
        }
    }
}

/// The type of a function.
fn ty<'here, T: Tier>(
    here: &'here StoreView<'_, FlatLayer<T>>,
    function: FuncAddr,
) -> Result<&'here FuncType, Error> {
    let found = here.data.functions.get(function.index());
    let found = found.and_then(|found| here.data.types.func(found.ty));
    found.ok_or_else(|| {
        Error::Call(format!("there is no function {}", function.0))
    })
}

fn check(is_so: bool, otherwise: &str) -> Result<(), Error> {
    if is_so { Ok(()) } else { Err(refused(otherwise)) }
}

fn refused(why: &str) -> Error {
    Error::Call(format!("the call can't be restored: {why}"))
}
