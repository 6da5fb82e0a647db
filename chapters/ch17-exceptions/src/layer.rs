//! How the machine comes into the store, and where the store keeps its
//! exceptions.

use annex_embedding::{FuncAddr, Referent};
use ch07_values::{OperandStack, Trap};
use ch09_module::{FuncType, Function, HeapType, Instr};
use ch11_control::{Code, Core, Frame};
use ch12_instance::{Layer, StoreData, StoreView, Uncaught};
use ch15_references::ReferenceLayer;
use trace::Observer;

use crate::{Exceptions, Machine};

/// A layer with exceptions.
pub trait HasExceptions: Layer {
    /// The exceptions.
    fn exceptions(&mut self) -> &mut Exceptions;

    /// Called before an exception is made. The values that it will carry are
    /// still on the operand stack, so a layer with a garbage collector can run
    /// it now and will find them.
    ///
    /// # Errors
    ///
    /// Traps if the layer has no memory left.
    fn before_throw(
        &mut self,
        here: &StoreData,
        stack: &OperandStack,
    ) -> Result<(), Trap> {
        let _ = (here, stack);
        Ok(())
    }
}

/// Chapter 15's layer, with exceptions, on the machine of this chapter.
#[derive(Debug, Default)]
pub struct ExceptionLayer {
    below: ReferenceLayer,
    exceptions: Exceptions,
}

impl HasExceptions for ExceptionLayer {
    fn exceptions(&mut self) -> &mut Exceptions {
        &mut self.exceptions
    }
}

impl Layer for ExceptionLayer {
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

    fn execute(
        &mut self,
        here: &mut StoreData,
        instr: &Instr,
        frame: &Frame,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        self.below.execute(here, instr, frame, stack)
    }

    fn heap_type(&self, referent: Referent) -> Option<HeapType> {
        self.exceptions.heap_type(referent)
    }
}
