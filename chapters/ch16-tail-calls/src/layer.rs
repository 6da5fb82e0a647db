//! How the machine comes into the store.

use ch12_instance::{Ended, Escape, Functions, Invocation, Layer};
use trace::Observer;

use crate::Machine;

/// The store of the chapters before, which executes with the machine of this one.
#[derive(Clone, Copy, Debug, Default)]
pub struct TailCalls;

impl Layer for TailCalls {
    type Types = Functions;

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
}
