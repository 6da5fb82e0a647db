//! The layer that gives this chapter's machine to the store.

use annex_embedding::{FuncAddr, NULL};
use ch07_values::{OperandStack, Trap};
use ch09_module::{FuncType, Function, Instr, Reference};
use ch11_control::{Code, Core, Frame};
use ch12_instance::{Layer, StoreData, StoreView, Uncaught};
use trace::Observer;

use crate::{Machine, is_of};

/// What this chapter adds to the store: its machine, and the instructions that
/// look at a reference.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReferenceLayer;

impl Layer for ReferenceLayer {
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
        match instr {
            Instr::Reference(instr) => {
                execute(self, here, *instr, frame, stack)
            }
            _ => Err(Trap::NotYet),
        }
    }
}

/// Executes an instruction that looks at a reference, in a store with any
/// layer.
///
/// # Errors
///
/// Traps where a reference must not be null and is, and where a cast fails.
pub fn execute<L: Layer>(
    layer: &L,
    here: &StoreData,
    instr: Reference,
    frame: &Frame,
    stack: &mut OperandStack,
) -> Result<(), Trap> {
    match instr {
        Reference::AsNonNull => match stack.pop() {
            NULL => Err(Trap::NullReference),
            reference => stack.push(reference),
        },
        Reference::Eq => {
            let (one, other): (u64, u64) = stack.pop();
            stack.push(one == other)
        }
        Reference::Test(ty) => {
            let slot = stack.pop();
            stack.push(is_of(layer, here, slot, ty, frame.instance))
        }
        Reference::Cast(ty) => {
            let slot = stack.slot(stack.height() - 1);
            match is_of(layer, here, slot, ty, frame.instance) {
                true => Ok(()),
                false => Err(Trap::CastFailure),
            }
        }
        _ => Err(Trap::NotYet),
    }
}
