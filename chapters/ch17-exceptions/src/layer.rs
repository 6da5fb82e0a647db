//! How the machine comes into the store, and what it needs there: a room for exceptions.

use ch07_values::{OperandStack, Trap};
use ch09_module::{Control, HeapType, Instr};
use ch11_control::{Decision, Frame};
use ch12_instance::{Ended, Invocation, Layer, ModuleInstance, Surroundings};
use ch15_references::{Types, decide, execute};
use trace::Observer;

use crate::{Exceptions, HasExceptions, Machine};

/// The store of the chapters before, in which exceptions are thrown.
#[derive(Debug, Default)]
pub struct Throws {
    exceptions: Exceptions,
}

impl HasExceptions for Throws {
    fn exceptions(&mut self) -> &mut Exceptions {
        &mut self.exceptions
    }
}

impl Layer for Throws {
    type Types = Types;

    fn run<'store, O: Observer + Send>(
        invocation: Invocation<'store, Self, O>,
    ) -> Ended<'store, Self> {
        run(invocation)
    }

    fn execute<'store>(
        _: &mut Surroundings<'store, Self>,
        instr: &'store Instr,
        _: &Frame<&'store ModuleInstance>,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        match instr {
            Instr::Reference(instr) => execute(*instr, stack),
            _ => Err(Trap::NotYet),
        }
    }

    fn decide<'store>(
        surroundings: &mut Surroundings<'store, Self>,
        instr: &'store Control,
        _: &'store ModuleInstance,
        stack: &mut OperandStack,
    ) -> Result<Decision<'store, &'store ModuleInstance>, Trap> {
        decide(surroundings, instr, stack)
    }

    fn heap_type(&self, slot: u64) -> Option<HeapType> {
        self.exceptions.referent(slot).ok().map(|_| HeapType::Exn)
    }
}

/// Executes a call on the machine of this chapter, in the store of whatever layer has exceptions.
pub fn run<'store, L: HasExceptions, O: Observer + Send>(
    invocation: Invocation<'store, L, O>,
) -> Ended<'store, L> {
    let Invocation { surroundings, slots, arguments, callee, observer, max_depth } = invocation;
    let mut machine =
        Machine::new(surroundings, slots, arguments, observer).with_max_depth(max_depth);
    let outcome = machine.invoke(callee);
    let fault = machine.fault();
    let (surroundings, slots) = machine.into_parts();
    Ended { outcome, fault, surroundings, slots }
}
