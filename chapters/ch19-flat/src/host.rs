//! Functions of the host, which may answer later, or ask for a call first.
//!
//! A function that has asked for a call waits as a frame among the others: its
//! `function` is the host's, its operands are its arguments, and its position
//! is the function that it has asked for.

use std::mem;

use annex_embedding::{
    Answer, CallFirst, Error, FuncAddr, HostError, InstanceAddr, Suspend,
};
use ch07_values::Trap;
use ch11_control::{Callee, Environment, Frame};
use ch12_instance::{Invocation, Uncaught};
use trace::Observer;

use crate::machine::{Call, Caller, Stop, Then};
use crate::{FlatLayer, Machine, Tier};

/// Stands for the instance of a caller that is no code.
pub(crate) const NO_INSTANCE: u32 = u32::MAX;

impl<'store, O: Observer, T: Tier> Machine<'store, O, T> {
    /// Calls a function of the host: the caller waits.
    #[inline(never)]
    pub(crate) fn call_host(
        &mut self,
        caller: Call<'store, T::Code>,
        function: u32,
    ) -> Stop {
        match self.core.spend(1) {
            Ok(()) => self.from_host(caller, function, None),
            Err(trap) => trap.into(),
        }
    }

    /// The same, when it is paid; a tier may have made the call too, and have
    /// got an error.
    pub fn from_host(
        &mut self,
        caller: Call<'store, T::Code>,
        function: u32,
        error: Option<HostError>,
    ) -> Stop {
        if self.callers.try_reserve(1).is_err() {
            return Trap::CallStackExhausted.into();
        }
        let Call { frame, position, .. } = caller;
        let depth = self.callers.len();
        self.callers.push(Caller { frame, position });
        let failed = error.is_some();
        self.here.data.host_error = error;
        let stop = self.host(Some(frame.instance), function, None, failed);
        if let Stop::Trap(_) = stop {
            self.callers.truncate(depth);
        }
        stop
    }

    /// Calls a function of the host, perhaps with the answer that it waits for.
    /// Afterwards the innermost call that waits goes on, which may be one that
    /// the function has asked for; or else it traps, or pauses.
    ///
    /// What it asks for may be a function of the host that asks for something
    /// itself. So this is a loop, and no Rust call nests. The first call may
    /// have been made, and have failed.
    pub(crate) fn host(
        &mut self,
        mut caller: Option<u32>,
        mut function: u32,
        mut answer: Option<Answer>,
        mut failed: bool,
    ) -> Stop {
        let depth = self.callers.len();
        loop {
            let Callee::Host(host) = self.here.callee(function) else {
                unreachable!("it is a function of the host");
            };
            let instance = caller.map(InstanceAddr);
            let outcome = match mem::take(&mut failed) {
                true => Err(Trap::Host),
                false => {
                    self.invocation().call_host(host, instance, answer.take())
                }
            };
            let trap = match outcome {
                Ok(()) => None,
                Err(Trap::Host) => match self.wish() {
                    Wish::Call(first) => {
                        let state = first.state;
                        match self.call_first(caller, function, first) {
                            Ok(Begun::Code(call)) => {
                                return self.wait(call, Stop::Next);
                            }
                            Ok(Begun::Host(callee)) => {
                                (caller, function) = (None, callee);
                            }
                            Ok(Begun::Nothing) => {
                                return Stop::Pause(Then::BeginAsked);
                            }
                            Err(error) => {
                                let outcome = Err(error);
                                answer = Some(Answer { state, outcome });
                            }
                        }
                        continue;
                    }
                    Wish::Pause => {
                        let host = FuncAddr(function);
                        return Stop::Pause(Then::Answer(host));
                    }
                    Wish::None => {
                        self.explain(caller, function);
                        Some(Trap::Host)
                    }
                },
                Err(trap) => Some(trap),
            };
            if self.callers.len() == depth {
                return trap.map_or(Stop::Next, Stop::Trap);
            }
            // Another function of the host waits for this one.
            let error = trap.map(|trap| self.told(trap.into()));
            (caller, function, answer) = self.answer(error);
        }
    }

    /// Whether a call that waits is a function of the host.
    pub(crate) fn is_asked(&self, caller: &Caller) -> bool {
        matches!(self.here.callee(caller.frame.function), Callee::Host(_))
    }

    /// Asks the function of the host that waits innermost again, because the
    /// call that it has asked for has ended.
    #[cold]
    pub(crate) fn ask_again(&mut self, error: Option<Error>) -> Stop {
        let (caller, function, answer) = self.answer(error);
        match self.host(caller, function, answer, false) {
            // It has trapped in its caller, which is innermost now.
            Stop::Trap(trap) => Stop::Instead(trap),
            stop => stop,
        }
    }

    /// What the function of the host that waits innermost is told when the call
    /// that it has asked for has not ended well.
    pub(crate) fn told(&mut self, uncaught: Uncaught) -> Error {
        let asked = self.callers.last().map(|asked| asked.position as u32);
        let callee = FuncAddr(asked.unwrap_or_default());
        self.invocation().error(uncaught, callee)
    }

