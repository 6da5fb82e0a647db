//! Running code in a store.
//!
//! Specification: Execution, Modules, *Invocation*.

use ch09_module::Body;
use ch11_control::{Callee, Code};
use trace::Observer;

use crate::execute::Surroundings;
use crate::store::EXPRESSION;
use crate::value::Holder;
use crate::{
    Ended, Error, Escape, ExceptionReport, FuncAddr, InstanceAddr, Invocation, Layer, Store,
    TagAddr, TrapReport,
};

/// Where running begins.
enum Entry<'a> {
    Function(FuncAddr),
    Expression(InstanceAddr, &'a Code),
}

impl<O: Observer + Send, L: Layer> Store<O, L> {
    /// Calls a function, whose arguments are on the store's stack and whose results are there afterwards.
    pub(crate) fn run(&mut self, function: FuncAddr, arguments: usize) -> Result<(), Error> {
        self.enter(Entry::Function(function), arguments)
    }

    /// The value of a constant expression: its slot, and what lies beside it.
    pub(crate) fn evaluate(
        &mut self,
        instance: InstanceAddr,
        body: Body,
    ) -> Result<[u64; 2], Error> {
        let code = Code { params: 0, locals: 0, results: 1, body };
        self.enter(Entry::Expression(instance, &code), 0)?;
        Ok([self.slots[0], self.upper.first().copied().unwrap_or_default()])
    }

    /// Makes the slots of the operand stack, the first time that they are wanted.
    pub(crate) fn make_slots(&mut self) {
        if self.slots.is_empty() {
            // One for the value of a constant expression there is always.
            self.slots = vec![0; self.limits.operands.max(1)].into();
        }
    }

    fn enter(&mut self, entry: Entry, arguments: usize) -> Result<(), Error> {
        self.make_slots();
        let surroundings = Surroundings {
            functions: &self.functions,
            instances: &self.instances,
            tags: &self.tags,
            types: &self.types,
            limits: self.limits,
            hosts: &mut self.hosts,
            tables: &mut self.tables,
            memories: &mut self.memories,
            globals: &mut self.globals,
            elements: &mut self.elements,
            data: &mut self.data,
            upper: &mut self.upper,
            layer: &mut self.layer,
            host_message: None,
        };
        let callee = match entry {
            Entry::Function(address) => surroundings.callee(address),
            Entry::Expression(instance, code) => Callee::Code {
                function: EXPRESSION.0,
                instance: &self.instances[instance.index()],
                code,
            },
        };
        let Ended { outcome, fault, surroundings, slots } = L::run(Invocation {
            surroundings,
            slots: std::mem::take(&mut self.slots),
            arguments,
            callee,
            observer: &mut self.observer,
            max_depth: self.limits.depth,
        });
        let function = fault.map(|fault| fault.frame.instance.name(FuncAddr(fault.frame.function)));
        let instr = fault.map(|fault| fault.instr.to_string());
        let message = surroundings.host_message;
        self.slots = slots;
        match outcome {
            Ok(()) => Ok(()),
            Err(Escape::Trap(trap)) => Err(TrapReport { trap, function, instr, message }.into()),
            Err(Escape::Exception(tag, values)) => {
                Err(self.exception(tag, &values, function).into())
            }
        }
    }

    /// What the embedder is told of an exception that nobody caught.
    fn exception(
        &mut self,
        address: TagAddr,
        values: &[[u64; 2]],
        function: Option<String>,
    ) -> ExceptionReport {
        let tag = &self.tags[address.index()];
        let (slots, upper): (Vec<u64>, Vec<u64>) =
            values.iter().map(|halves| (halves[0], halves[1])).unzip();
        let values = self.holder().read(&tag.ty.func.params, &slots, &upper);
        let name = tag.name.clone();
        crate::value::hand_out(&mut self.layer, &tag.ty.func.params, &slots);
        ExceptionReport { tag: address, name, values, function }
    }
}

impl<O, L: Layer> Store<O, L> {
    /// What values are judged by that refer to something in this store.
    pub(crate) fn holder(&self) -> Holder<'_, L> {
        Holder { functions: &self.functions, types: &self.types, layer: &self.layer }
    }
}
