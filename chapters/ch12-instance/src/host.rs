//! Calls of host functions.

use annex_embedding::{
    Answer, CallFirst, Caller, Engine, HostError, HostFunction, InstanceAddr,
    Value,
};
use ch07_values::Trap;
use ch09_module::FuncType;
use trace::Observer;

use crate::invoke::Invocation;
use crate::{Layer, StoreView};

/// How many slots the arguments or results of a host function may take, if it
/// is to get them as they are.
const MOST_SLOTS: usize = 16;

impl<L: Layer, O: Observer> Invocation<'_, L, O> {
    /// Calls a host function, whose arguments are the top operands, and leaves
    /// its results in their place. It may have an answer to a call that it has
    /// asked for. If it asks for one, the call is made here, unless the engine
    /// makes such calls itself.
    ///
    /// # Errors
    ///
    /// The trap that it ends in.
    pub fn call_host(
        &mut self,
        host: u32,
        caller: Option<InstanceAddr>,
        mut answer: Option<Answer>,
    ) -> Result<(), Trap> {
        // The function may call back into the store that it is in, and then be
        // called again. So it is held here by a count of its own.
        let function = self.view.data.hosts[host as usize].clone();
        let FuncType { params, results } = function.ty();
        let from = self.core.height() - params.len();
        let to = from + params.len().max(results.len());
        if self.core.slots().0.len() < to {
            return Err(Trap::CallStackExhausted);
        }
        loop {
            let told = &mut answer;
            let outcome = match function.is_on_slots() {
                true => self.on_slots(&function, caller, from, told),
                false => self.on_values(&function, caller, from, told),
            };
            let Err(error) = outcome else { return Ok(()) };
            answer = match error.downcast::<CallFirst>() {
                Ok(first) if !L::HOST_FRAMES => Some(self.call_first(*first)),
                Ok(first) => return self.fail(first),
                Err(error) => return self.fail(error),
            };
        }
    }

    /// Lets a host function work on a copy of its slots: while it calls back,
    /// the operand stack is in use.
    fn on_slots(
        &mut self,
        function: &HostFunction,
        caller: Option<InstanceAddr>,
        from: usize,
        answer: &mut Option<Answer>,
    ) -> Result<(), HostError> {
        let FuncType { params, results } = function.ty();
        let length = params.len().max(results.len());
        let (slots, _) = self.core.slots();
        // To copy too many is faster than to count.
        let slots = slots[from..].first_chunk::<MOST_SLOTS>();
        let Some(mut copies) = slots.copied().filter(|_| length <= MOST_SLOTS)
        else {
            return self.on_values(function, caller, from, answer);
        };
        let mut caller = Caller::new(self, caller);
        if answer.is_some() {
            caller = caller.with_answer(answer.take());
        }
        let called = function.call_for(&mut caller, &mut copies[..length]);
        called.unwrap_or(Ok(()))?;
        let (slots, _) = self.core.slots();
        let slots = &mut slots[from..from + results.len()];
        slots.copy_from_slice(&copies[..results.len()]);
        self.core.cut(from + results.len());
        Ok(())
    }

    /// Gives a host function its arguments as values. A second call takes
    /// another list.
    fn on_values(
        &mut self,
        function: &HostFunction,
        caller: Option<InstanceAddr>,
        from: usize,
        answer: &mut Option<Answer>,
    ) -> Result<(), HostError> {
        let mut values = self.view.data.values.pop().unwrap_or_default();
        let told = answer.take();
        let mut outcome = self.ask(function, caller, from, &mut values, told);
        if outcome.is_ok() {
            self.core.cut(from);
            // There are slots: that has been looked at.
            outcome = self.push(&values).map_err(HostError::from);
        }
        values.clear();
        self.view.data.values.push(values);
        outcome
    }

    /// Keeps the error of a host function for whoever reports the trap.
    fn fail(&mut self, error: HostError) -> Result<(), Trap> {
        self.view.data.host_error = Some(error);
        Err(Trap::Host)
    }

    /// Makes the call that a host function has asked for, inside of this one.
    fn call_first(&mut self, first: CallFirst) -> Answer {
        let CallFirst { function, arguments, state } = first;
        Answer { state, outcome: self.invoke(function, &arguments) }
    }

    /// Makes results of the operands from a position on. References that the
    /// host receives must be kept alive, and references that it returns must be
    /// of their type.
    fn ask(
        &mut self,
        function: &HostFunction,
        caller: Option<InstanceAddr>,
        from: usize,
        values: &mut Vec<Value>,
        answer: Option<Answer>,
    ) -> Result<(), HostError> {
        let StoreView { data, layer, .. } = &mut self.view;
        let (ty, stack) = (function.ty(), self.core.stack());
        let halves = data.halves(&stack, from);
        values.extend(data.show(*layer, &ty.params, halves));
        let caller = &mut Caller::new(self, caller).with_answer(answer);
        function.call(caller, values)?;
        self.check_results(function, values)
    }

    /// Checks that a host function can have these results.
    ///
    /// # Errors
    ///
    /// A reference to something that isn't in this store, or is of another
    /// type.
    pub fn check_results(
        &self,
        function: &HostFunction,
        values: &[Value],
    ) -> Result<(), HostError> {
        for (value, ty) in values.iter().zip(&function.ty().results) {
            if !self.view.is_of(*value, *ty) {
                return Err(format!(
                    "wrong results: expected a value of type {ty} of this \
                     store, found {value}"
                )
                .into());
            }
        }
        Ok(())
    }
}