    /// Begins what a function of the host has asked for before a pause.
    pub(crate) fn begin_asked(
        &mut self,
    ) -> Result<Call<'store, T::Code>, Stop> {
        let asked = self.callers.last().map(|asked| asked.position as u32);
        self.enter(None, asked.unwrap_or_default())
    }

    /// Ends the wait of the function of the host that waits innermost: who
    /// calls it, which one it is, and the answer that it gets.
    fn answer(
        &mut self,
        error: Option<Error>,
    ) -> (Option<u32>, u32, Option<Answer>) {
        let asked = self.callers.pop().expect("a function of the host waits");
        let Frame { instance, function, base, locals } = asked.frame;
        let height = base + locals;
        let callee = FuncAddr(asked.position as u32);
        let outcome = match error {
            Some(error) => Err(error),
            None => Ok(self.invocation().results(callee, height)),
        };
        self.core.end_callback();
        self.core.cut(height);
        let state = self.states.pop().unwrap_or_default();
        let caller = (instance != NO_INSTANCE).then_some(instance);
        (caller, function, Some(Answer { state, outcome }))
    }

    /// Begins the call that a function of the host has asked for, which waits
    /// meanwhile.
    fn call_first(
        &mut self,
        caller: Option<u32>,
        function: u32,
        first: CallFirst,
    ) -> Result<Begun<'store, T::Code>, Error> {
        let CallFirst { function: callee, arguments, state } = first;
        let params = self.here.data.functions[function as usize].ty;
        let params = self.here.data.types.func(params);
        let locals = params.map_or(0, |ty| ty.params.len());
        let height = self.core.height();
        let base = height - locals;
        let told = |here: &mut Self, trap: Trap| {
            here.core.cut(height);
            here.invocation().error(trap.into(), callee)
        };
        if let Err(trap) = self.core.begin_callback() {
            return Err(told(self, trap));
        }
        let begun = match self.invocation().arguments(callee, &arguments) {
            Ok(()) => self.here.callee(callee.0),
            Err(error) => {
                self.core.end_callback();
                return Err(error);
            }
        };
        let begun = match begun {
            _ if self.starves() => Ok(Begun::Nothing),
            Callee::Code { instance, code } => {
                let here = &mut self.here;
                self.core
                    .enter(here, callee.0, instance, &code.shape)
                    .map(|frame| Begun::Code(Call { frame, code, position: 0 }))
            }
            Callee::Host(_) => {
                self.core.spend(1).map(|()| Begun::Host(callee.0))
            }
        };
        match begun {
            Ok(begun) => {
                let instance = caller.unwrap_or(NO_INSTANCE);
                let frame = Frame { instance, function, base, locals };
                let position = callee.0 as usize;
                self.callers.push(Caller { frame, position });
                self.states.push(state);
                Ok(begun)
            }
            Err(trap) => {
                self.core.end_callback();
                Err(told(self, trap))
            }
        }
    }

    /// What a function of the host has failed for.
    fn wish(&mut self) -> Wish {
        let slot = &mut self.here.data.host_error;
        match slot.take().map(|error| error.downcast::<CallFirst>()) {
            Some(Ok(first)) => Wish::Call(*first),
            Some(Err(error)) => {
                let pauses = self.pauses && error.is::<Suspend>();
                *slot = Some(error);
                if pauses { Wish::Pause } else { Wish::None }
            }
            None => Wish::None,
        }
    }

    /// A function of the host may have called back itself, where fuel ran out.
    /// That call can't be paused, because a Rust call is between: so the error
    /// says whose fault it is.
    fn explain(&mut self, caller: Option<u32>, function: u32) {
        let data = &mut *self.here.data;
        let error = data.host_error.as_ref();
        let error = error.and_then(|error| error.downcast_ref::<Error>());
        if !self.pauses || error.and_then(Error::trap) != Some(Trap::OutOfFuel)
        {
            return;
        }
        let instance = caller.map(|caller| &data.instances[caller as usize]);
        let name = instance.and_then(|instance| {
            let functions = instance.functions.iter();
            let index = functions.zip(&instance.imports);
            index.into_iter().find(|(address, _)| address.0 == function)
        });
        let who = match name {
            Some((_, [module, name])) => format!("import `{module}` `{name}`"),
            None => "function of the host".to_owned(),
        };
        data.host_error = Some(Box::new(Error::Call(format!(
            "no fuel is left for a call that the {who} has made itself, and \
             such a call can't be paused"
        ))));
    }

    /// The store, as what the host sees of it.
    pub fn invocation(&mut self) -> Invocation<'_, FlatLayer<T>, O> {
        Invocation { view: self.here.reborrow(), core: self.core }
    }
}

/// A call that a function of the host has asked for.
enum Begun<'store, C> {
    /// It is one of a module's function.
    Code(Call<'store, C>),
    /// It is one of a function of the host, which is to be called.
    Host(u32),
    /// It can't begin before there is fuel.
    Nothing,
}

/// What a function of the host fails for.
enum Wish {
    /// A call, after which it will be asked again.
    Call(CallFirst),
    /// A pause.
    Pause,
    /// Nothing that can be granted.
    None,
}
