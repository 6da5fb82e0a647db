//! The heap as a layer of the store.

use std::collections::HashSet;

use ch07_values::{OperandStack, Trap};
use ch09_module::{Control, HeapType, Instr, Reference, TypeIdx};
use ch11_control::{Decision, Frame};
use ch12_instance::{Ended, Handle, Invocation, Layer, ModuleInstance, Surroundings, exception};
use ch15_references::{self as references, Types};
use ch17_exceptions::{Exceptions, HasExceptions};
use trace::Observer;

use crate::cast::is_of;
use crate::roots::collect;
use crate::{Heap, aggregate};

/// A store whose structures and arrays are collected: with it the tree-shaped engine is complete.
pub type Store<O = ()> = ch12_instance::Store<O, Collected>;

/// What this chapter adds to the store: a heap, and what of it the embedder has seen.
#[derive(Debug, Default)]
pub struct Collected {
    /// Where structures and arrays live.
    pub heap: Heap,
    /// References that the embedder was handed.
    pub(crate) handed_out: HashSet<u64>,
    /// Exceptions, which are garbage too some day.
    pub(crate) exceptions: Exceptions,
    /// How much there was of them after the last collection.
    pub(crate) kept_exceptions: usize,
}

impl Collected {
    /// Lets go of all references that the embedder was handed so far. What only they refer to is garbage from now
    /// on, and whoever uses one of them all the same is told that it refers to nothing.
    pub fn release(&mut self) {
        self.handed_out.clear();
    }
}

impl Layer for Collected {
    type Types = Types;

    fn execute<'store>(
        here: &mut Surroundings<'store, Self>,
        instr: &'store Instr,
        frame: &Frame<&'store ModuleInstance>,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        match instr {
            Instr::Aggregate(instr) => aggregate::execute(here, *instr, frame, stack),
            Instr::Reference(Reference::Test(ty)) => {
                stack.unary(|slot: u64| is_of(here, slot, *ty, frame.instance))
            }
            Instr::Reference(Reference::Cast(ty)) => {
                let slot = stack.slot(stack.height() - 1);
                is_of(here, slot, *ty, frame.instance).then_some(()).ok_or(Trap::CastFailure)
            }
            Instr::Reference(instr) => references::execute(*instr, stack),
            _ => Err(Trap::NotYet),
        }
    }

    fn decide<'store>(
        here: &mut Surroundings<'store, Self>,
        instr: &'store Control,
        instance: &'store ModuleInstance,
        stack: &mut OperandStack,
    ) -> Result<Decision<'store, &'store ModuleInstance>, Trap> {
        let (cast, branches_if) = match instr {
            Control::BrOnCast(cast) => (cast, true),
            Control::BrOnCastFail(cast) => (cast, false),
            _ => return references::decide(here, instr, stack),
        };
        let slot = stack.slot(stack.height() - 1);
        match is_of(here, slot, cast.to, instance) == branches_if {
            true => Ok(Decision::Branch(cast.label)),
            false => Ok(Decision::Next),
        }
    }

    fn run<'store, O: Observer + Send>(
        invocation: Invocation<'store, Self, O>,
    ) -> Ended<'store, Self> {
        let limit = invocation.surroundings.limits.heap_bytes;
        let heap = &mut invocation.surroundings.layer.heap;
        heap.set_limit(usize::try_from(limit).unwrap_or(usize::MAX));
        ch17_exceptions::run(invocation)
    }

    fn handed_out(&mut self, slot: u64) {
        if self.heap_type(slot).is_some() {
            self.handed_out.insert(slot);
        }
    }

    fn heap_type(&self, slot: u64) -> Option<HeapType> {
        match self.heap.ty(slot) {
            Some(number) => Some(HeapType::Concrete(TypeIdx(number))),
            None if slot != exception(Handle::of_slot(slot)) => None,
            None => self.exceptions.referent(slot).ok().map(|_| HeapType::Exn),
        }
    }
}

/// Bytes that a value of an exception takes, about, with what it takes to keep it.
const VALUE: u64 = 32;

impl HasExceptions for Collected {
    fn exceptions(&mut self) -> &mut Exceptions {
        &mut self.exceptions
    }

    fn make_room(here: &mut Surroundings<'_, Self>, stack: &mut OperandStack) -> Result<(), Trap> {
        let most = usize::try_from(here.limits.heap_bytes / VALUE).unwrap_or(usize::MAX);
        let kept = here.layer.kept_exceptions;
        // Most exceptions are gone when they are caught, and make no garbage. At the limit there may be some, unless
        // hardly anything was thrown since the last collection.
        if here.layer.exceptions.weight() > (10_000 + 2 * kept).min(most.max(kept + kept / 16)) {
            collect(here, stack.slots());
            if here.layer.exceptions.weight() > most {
                return Err(Trap::OutOfHeap);
            }
        }
        Ok(())
    }
}
