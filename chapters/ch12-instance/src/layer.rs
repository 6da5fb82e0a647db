//! What a later chapter adds to this store.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt::Debug;

use annex_embedding::{
    Error, FuncAddr, Progress, Referent, Request, TagAddr, TrapFrame,
};
use ch07_values::{OperandStack, Trap};
use ch09_module::{FuncType, Function, HeapType, Instr, LateFunction, TypeIdx};
use ch11_control::{Code, Core, Frame, Machine};
use trace::Observer;

use crate::{Invocation, StoreData, StoreView};

/// What a later chapter adds to this store: an engine, instructions, and
/// whatever it keeps for them.
///
/// A layer is a value with methods. Each layer contains the one below, and
/// delegates to it what it does not know itself.
pub trait Layer: Debug + Default + 'static {
    /// The name by which people choose the engine.
    const NAME: &'static str = "tree";

    /// Whether a function of the host that has asked for a call is a frame of
    /// the engine's own while it waits.
    const HOST_FRAMES: bool = false;

    /// What the engine makes of a function's body.
    type Code: Debug;

    /// Translates a function of type `ty`, which belongs to a module instance.
    fn translate(
        here: &StoreData,
        instance: u32,
        ty: &FuncType,
        function: Function,
    ) -> Self::Code;

    /// Reads what the engine has made of a function before, if it is code that
    /// can be trusted as far as it goes.
    fn read(
        here: &StoreData,
        instance: u32,
        function: &LateFunction,
    ) -> Option<Self::Code> {
        let _ = (here, instance, function);
        None
    }

    /// Calls a function, whose arguments are the top operands, and leaves its
    /// results in their place.
    ///
    /// # Errors
    ///
    /// What was not caught.
    fn run<O: Observer>(
        core: &mut Core<O>,
        view: StoreView<'_, Self>,
        function: FuncAddr,
    ) -> Result<(), Uncaught>;

    /// Takes a call that can be paused one step further.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in; an engine may have no such calls.
    fn progress<O: Observer>(
        call: Invocation<'_, Self, O>,
        request: Request<'_>,
    ) -> Result<Progress, Error> {
        let _ = (call, request);
        let name = Self::NAME;
        Err(Error::NotYet(format!("calls of `{name}` cannot be paused")))
    }

    /// The store is about to be entered from outside. What the layer keeps must
    /// stay within the store's limits.
    fn prepare(&mut self, here: &StoreData) {
        let _ = here;
    }

    /// Executes an instruction that this chapter has no meaning for.
    ///
    /// # Errors
    ///
    /// The trap that it ends in.
    fn execute(
        &mut self,
        here: &mut StoreData,
        instr: &Instr,
        frame: &Frame,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        let _ = (here, instr, frame, stack);
        Err(Trap::NotYet)
    }

    /// The reference in a slot reaches the embedder: what it refers to must be
    /// kept alive from now on.
    fn expose(&mut self, slot: u64) {
        let _ = slot;
    }

    /// The embedder no longer needs what the reference in a slot refers to.
    fn release(&mut self, slot: u64) {
        let _ = slot;
    }

    /// The heap, where the layer has one.
    fn objects(&mut self) -> Option<&mut dyn Objects> {
        None
    }

    /// The calls that the last trap has ended, the innermost first.
    fn take_frames(&mut self) -> Vec<TrapFrame> {
        Vec::new()
    }

    /// The number in the text of the instruction that a frame was at.
    fn instruction(
        here: &StoreView<'_, Self>,
        frame: TrapFrame,
    ) -> Option<u32> {
        let _ = (here, frame);
        None
    }

    /// The type of a structure, an array or an exception, closed and as narrow
    /// as it can be; `None` if there is no such thing.
    fn heap_type(&self, referent: Referent) -> Option<HeapType> {
        let _ = referent;
        None
    }
}

/// The structures and arrays of a store, for the embedder. Their fields and
/// elements are slots, each with the half beside it.
pub trait Objects {
    /// Makes a structure or an array of so many of these values, over and over.
    /// If a collection is due, what the stack holds outlives it.
    ///
    /// # Errors
    ///
    /// Traps if the heap is full.
    fn make(
        &mut self,
        here: &StoreData,
        ty: TypeIdx,
        length: u32,
        values: &[[u64; 2]],
        stack: &[u64],
    ) -> Result<u64, Trap>;

    /// How many fields or elements there are.
    ///
    /// # Errors
    ///
    /// Traps if the slot refers to no object.
    fn len(&self, slot: u64) -> Result<u32, Trap>;

