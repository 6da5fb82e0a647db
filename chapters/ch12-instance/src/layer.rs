//! What a later chapter adds to this store.

use std::fmt::Debug;

use ch07_values::{OperandStack, Trap};
use ch09_module::{Control, HeapType, Instr};
use ch11_control::{Callee, Decision, Fault, Frame, Machine};
use trace::Observer;

use crate::TagAddr;
use crate::execute::Surroundings;
use crate::store::ModuleInstance;
use crate::typing::{Functions, Typing};

/// What a later chapter adds to this store: instructions, a room of its own, another machine.
///
/// A layer is the value of that room, and what it does it does with the store's lists at hand, which are
/// lent to it as [`Surroundings`].
pub trait Layer: Debug + Default + Send + Sized + 'static {
    /// Who knows the types.
    type Types: Typing;

    /// Executes an instruction that this chapter has no meaning for.
    ///
    /// # Errors
    ///
    /// The trap that it ends in.
    fn execute<'store>(
        surroundings: &mut Surroundings<'store, Self>,
        instr: &'store Instr,
        frame: &Frame<&'store ModuleInstance>,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        let _ = (surroundings, instr, frame, stack);
        Err(Trap::NotYet)
    }

    /// Decides what is next where a reference says so.
    ///
    /// # Errors
    ///
    /// Traps where the reference may not be what it is.
    fn decide<'store>(
        surroundings: &mut Surroundings<'store, Self>,
        instr: &'store Control,
        instance: &'store ModuleInstance,
        stack: &mut OperandStack,
    ) -> Result<Decision<'store, &'store ModuleInstance>, Trap> {
        let _ = (surroundings, instr, instance, stack);
        Err(Trap::NotYet)
    }

    /// Executes a call, on whatever machine the layer has.
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

    /// The embedder gets to see the reference in a slot. From then on what it refers to has to stay.
    fn handed_out(&mut self, slot: u64) {
        let _ = slot;
    }

    /// The type of what the reference in a slot refers to, closed and as narrow as it can be; nothing, if this layer knows no such
    /// thing. It is asked about structures, arrays and exceptions.
    fn heap_type(&self, slot: u64) -> Option<HeapType> {
        let _ = slot;
        None
    }
}

/// Nothing is added: this chapter alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plain;

impl Layer for Plain {
    type Types = Functions;
}

/// A call that is about to be executed.
#[derive(Debug)]
pub struct Invocation<'store, L: Layer, O> {
    /// The store, borrowed.
    pub surroundings: Surroundings<'store, L>,
    /// The slots of the operand stack, of which the first ones hold the arguments.
    pub slots: Box<[u64]>,
    /// How many arguments there are.
    pub arguments: usize,
    /// What is called.
    pub callee: Callee<'store, &'store ModuleInstance>,
    /// Who watches.
    pub observer: O,
    /// How deep calls and blocks may nest, all together.
    pub max_depth: usize,
}

/// A call that has come to its end.
#[derive(Debug)]
pub struct Ended<'store, L: Layer> {
    /// Nothing, with the results in the first slots; or what it ended in.
    pub outcome: Result<(), Escape>,
    /// Where it ended, unless it returned.
    pub fault: Option<Fault<'store, &'store ModuleInstance>>,
    /// The store.
    pub surroundings: Surroundings<'store, L>,
    /// The slots.
    pub slots: Box<[u64]>,
}

/// What gets as far as the embedder.
#[derive(Clone, Debug)]
pub enum Escape {
    /// A trap.
    Trap(Trap),
    /// An exception that nobody caught: its tag, and each of its values with what lies beside its slot.
    Exception(TagAddr, Vec<[u64; 2]>),
}

impl From<Trap> for Escape {
    fn from(trap: Trap) -> Escape {
        Escape::Trap(trap)
    }
}
