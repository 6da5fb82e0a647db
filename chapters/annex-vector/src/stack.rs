//! The operand stack, where an operand may be twice as wide as a slot.

use ch07_values::{OperandStack, Trap};

use crate::{V128, VectorOperand, VectorOperands};

/// An operand stack with what lies beside it: the upper halves of vectors, each
/// at the position of its lower half.
///
/// A vector is one operand and takes one slot. Of a number there is no upper
/// half: what lies at its position is left over from others.
#[derive(Debug)]
pub struct VectorStack<'a, 'slots> {
    stack: &'a mut OperandStack<'slots>,
    upper: &'a mut Vec<u64>,
}

impl<'a, 'slots> VectorStack<'a, 'slots> {
    /// A stack and its upper halves. Before the first vector there are none;
    /// here they become as many as there are slots.
    #[inline]
    pub fn new(
        stack: &'a mut OperandStack<'slots>,
        upper: &'a mut Vec<u64>,
    ) -> VectorStack<'a, 'slots> {
        if upper.len() < stack.capacity() {
            upper.resize(stack.capacity(), 0);
        }
        VectorStack { stack, upper }
    }

    /// Puts an operand on top.
    ///
    /// # Errors
    ///
    /// Traps if all slots are in use.
    #[inline(always)]
    pub fn push<T: VectorOperand>(&mut self, operand: T) -> Result<(), Trap> {
        operand.push_to(self)
    }

    /// Takes the top operand.
    #[inline(always)]
    pub fn pop<T: VectorOperand>(&mut self) -> T {
        T::pop_from(self)
    }

    /// Takes several operands, of which the last is on top.
    #[inline(always)]
    pub fn pop_all<T: VectorOperands>(&mut self) -> T {
        T::pop_from(self)
    }

    /// How many slots are in use.
    #[inline(always)]
    pub fn height(&self) -> usize {
        self.stack.height()
    }

    /// The vector at a position, the bottom one at 0.
    #[inline(always)]
    pub fn vector(&self, position: usize) -> V128 {
        V128::from_halves(self.stack.slot(position), self.upper[position])
    }

    /// Writes the vector at a position.
    #[inline(always)]
    pub fn set_vector(&mut self, position: usize, vector: V128) {
        let (lower, upper) = vector.halves();
        self.stack.set_slot(position, lower);
        self.upper[position] = upper;
    }

    /// The stack of the lower halves, where a number is whole.
    #[inline(always)]
    pub fn numbers(&mut self) -> &mut OperandStack<'slots> {
        self.stack
    }
}