    /// A field or an element, as narrow as it is kept.
    ///
    /// # Errors
    ///
    /// Traps if the slot refers to no object, or if there is none.
    fn get(&self, slot: u64, at: u32) -> Result<[u64; 2], Trap>;

    /// Gives a field or an element another value.
    ///
    /// # Errors
    ///
    /// Traps if the slot refers to no object, or if there is none.
    fn set(&mut self, slot: u64, at: u32, value: [u64; 2]) -> Result<(), Trap>;
}

/// The code of a function, which the engine makes when the function is first
/// called.
#[derive(Debug)]
pub struct LateCode<L: Layer> {
    function: LateFunction,
    code: OnceCell<L::Code>,
    /// The code that comes from what was made before, if it could be read.
    early: Early<L::Code>,
}

/// Code that comes from what was made before. In two boxes, so that a function
/// without it takes no more memory than a pointer.
type Early<C> = Option<Box<OnceCell<Option<Box<C>>>>>;

impl<L: Layer> LateCode<L> {
    pub(crate) fn new(function: LateFunction) -> LateCode<L> {
        let early = function.compiled().map(|_| Box::new(OnceCell::new()));
        LateCode { function, code: OnceCell::new(), early }
    }

    /// The code. The function belongs to a module instance, and the number of
    /// its type is `ty`.
    #[inline(always)]
    pub(crate) fn get(
        &self,
        here: &StoreData,
        instance: u32,
        ty: TypeIdx,
    ) -> &L::Code {
        match self.code.get() {
            Some(code) => code,
            None => self.first(here, instance, ty),
        }
    }

    /// The code, if it has been made or read.
    #[inline(always)]
    pub fn made(&self) -> Option<&L::Code> {
        self.code.get().or_else(|| self.early.as_ref()?.get()?.as_deref())
    }

    /// The code that `read` finds in what was made before, if there is any.
    #[cold]
    pub fn early(
        &self,
        read: impl FnOnce(&LateFunction) -> Option<L::Code>,
    ) -> Option<&L::Code> {
        let early = self.early.as_ref()?;
        early.get_or_init(|| read(&self.function).map(Box::new)).as_deref()
    }

    /// The code that is made of the function itself. `None` if there is code
    /// from before, and `fits` finds that it says something else.
    #[inline(always)]
    pub fn whole(
        &self,
        here: &StoreData,
        instance: u32,
        ty: TypeIdx,
        fits: impl FnOnce(&LateFunction, &L::Code) -> bool,
    ) -> Option<&L::Code> {
        match self.code.get() {
            Some(code) => Some(code),
            None => self.compared(here, instance, ty, fits),
        }
    }

    #[cold]
    #[inline(never)]
    fn compared(
        &self,
        here: &StoreData,
        instance: u32,
        ty: TypeIdx,
        fits: impl FnOnce(&LateFunction, &L::Code) -> bool,
    ) -> Option<&L::Code> {
        let code = self.translate(here, instance, ty);
        let early = self.early.as_ref().and_then(|early| early.get());
        let is_early = matches!(early, Some(Some(_)));
        if is_early && !fits(&self.function, &code) {
            return None;
        }
        Some(self.code.get_or_init(|| code))
    }

    #[cold]
    #[inline(never)]
    fn first(&self, here: &StoreData, instance: u32, ty: TypeIdx) -> &L::Code {
        let read = |function: &LateFunction| L::read(here, instance, function);
        match self.early(read) {
            Some(code) => code,
            None => {
                self.code.get_or_init(|| self.translate(here, instance, ty))
            }
        }
    }

    /// The function that the code is made of.
    pub fn function(&self) -> Cow<'_, Function> {
        self.function.read()
    }

    fn translate(
        &self,
        here: &StoreData,
        instance: u32,
        ty: TypeIdx,
    ) -> L::Code {
        let none = FuncType::default();
        let ty = here.types.func(ty).unwrap_or(&none);
        L::translate(here, instance, ty, self.function().into_owned())
    }
}

/// This chapter alone: chapter 11's machine, and nothing more.
#[derive(Clone, Copy, Debug, Default)]
pub struct CoreLayer;

impl Layer for CoreLayer {
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
        Ok(Machine::new(core, view).invoke(function.0)?)
    }
}

/// What no code has caught.
#[derive(Clone, Debug)]
pub enum Uncaught {
    /// A trap.
    Trap(Trap),
    /// An exception: its tag, and its values, each a slot and the half that is
    /// beside it.
    Exception(TagAddr, Box<[[u64; 2]]>),
}

impl From<Trap> for Uncaught {
    fn from(trap: Trap) -> Uncaught {
        Uncaught::Trap(trap)
    }
}
