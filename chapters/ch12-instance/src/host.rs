//! Calls of host functions.

use std::mem;

use annex_embedding::{Caller, HostError, HostFunction, InstanceAddr, Value};
use ch07_values::Trap;
use trace::Observer;

use crate::invoke::Invocation;
use crate::{Layer, StoreView};

impl<L: Layer, O: Observer> Invocation<'_, L, O> {
    /// Calls a host function, whose arguments are the top operands, and leaves
    /// its results in their place.
    pub(crate) fn call_host(
        &mut self,
        host: u32,
        caller: Option<InstanceAddr>,
    ) -> Result<(), Trap> {
        // The function may call back into the store that it is in, and then be
        // called again. So it is held here by a count of its own, and a second
        // call finds no list and makes another.
        let function = self.view.data.hosts[host as usize].clone();
        let mut values = mem::take(&mut self.view.data.values);
        let from = self.core.height() - function.ty().params.len();
        let outcome = match self.ask(&function, caller, from, &mut values) {
            Ok(()) => {
                self.core.cut(from);
                self.push(&values)
            }
            Err(error) => {
                self.view.data.host_error = Some(error);
                Err(Trap::Host)
            }
        };
        values.clear();
        self.view.data.values = values;
        outcome
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
    ) -> Result<(), HostError> {
        let StoreView { data, layer, .. } = &mut self.view;
        let (ty, stack) = (function.ty(), self.core.stack());
        let halves = data.halves(&stack, from);
        values.extend(data.show(*layer, &ty.params, halves));
        function.call(&mut Caller::new(self, caller), values)?;
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
