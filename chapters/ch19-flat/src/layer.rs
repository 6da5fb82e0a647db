//! The layer that gives this chapter's machine to the store.

use annex_embedding::{Error, FuncAddr, Progress, Referent, Request};
use ch07_values::{OperandStack, Trap};
use ch09_module::{FuncType, Function, HeapType, Instr};
use ch11_control::{Core, Frame};
use ch12_instance::{Invocation, Layer, StoreData, StoreView, Uncaught};
use ch17_exceptions::{Exceptions, HasExceptions};
use ch18_heap::HeapLayer;
use trace::Observer;

use crate::paused::{Kept, progress};
use crate::{FlatCode, Machine, flatten};

/// A store whose functions are flat code.
pub type Store<O = ()> = ch12_instance::Store<O, FlatLayer>;

/// Chapter 18's layer, on the machine of this chapter.
#[derive(Debug, Default)]
pub struct FlatLayer {
    /// What the rare instructions work on.
    pub below: HeapLayer,
    /// The calls that are paused.
    pub(crate) kept: Vec<Option<Kept>>,
    /// The places of that list that have none.
    pub(crate) free: Vec<u32>,
}

impl Layer for FlatLayer {
    const NAME: &'static str = "flat";
    const HOST_FRAMES: bool = true;

    type Code = FlatCode;

    fn translate(
        here: &StoreData,
        instance: u32,
        ty: &FuncType,
        function: Function,
    ) -> FlatCode {
        flatten(here, instance, ty, &function, here.watched)
    }

    fn run<O: Observer>(
        core: &mut Core<O>,
        view: StoreView<'_, Self>,
        function: FuncAddr,
    ) -> Result<(), Uncaught> {
        view.layer.prepare(view.data);
        Machine::new(core, view).invoke(function)
    }

    fn progress<O: Observer>(
        call: Invocation<'_, Self, O>,
        request: Request<'_>,
    ) -> Result<Progress, Error> {
        call.view.layer.prepare(call.view.data);
        progress(call, request)
    }

    fn execute(
        &mut self,
        here: &mut StoreData,
        instr: &Instr,
        frame: &Frame,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        self.below.execute(here, instr, frame, stack)
    }

    fn expose(&mut self, slot: u64) {
        self.below.expose(slot);
    }

    fn heap_type(&self, referent: Referent) -> Option<HeapType> {
        self.below.heap_type(referent)
    }
}

impl FlatLayer {
    /// The heap may have what the store's limits allow.
    fn prepare(&mut self, here: &StoreData) {
        let limit = usize::try_from(here.limits.heap_bytes);
        self.below.heap.set_limit(limit.unwrap_or(usize::MAX));
    }
}

impl HasExceptions for FlatLayer {
    fn exceptions(&mut self) -> &mut Exceptions {
        self.below.exceptions()
    }

    fn before_throw(
        &mut self,
        here: &StoreData,
        stack: &OperandStack,
    ) -> Result<(), Trap> {
        self.below.before_throw(here, stack)
    }
}
