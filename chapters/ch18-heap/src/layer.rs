//! The heap as a layer of the store.

use std::collections::HashSet;

use annex_embedding::{FuncAddr, Referent};
use ch07_values::{OperandStack, Trap};
use ch09_module::{FuncType, Function, HeapType, Instr, TypeIdx};
use ch11_control::{Code, Core, Frame};
use ch12_instance::{Layer, Objects, StoreData, StoreView, Uncaught};
use ch15_references as references;
use ch17_exceptions::{Exceptions, HasExceptions, Machine};
use trace::Observer;

use crate::roots::collect;
use crate::{Heap, aggregate};

/// A store whose structures and arrays are collected. With it the tree-shaped
/// engine is complete.
pub type Store<O = ()> = ch12_instance::Store<O, HeapLayer>;

/// What this chapter adds to the store: a heap, and what of it the embedder has
/// seen.
#[derive(Debug, Default)]
pub struct HeapLayer {
    /// Where structures and arrays live.
    pub heap: Heap,
    /// The slots of calls that are paused, each list with those of one call.
    pub paused: Vec<Vec<u64>>,
    /// References that the embedder has seen.
    pub(crate) exposed: HashSet<u64>,
    /// Exceptions, which become garbage too.
    pub(crate) exceptions: Exceptions,
    /// How large they were after the last collection.
    pub(crate) kept_exceptions: usize,
}

impl HeapLayer {
    /// Lets go of all references that the embedder has seen so far. What only
    /// they refer to is garbage from now on, and using one of them is an error
    /// that says that it refers to nothing.
    pub fn release(&mut self) {
        self.exposed.clear();
    }

    /// The slots of the references that the embedder has seen, in no order.
    pub fn exposed(&self) -> impl Iterator<Item = u64> {
        self.exposed.iter().copied()
    }

    /// The exceptions.
    pub fn all_exceptions(&self) -> &Exceptions {
        &self.exceptions
    }

    /// How large the exceptions were after the last collection.
    pub fn kept_exceptions(&self) -> usize {
        self.kept_exceptions
    }

    /// Says how large the exceptions were after the last collection; it is
    /// never more than they are now.
    pub fn set_kept_exceptions(&mut self, size: usize) {
        self.kept_exceptions = size.min(self.exceptions.size());
    }
}

impl Layer for HeapLayer {
    type Code = Code;

    fn translate(
        _: &StoreData,
        _: u32,
        ty: &FuncType,
        function: Function,
    ) -> Code {
        Code::new(ty, function)
    }

    fn run<O: Observer>(
        core: &mut Core<O>,
        view: StoreView<'_, Self>,
        function: FuncAddr,
    ) -> Result<(), Uncaught> {
        Machine::new(core, view).invoke(function)
    }

    fn prepare(&mut self, here: &StoreData) {
        let limit = usize::try_from(here.limits.heap_bytes);
        self.heap.set_limit(limit.unwrap_or(usize::MAX));
    }

    fn execute(
        &mut self,
        here: &mut StoreData,
        instr: &Instr,
        frame: &Frame,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        match instr {
            Instr::Aggregate(instr) => {
                aggregate::execute(self, here, *instr, frame, stack)
            }
            Instr::Reference(instr) => {
                references::execute(self, here, *instr, frame, stack)
            }
            _ => Err(Trap::NotYet),
        }
    }

    fn expose(&mut self, slot: u64) {
        let referent = Referent::from_slot(slot);
        if referent.and_then(|referent| self.heap_type(referent)).is_some() {
            self.exposed.insert(slot);
        }
    }

    fn release(&mut self, slot: u64) {
        self.exposed.remove(&slot);
    }

    fn objects(&mut self) -> Option<&mut dyn Objects> {
        Some(self)
    }

    fn heap_type(&self, referent: Referent) -> Option<HeapType> {
        match referent {
            Referent::Struct(_) | Referent::Array(_) => {
                let number = self.heap.ty(referent.to_slot())?;
                Some(HeapType::Concrete(TypeIdx(number)))
            }
            _ => self.exceptions.heap_type(referent),
        }
    }
}

/// Bytes that a value of an exception takes, about, with what it takes to keep
/// it.
const VALUE: u64 = 32;

impl HasExceptions for HeapLayer {
    fn exceptions(&mut self) -> &mut Exceptions {
        &mut self.exceptions
    }

    fn before_throw(
        &mut self,
        here: &StoreData,
        stack: &OperandStack,
    ) -> Result<(), Trap> {
        let most = usize::try_from(here.limits.heap_bytes / VALUE)
            .unwrap_or(usize::MAX);
        let kept = self.kept_exceptions;
        // Most exceptions are gone when they are caught, and make no garbage.
        // At the limit there may be some, unless hardly anything was thrown
        // since the last collection.
        if self.exceptions.size()
            > (10_000 + 2 * kept).min(most.max(kept + kept / 16))
        {
            collect(self, here, stack.slots());
            if self.exceptions.size() > most {
                return Err(Trap::OutOfHeap);
            }
        }
        Ok(())
    }
}
