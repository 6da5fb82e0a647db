//! The layer that gives this chapter's machine to the store.

use std::mem;

use annex_embedding::{
    Error, FuncAddr, Progress, Referent, Request, TrapFrame,
};
use ch07_values::{OperandStack, Trap};
use ch09_module::{FuncType, Function, HeapType, Instr, LateFunction};
use ch11_control::{Core, Frame};
use ch12_instance::{
    Invocation, Layer, Objects, StoreData, StoreView, Uncaught,
};
use ch17_exceptions::{Exceptions, HasExceptions};
use ch18_heap::HeapLayer;
use trace::Observer;

use crate::flatten::{Extra, flatten_with};
use crate::paused::{Kept, progress};
use crate::places::instruction;
use crate::{Alone, FlatCode, Machine, Tier};

/// A store whose functions are flat code.
pub type Store<O = ()> = ch12_instance::Store<O, FlatLayer>;

/// Chapter 18's layer, on the machine of this chapter.
#[derive(Debug, Default)]
pub struct FlatLayer<T = Alone> {
    /// What the rare instructions work on.
    pub below: HeapLayer,
    /// The calls that are paused.
    pub(crate) kept: Vec<Option<Kept>>,
    /// The places of that list that have none.
    pub(crate) free: Vec<u32>,
    /// The calls that the last trap has ended, the innermost first.
    pub(crate) ended: Vec<TrapFrame>,
    /// What executes parts of the code in a way of its own.
    pub tier: T,
}

impl<T: Tier> Layer for FlatLayer<T> {
    const NAME: &'static str = T::NAME;
    const HOST_FRAMES: bool = true;

    type Code = FlatCode<T::Code>;

    fn translate(
        here: &StoreData,
        instance: u32,
        ty: &FuncType,
        function: Function,
    ) -> FlatCode<T::Code> {
        let with = |extra| flatten_with(here, instance, ty, &function, extra);
        if here.watched {
            return with(Extra::Marks);
        }
        if T::TRANSLATES {
            let mut code = with(Extra::Entries);
            code.tier = T::translate(here, instance, ty, &code);
            if code.tier.is_some() {
                return code;
            }
        }
        with(Extra::Nothing)
    }

    fn read(
        here: &StoreData,
        instance: u32,
        function: &LateFunction,
    ) -> Option<FlatCode<T::Code>> {
        if here.watched { None } else { T::read(here, instance, function) }
    }

    #[inline(always)]
    fn run<O: Observer>(
        core: &mut Core<O>,
        view: StoreView<'_, Self>,
        function: FuncAddr,
    ) -> Result<(), Uncaught> {
        Machine::new(core, view).invoke(function)
    }

    fn progress<O: Observer>(
        call: Invocation<'_, Self, O>,
        request: Request<'_>,
    ) -> Result<Progress, Error> {
        progress(call, request)
    }

    fn prepare(&mut self, here: &StoreData) {
        self.below.prepare(here);
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

    fn release(&mut self, slot: u64) {
        Layer::release(&mut self.below, slot);
    }

    fn objects(&mut self) -> Option<&mut dyn Objects> {
        self.below.objects()
    }

    fn take_frames(&mut self) -> Vec<TrapFrame> {
        mem::take(&mut self.ended)
    }

    fn instruction(
        here: &StoreView<'_, Self>,
        frame: TrapFrame,
    ) -> Option<u32> {
        instruction(here, frame)
    }

    fn heap_type(&self, referent: Referent) -> Option<HeapType> {
        self.below.heap_type(referent)
    }
}

impl<T: Tier> HasExceptions for FlatLayer<T> {
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
