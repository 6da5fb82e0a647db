//! Running code in a store.
//!
//! Specification: Execution, Modules, *Invocation*.

use ch09_module::Body;
use ch11_control::{Callee, Code, Machine};
use trace::Observer;

use crate::execute::Surroundings;
use crate::store::EXPRESSION;
use crate::{Error, FuncAddr, InstanceAddr, Store, TrapReport};

/// Where running begins.
enum Entry<'a> {
    Function(FuncAddr),
    Expression(InstanceAddr, &'a Code),
}

/// How many slots an operand stack has.
const SLOTS: usize = 1 << 20;

impl<O: Observer + Send> Store<O> {
    /// Calls a function, whose arguments are on the store's stack and whose results are there afterwards.
    pub(crate) fn run(&mut self, function: FuncAddr, arguments: usize) -> Result<(), Error> {
        self.enter(Entry::Function(function), arguments)
    }

    /// The value of a constant expression.
    pub(crate) fn evaluate(&mut self, instance: InstanceAddr, body: Body) -> Result<u64, Error> {
        let code = Code { params: 0, locals: 0, results: 1, body };
        self.enter(Entry::Expression(instance, &code), 0)?;
        Ok(self.slots[0])
    }

    /// Makes the slots of the operand stack, the first time that they are wanted.
    pub(crate) fn make_slots(&mut self) {
        if self.slots.is_empty() {
            self.slots = vec![0; SLOTS].into();
        }
    }

    fn enter(&mut self, entry: Entry, arguments: usize) -> Result<(), Error> {
        self.make_slots();
        let surroundings = Surroundings {
            functions: &self.functions,
            instances: &self.instances,
            hosts: &mut self.hosts,
            tables: &mut self.tables,
            memories: &mut self.memories,
            globals: &mut self.globals,
            elements: &mut self.elements,
            data: &mut self.data,
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
        let mut machine = Machine::new(
            surroundings,
            std::mem::take(&mut self.slots),
            arguments,
            &mut self.observer,
        );
        let outcome = machine.invoke(callee);
        let fault = machine.fault();
        let (surroundings, slots) = machine.into_parts();
        let outcome = outcome.map_err(|trap| {
            Error::Trap(TrapReport {
                trap,
                function: fault
                    .map(|fault| fault.frame.instance.name(FuncAddr(fault.frame.function))),
                instr: fault.map(|fault| fault.instr.to_string()),
                message: surroundings.host_message,
            })
        });
        self.slots = slots;
        outcome
    }
}
