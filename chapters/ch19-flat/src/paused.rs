//! Calls that are paused: what is kept of them, and how they go on.

use std::mem;

use annex_embedding::{
    Error, FuncAddr, HostError, Pause, PausedCall, Progress, Request, Suspend,
    TrapReport, Value,
};
use ch07_values::Trap;
use ch11_control::{Callee, Environment};
use ch12_instance::{FunctionBody, Invocation};
use trace::Observer;

use crate::machine::{Caller, Then};
use crate::{FlatLayer, Machine, Tier};

/// A call that is paused. It is data. Its slots are with the heap, where the
/// collector finds them.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The function that the embedder has called.
    pub(crate) function: FuncAddr,
    /// The calls that it is inside of, the innermost last. Their bases count
    /// from where the call's operands begin.
    pub(crate) calls: Vec<Caller>,
    /// What the functions of the host among them want to know.
    pub(crate) states: Vec<u64>,
    /// The upper halves of its slots; empty until there is a vector.
    pub(crate) upper: Vec<u64>,
    /// How it goes on.
    pub(crate) then: Then,
}

impl<T> FlatLayer<T> {
    /// Keeps a call that is paused, and its slots. Returns its number.
    pub(crate) fn keep(&mut self, call: Kept, slots: Vec<u64>) -> u32 {
        let FlatLayer { below, kept, free, .. } = self;
        let number = free.pop().unwrap_or(kept.len() as u32);
        if number as usize == kept.len() {
            kept.push(None);
            below.paused.push(Vec::new());
        }
        kept[number as usize] = Some(call);
        below.paused[number as usize] = slots;
        number
    }
}

impl<'store, O: Observer, T: Tier> Machine<'store, O, T> {
    /// Takes what calls that have been paused need of the limits.
    pub(crate) fn take_limits(&mut self) -> Result<(), Trap> {
        let mut limits = self.core.limits();
        let mut levels = 0;
        for caller in &self.callers {
            let calls = limits.calls.checked_sub(1);
            limits.calls = calls.ok_or(Trap::CallStackExhausted)?;
            if let Callee::Code { code, .. } =
                self.here.callee(caller.frame.function)
            {
                let labels = limits.labels.checked_sub(code.shape.depth);
                limits.labels = labels.ok_or(Trap::CallStackExhausted)?;
                levels += 1;
            }
        }
        self.core.set_limits(limits);
        (0..levels).for_each(|_| self.core.down("func"));
        Ok(())
    }

    /// Gives back what calls that are paused have had of the limits.
    pub(crate) fn return_limits(&mut self) {
        for caller in &self.callers {
            match self.here.callee(caller.frame.function) {
                Callee::Code { code, .. } => self.core.leave(&code.shape),
                Callee::Host(_) => self.core.end_callback(),
            }
        }
    }
}

/// The store in which a call makes progress.
type Here<'store, O, T> = Invocation<'store, FlatLayer<T>, O>;

/// Takes a call one step further. Whatever happens, the operand stack is as
/// high afterwards as it was before.
pub(crate) fn progress<O: Observer, T: Tier>(
    mut here: Here<'_, O, T>,
    request: Request<'_>,
) -> Result<Progress, Error> {
    let height = here.core.height();
    let outcome = step(&mut here, request, height);
    here.core.cut(height);
    outcome
}

fn step<O: Observer, T: Tier>(
    here: &mut Here<'_, O, T>,
    request: Request<'_>,
    height: usize,
) -> Result<Progress, Error> {
    match request {
        Request::Start(function, arguments) => {
            here.arguments(function, arguments)?;
            let kept = Kept {
                function,
                calls: Vec::new(),
                states: Vec::new(),
                upper: Vec::new(),
                then: Then::Begin,
            };
            go_on(here, kept, height)
        }
        Request::Resume(call) => {
            let kept = restore(here, &call, height)?;
            match kept.then {
                Then::Answer(_) => keep(here, kept, height, call.pause),
                _ => go_on(here, kept, height),
            }
        }
        Request::Answer(call, results) => {
            let mut kept = restore(here, &call, height)?;
            let Then::Answer(host) = kept.then else {
                return Err(Error::Call("the call waits for no answer".into()));
            };
            answer(here, host, results)?;
            kept.then = Then::GoOn;
            go_on(here, kept, height)
        }
        Request::Cancel(call) => {
            restore(here, &call, height)?;
            Ok(Progress::Finished(Vec::new()))
        }
    }
}

