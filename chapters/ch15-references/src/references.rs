//! The instructions on references whose types are known.
//!
//! Specification: Execution, Instructions, *Reference Instructions* and *Control Instructions*.

use ch07_values::{OperandStack, Trap};
use ch09_module::{Control, Instr, Reference};
use ch11_control::{Decision, Frame};
use ch12_instance::{Layer, ModuleInstance, NULL, Surroundings, function_of};

use crate::Types;

/// What this chapter adds to the store: types with numbers, and instructions that rely on them.
#[derive(Clone, Copy, Debug, Default)]
pub struct References;

impl Layer for References {
    type Types = Types;

    fn execute<'store>(
        _: &mut Surroundings<'store, Self>,
        instr: &'store Instr,
        _: &Frame<&'store ModuleInstance>,
        stack: &mut OperandStack,
    ) -> Result<(), Trap> {
        match instr {
            Instr::Reference(instr) => execute(*instr, stack),
            _ => Err(Trap::NotYet),
        }
    }

    fn decide<'store>(
        surroundings: &mut Surroundings<'store, Self>,
        instr: &'store Control,
        _: &'store ModuleInstance,
        stack: &mut OperandStack,
    ) -> Result<Decision<'store, &'store ModuleInstance>, Trap> {
        decide(surroundings, instr, stack)
    }
}

/// Executes an instruction on references that asks for no type.
///
/// # Errors
///
/// Traps at a null that may not be one.
pub fn execute(instr: Reference, stack: &mut OperandStack) -> Result<(), Trap> {
    match instr {
        Reference::AsNonNull => match stack.pop() {
            NULL => Err(Trap::NullReference),
            reference => stack.push(reference),
        },
        Reference::Eq => stack.binary(|one: u64, other: u64| one == other),
        _ => Err(Trap::NotYet),
    }
}

/// Decides what is next: at a branch that asks whether a reference is null, and at a call of a reference. `return_call_ref` has
/// the same callee as `call_ref`.
///
/// # Errors
///
/// Traps where null is called.
pub fn decide<'store, L: Layer>(
    surroundings: &Surroundings<'store, L>,
    instr: &Control,
    stack: &mut OperandStack,
) -> Result<Decision<'store, &'store ModuleInstance>, Trap> {
    let reference: u64 = stack.pop();
    match instr {
        Control::BrOnNull(label) if reference == NULL => Ok(Decision::Branch(*label)),
        Control::BrOnNull(_) => {
            stack.push(reference)?;
            Ok(Decision::Next)
        }
        Control::BrOnNonNull(_) if reference == NULL => Ok(Decision::Next),
        Control::BrOnNonNull(label) => {
            stack.push(reference)?;
            Ok(Decision::Branch(*label))
        }
        Control::CallRef(_) | Control::ReturnCallRef(_) => {
            let function = function_of(reference).ok_or(Trap::NullFunctionReference)?;
            Ok(Decision::Call(surroundings.callee(function)))
        }
        _ => Err(Trap::NotYet),
    }
}
