//! How the machine comes into the store.

use ch07_values::{OperandStack, Trap};
use ch09_module::{Control, Instr};
use ch11_control::{Decision, Frame};
use ch12_instance::{Ended, Escape, Invocation, Layer, ModuleInstance, Surroundings};
use ch15_references::{Types, decide, execute};
use trace::Observer;

use crate::Machine;

/// The store of the chapters before, which executes with the machine of this one.
#[derive(Clone, Copy, Debug, Default)]
pub struct TailCalls;

impl Layer for TailCalls {
    type Types = Types;

    fn run<'store, O: Observer + Send>(
        invocation: Invocation<'store, Self, O>,
    ) -> Ended<'store, Self> {
        let Invocation { surroundings, slots, arguments, callee, observer, max_depth } = invocation;
        let mut machine =
            Machine::new(surroundings, slots, arguments, observer).with_max_depth(max_depth);
        let outcome = machine.invoke(callee).map_err(Escape::Trap);
        let fault = machine.fault();
        let (surroundings, slots) = machine.into_parts();
        Ended { outcome, fault, surroundings, slots }
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
}