/// Lets the machine go on with a call whose operands are on the stack.
fn go_on<O: Observer, T: Tier>(
    here: &mut Here<'_, O, T>,
    mut kept: Kept,
    height: usize,
) -> Result<Progress, Error> {
    let (calls, states) =
        (mem::take(&mut kept.calls), mem::take(&mut kept.states));
    let view = here.view.reborrow();
    let mut machine = Machine::new(here.core, view);
    (machine.callers, machine.states) = (calls, states);
    machine.pauses = true;
    let outcome = machine.go_on(kept.then, kept.function);
    (kept.calls, kept.states) = (machine.callers, machine.states);
    match outcome {
        Ok(None) => Ok(Progress::Finished(here.results(kept.function, height))),
        Ok(Some(then)) => {
            kept.then = then;
            let pause = match then {
                Then::Answer(_) => Pause::Suspended(reason(here)),
                _ => Pause::OutOfFuel,
            };
            keep(here, kept, height, pause)
        }
        Err(uncaught) => Err(here.error(uncaught, kept.function)),
    }
}

/// What the host says to the embedder in place of an answer.
fn reason<O: Observer, T: Tier>(here: &mut Here<'_, O, T>) -> HostError {
    let error = here.view.data.host_error.take();
    match error.map(|error| error.downcast::<Suspend>()) {
        Some(Ok(suspend)) => suspend.0,
        _ => unreachable!("the machine has seen that it is one"),
    }
}

/// Puts the results of a host function in the place of its arguments.
fn answer<O: Observer, T: Tier>(
    here: &mut Here<'_, O, T>,
    host: FuncAddr,
    results: &[Value],
) -> Result<(), Error> {
    let data = &here.view.data;
    let FunctionBody::Host(host) = data.functions[host.index()].body else {
        unreachable!("it is a function of the host");
    };
    let function = data.hosts[host as usize].clone();
    let ty = function.ty();
    if results.len() != ty.results.len() {
        let (expected, found) = (ty.results.len(), results.len());
        return Err(Error::Call(format!(
            "wrong answer: expected {expected} results, found {found}"
        )));
    }
    let checked = here.check_results(&function, results);
    checked.map_err(|error| Error::Call(error.to_string()))?;
    here.core.cut(here.core.height() - ty.params.len());
    here.push(results).map_err(told)
}

/// A trap that comes from no code.
fn told(trap: Trap) -> Error {
    TrapReport::from(trap).into()
}

/// Takes a call's operands off the stack, and keeps it.
fn keep<O: Observer, T: Tier>(
    here: &mut Here<'_, O, T>,
    mut kept: Kept,
    height: usize,
    pause: Pause,
) -> Result<Progress, Error> {
    let slots = here.core.stack().slots()[height..].to_vec();
    let upper = here.view.data.upper.get(height..height + slots.len());
    kept.upper = upper.unwrap_or_default().to_vec();
    for call in &mut kept.calls {
        call.frame.base -= height;
    }
    let number = here.view.layer.keep(kept, slots);
    Ok(Progress::Paused(PausedCall::new(number, pause)))
}

/// Puts a call's operands on the stack again, and forgets it.
fn restore<O: Observer, T: Tier>(
    here: &mut Here<'_, O, T>,
    call: &PausedCall,
    height: usize,
) -> Result<Kept, Error> {
    let number = call.number();
    let FlatLayer { below, kept, free, .. } = &mut *here.view.layer;
    let kept = kept.get_mut(number as usize).and_then(Option::take);
    let none = || Error::Call("there is no such paused call".into());
    let mut kept = kept.ok_or_else(none)?;
    free.push(number);
    let slots = mem::take(&mut below.paused[number as usize]);
    for call in &mut kept.calls {
        call.frame.base += height;
    }
    here.core
        .on_stack(|stack| slots.iter().try_for_each(|slot| stack.push(*slot)))
        .map_err(told)?;
    let upper = &mut here.view.data.upper;
    if !kept.upper.is_empty() || !upper.is_empty() {
        upper.resize(here.core.stack().capacity(), 0);
        let place = &mut upper[height..height + slots.len()];
        match kept.upper.is_empty() {
            true => place.fill(0),
            false => place.copy_from_slice(&kept.upper),
        }
    }
    Ok(kept)
}
