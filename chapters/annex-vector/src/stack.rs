//! The operand stack, where an operand may be twice as wide as a slot.

use ch07_values::{OperandStack, Trap};

use crate::{V128, VectorOperand};

/// An operand stack, and beside it the upper halves of vectors, each at the
/// position of its lower half.
///
/// A vector is one operand and takes one slot. A number has no upper half: what
/// is at its position is left over from others.
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
        self.stack.push(0_u64)?;
        self.set_vector(self.height() - 1, operand.to_vector());
        Ok(())
    }

    /// Takes the top operand.
    #[inline(always)]
    pub fn pop<T: VectorOperand>(&mut self) -> T {
        let vector = self.vector(self.height() - 1);
        self.stack.pop::<u64>();
        T::from_vector(vector)
    }

    /// Takes the bits of several operands, of which the last is on top.
    #[inline(always)]
    pub fn pop_all<const COUNT: usize>(&mut self) -> [V128; COUNT] {
        let mut operands = [V128::default(); COUNT];
        for operand in operands.iter_mut().rev() {
            *operand = self.pop();
        }
        operands
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
}
