//! How the machine comes into the store.

use annex_embedding::FuncAddr;
use ch07_values::{OperandStack, Trap};
use ch09_module::{FuncType, Function, Instr};
use ch11_control::{Code, Core, Frame};
use ch12_instance::{Layer, StoreData, StoreView, Uncaught};
use ch15_references::ReferenceLayer;
use trace::Observer;

use crate::Machine;

/// Chapter 15's layer, on the machine of this chapter.
#[derive(Clone, Copy, Debug, Default)]
pub struct TailCallLayer(ReferenceLayer);

impl Layer for TailCallLayer {
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
        Ok(Machine::new(core, view).invoke(function)?)
    }

    fn execute(
        &mut self,
        here: &mut StoreData,
        instr: &Instr,
        frame: &Frame,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        self.0.execute(here, instr, frame, stack)
    }
}
