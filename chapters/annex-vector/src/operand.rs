//! What a vector instruction takes and leaves: vectors, read as lanes, and
//! numbers.

use ch07_values::{NumType, Operand, Trap};

use crate::{Lanes, V128, VectorStack};

/// The type of an operand of a vector instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperandType {
    /// A number.
    Number(NumType),
    /// A vector.
    Vector,
}

/// A Rust type that an operand can be read as: lanes for a vector, a number for
/// a number.
pub trait VectorOperand: Copy {
    /// The WebAssembly type that this is a reading of.
    const TYPE: OperandType;
    /// Takes the top operand.
    fn pop_from(stack: &mut VectorStack<'_, '_>) -> Self;
    /// Puts the operand on top.
    ///
    /// # Errors
    ///
    /// Traps if all slots are in use.
    fn push_to(self, stack: &mut VectorStack<'_, '_>) -> Result<(), Trap>;
}

impl VectorOperand for V128 {
    const TYPE: OperandType = OperandType::Vector;

    #[inline(always)]
    fn pop_from(stack: &mut VectorStack<'_, '_>) -> V128 {
        let vector = stack.vector(stack.height() - 1);
        stack.numbers().pop::<u64>();
        vector
    }

    #[inline(always)]
    fn push_to(self, stack: &mut VectorStack<'_, '_>) -> Result<(), Trap> {
        stack.numbers().push(0_u64)?;
        stack.set_vector(stack.height() - 1, self);
        Ok(())
    }
}

impl VectorOperand for u128 {
    const TYPE: OperandType = OperandType::Vector;

    #[inline(always)]
    fn pop_from(stack: &mut VectorStack<'_, '_>) -> u128 {
        stack.pop::<V128>().0
    }

    #[inline(always)]
    fn push_to(self, stack: &mut VectorStack<'_, '_>) -> Result<(), Trap> {
        stack.push(V128(self))
    }
}

impl<Lane: Copy, const COUNT: usize> VectorOperand for [Lane; COUNT]
where
    [Lane; COUNT]: Lanes,
{
    const TYPE: OperandType = OperandType::Vector;

    #[inline(always)]
    fn pop_from(stack: &mut VectorStack<'_, '_>) -> [Lane; COUNT] {
        stack.pop::<V128>().lanes()
    }

    #[inline(always)]
    fn push_to(self, stack: &mut VectorStack<'_, '_>) -> Result<(), Trap> {
        stack.push(V128::from_lanes(self))
    }
}

/// A number is read as the scalar instructions read it.
macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl VectorOperand for $number {
            const TYPE: OperandType =
                OperandType::Number(<$number as Operand>::TYPE);

            #[inline(always)]
            fn pop_from(stack: &mut VectorStack<'_, '_>) -> Self {
                stack.numbers().pop()
            }

            #[inline(always)]
            fn push_to(
                self,
                stack: &mut VectorStack<'_, '_>,
            ) -> Result<(), Trap> {
                stack.numbers().push(self)
            }
        }
    )*};
}
numbers!(bool, i32, u32, i64, u64, f32, f64);

/// One to three operands, the last one on top.
pub trait VectorOperands {
    /// Their types, the top of the stack last.
    const TYPES: &'static [OperandType];
    /// Takes them.
    fn pop_from(stack: &mut VectorStack<'_, '_>) -> Self;
}

impl<X: VectorOperand> VectorOperands for (X,) {
    const TYPES: &'static [OperandType] = &[X::TYPE];

    #[inline(always)]
    fn pop_from(stack: &mut VectorStack<'_, '_>) -> (X,) {
        (stack.pop(),)
    }
}

impl<X: VectorOperand, Y: VectorOperand> VectorOperands for (X, Y) {
    const TYPES: &'static [OperandType] = &[X::TYPE, Y::TYPE];

    #[inline(always)]
    fn pop_from(stack: &mut VectorStack<'_, '_>) -> (X, Y) {
        let y = stack.pop();
        (stack.pop(), y)
    }
}

impl<X: VectorOperand, Y: VectorOperand, Z: VectorOperand> VectorOperands
    for (X, Y, Z)
{
    const TYPES: &'static [OperandType] = &[X::TYPE, Y::TYPE, Z::TYPE];

    #[inline(always)]
    fn pop_from(stack: &mut VectorStack<'_, '_>) -> (X, Y, Z) {
        let z = stack.pop();
        let y = stack.pop();
        (stack.pop(), y, z)
    }
}
