//! What this chapter adds to the store: a room for exceptions, and the machine that throws them.

use ch09_module::HeapType;
use ch12_instance::{Ended, Functions, Invocation, Layer};
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
    type Types = Functions;

    fn run<'store, O: Observer + Send>(
        invocation: Invocation<'store, Self, O>,
    ) -> Ended<'store, Self> {
        run(invocation)
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
