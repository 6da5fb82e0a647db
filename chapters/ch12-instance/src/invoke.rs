//! Running code in a store.
//!
//! Specification: Execution, Modules, *Invocation*.

use annex_embedding::{
    Error, ExceptionReport, FuncAddr, InstanceAddr, TrapReport, Value,
};
use ch07_values::Trap;
use ch09_module::Body;
use ch11_control::{Core, Fault, Frame};
use trace::Observer;

use crate::limits::too_much;
use crate::store::{EXPRESSION, FunctionBody};
use crate::{Layer, StoreView, Uncaught};

/// A store that can be called: from outside, or by a function of the host in
/// the middle of another call.
#[derive(Debug)]
pub struct Invocation<'store, L: Layer, O> {
    /// What is alive, the layer, and the code.
    pub view: StoreView<'store, L>,
    /// The machine's own.
    pub core: &'store mut Core<O>,
}

impl<L: Layer, O: Observer> Invocation<'_, L, O> {
    /// Calls a function. Whatever happens, the operand stack is as high
    /// afterwards as it was before.
    pub(crate) fn call(
        &mut self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error> {
        let height = self.core.height();
        let pushed = self.arguments(function, arguments);
        let outcome = pushed.and_then(|()| {
            L::run(self.core, self.view.reborrow(), function)
                .map_err(|uncaught| self.error(uncaught, function))
        });
        let results = outcome.map(|()| self.results(function, height));
        self.core.cut(height);
        results
    }

    /// Pushes the arguments of a call.
    ///
    /// # Errors
    ///
    /// Arguments that are not of the function's types, or too many.
    pub fn arguments(
        &mut self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<(), Error> {
        self.view.check_arguments(function, arguments)?;
        let height = self.core.height();
        self.push(arguments).map_err(|_| {
            self.core.cut(height);
            let limit = self.core.stack().capacity() as u64;
            let (needs, others) = (arguments.len() as u128, height as u64);
            too_much("call", needs, "operands", limit, others)
        })
    }

    /// The results of a call, which are the operands from a height on.
    pub fn results(&mut self, function: FuncAddr, height: usize) -> Vec<Value> {
        let StoreView { data, layer, .. } = &mut self.view;
        let ty = data.functions[function.index()].ty;
        let types = data.types.func(ty).map_or(&[][..], |ty| &ty.results);
        let stack = self.core.stack();
        data.show(*layer, types, data.halves(&stack, height)).collect()
    }

    /// Pushes values, with the upper halves of vectors beside their slots.
    ///
    /// # Errors
    ///
    /// Traps if all slots are in use.
    pub fn push(&mut self, values: &[Value]) -> Result<(), Trap> {
        let upper = &mut self.view.data.upper;
        self.core.on_stack(|stack| {
            let is_vector = |value: &Value| matches!(value, Value::V128(_));
            if upper.is_empty() && values.iter().any(is_vector) {
                upper.resize(stack.capacity(), 0);
            }
            for value in values {
                let [slot, half] = value.to_halves();
                stack.push(slot)?;
                if let Some(place) = upper.get_mut(stack.height() - 1) {
                    *place = half;
                }
            }
            Ok(())
        })
    }

    /// The value of a constant expression: its slot, and the half beside it.
    pub(crate) fn evaluate(
        &mut self,
        instance: InstanceAddr,
        body: &Body,
    ) -> Result<[u64; 2], Error> {
        let base = self.core.height();
        let (instance, function) = (instance.0, EXPRESSION.0);
        let frame = Frame { instance, function, base, locals: 0 };
        let mut view = self.view.reborrow();
        let outcome = self.core.plain(&mut view, &frame, &mut body.iter());
        let value = match outcome.map(|_| ()) {
            Ok(()) => {
                let half = self.view.data.upper.get(base).copied();
                Ok([self.core.stack().slot(base), half.unwrap_or_default()])
            }
            Err(trap) => Err(self.error(trap.into(), EXPRESSION)),
        };
        self.core.cut(base);
        value
    }

    /// What the embedder is told of what was not caught. The place is where it
    /// came from, or the function that was called if that could not begin.
    pub fn error(&mut self, uncaught: Uncaught, called: FuncAddr) -> Error {
        let data = &mut *self.view.data;
        let fault = self.core.take_fault();
        let place = match &fault {
            Some(Fault { frame, .. }) => {
                Some((InstanceAddr(frame.instance), FuncAddr(frame.function)))
            }
            None => data.functions.get(called.index()).and_then(|function| {
                match function.body {
                    FunctionBody::Code(instance, _) => Some((instance, called)),
                    FunctionBody::Host(_) => None,
                }
            }),
        };
        let function = place.map(|(instance, function)| {
            data.instances[instance.index()].name(function)
        });
        match uncaught {
            Uncaught::Trap(trap) => {
                let frames = self.view.layer.take_frames();
                let source = match trap {
                    Trap::Host => data.host_error.take(),
                    _ => None,
                };
                // What a call back into the store ended in, and the host
                // function passed on, is told as if the host had not been
                // between.
                match source.map(|source| source.downcast::<Error>()) {
                    Some(Ok(error)) => *error,
                    source => TrapReport {
                        trap,
                        function,
                        instr: fault.map(|fault| fault.instr),
                        source: source.and_then(Result::err),
                        frames,
                    }
                    .into(),
                }
            }
            Uncaught::Exception(tag, values) => {
                let ty = data.types.func(data.tags[tag.index()].ty);
                let types = ty.map_or(&[][..], |ty| &ty.params);
                let values = values.into_iter();
                ExceptionReport {
                    tag,
                    name: data.tags[tag.index()].name.clone(),
                    values: data.show(self.view.layer, types, values).collect(),
                    function,
                }
                .into()
            }
        }
    }
}
