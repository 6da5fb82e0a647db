//! The operand stack of bits.

use crate::{Operand, Outcome, Trap};

/// The operand stack: a row of slots of 64 bits, of which the lower ones are in
/// use.
///
/// Whoever owns the slots decides how many there are. One operand too many is
/// the trap `call stack exhausted`.
///
/// # Panics
///
/// A validated module never pops what it has not pushed. Where somebody does it
/// all the same, that is a bug in the machine, and the pop panics.
///
/// Specification: Execution, Runtime Structure, *Stack*.
#[derive(Debug)]
pub struct OperandStack<'slots> {
    slots: &'slots mut [u64],
    height: usize,
}

impl<'slots> OperandStack<'slots> {
    /// A stack on these slots, of which the first `height` are in use.
    #[inline(always)]
    pub fn new(
        slots: &'slots mut [u64],
        height: usize,
    ) -> OperandStack<'slots> {
        OperandStack { slots, height }
    }

    /// Puts an operand on top.
    ///
    /// # Errors
    ///
    /// Traps if all slots are in use.
    #[inline(always)]
    pub fn push<T: Operand>(&mut self, operand: T) -> Result<(), Trap> {
        *self.slots.get_mut(self.height).ok_or(Trap::CallStackExhausted)? =
            operand.to_slot();
        self.height += 1;
        Ok(())
    }

    /// Takes the top operand, read as a `T`.
    #[inline(always)]
    pub fn pop<T: Operand>(&mut self) -> T {
        self.height -= 1;
        T::from_slot(self.slots[self.height])
    }

    /// Replaces the top operand by what `operation` makes of it.
    ///
    /// # Errors
    ///
    /// The trap that the operation ends in.
    #[inline(always)]
    pub fn unary<X, R>(
        &mut self,
        operation: impl FnOnce(X) -> R,
    ) -> Result<(), Trap>
    where
        X: Operand,
        R: Outcome,
    {
        let top = &mut self.slots[self.height - 1];
        *top = operation(X::from_slot(*top)).into_result()?.to_slot();
        Ok(())
    }

    /// Replaces the two top operands by what `operation` makes of them; the
    /// second one is on top.
    ///
    /// # Errors
    ///
    /// The trap that the operation ends in.
    #[inline(always)]
    pub fn binary<X, Y, R>(
        &mut self,
        operation: impl FnOnce(X, Y) -> R,
    ) -> Result<(), Trap>
    where
        X: Operand,
        Y: Operand,
        R: Outcome,
    {
        let y = self.pop();
        self.unary(|x| operation(x, y))
    }

    /// How many slots are in use.
    #[inline(always)]
    pub fn height(&self) -> usize {
        self.height
    }

    /// How many slots there are, in use or not.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.slots.len()
    }

    /// Hands the stack to work that is not worth being compiled into the
    /// machine's own loop.
    ///
    /// The work gets a stack of its own, on the same slots. So this one never
    /// lies where others could reach it, and a machine can keep it in
    /// registers.
    #[inline(always)]
    pub fn lend<T>(&mut self, work: impl FnOnce(&mut OperandStack) -> T) -> T {
        let mut lent = OperandStack::new(self.slots, self.height);
        let outcome = work(&mut lent);
        self.height = lent.height;
        outcome
    }

    /// The slot at a position, the bottom one at 0.
    #[inline(always)]
    pub fn slot(&self, position: usize) -> u64 {
        self.slots[position]
    }

    /// Writes the slot at a position.
    #[inline(always)]
    pub fn set_slot(&mut self, position: usize, slot: u64) {
        self.slots[position] = slot;
    }

    /// The slots in use, the bottom first.
    #[inline(always)]
    pub fn slots(&self) -> &[u64] {
        &self.slots[..self.height]
    }
}
