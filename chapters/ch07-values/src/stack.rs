//! The operand stack of bits.

use crate::{Operands, Trap};

/// The operand stack: a row of slots of 64 bits, of which the lower ones are in
/// use.
///
/// The owner of the slots decides how many there are. One operand too many is
/// the trap `call stack exhausted`.
///
/// # Panics
///
/// A validated module never pops what it has not pushed. If it happens anyway,
/// that is a bug in the machine, and the pop panics.
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

    /// Puts an operand on top; or several, the last one on top.
    ///
    /// # Errors
    ///
    /// Traps if there are too few free slots.
    #[inline(always)]
    pub fn push<T: Operands>(&mut self, operands: T) -> Result<(), Trap> {
        operands.push_to(self)
    }

    /// Takes the top operand, read as a `T`; or several, if `T` is a tuple.
    #[inline(always)]
    pub fn pop<T: Operands>(&mut self) -> T {
        T::pop_from(self)
    }

    /// Puts a slot on top.
    ///
    /// # Errors
    ///
    /// Traps if all slots are in use.
    #[inline(always)]
    pub(crate) fn push_slot(&mut self, slot: u64) -> Result<(), Trap> {
        let free = self.slots.get_mut(self.height);
        *free.ok_or(Trap::CallStackExhausted)? = slot;
        self.height += 1;
        Ok(())
    }

    /// Takes the top slot.
    #[inline(always)]
    pub(crate) fn pop_slot(&mut self) -> u64 {
        self.height -= 1;
        self.slots[self.height]
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

    /// Keeps the top `count` operands and drops those between them and
    /// `height`.
    #[inline(always)]
    pub fn keep(&mut self, count: usize, height: usize) {
        let from = self.height - count;
        match count {
            0 => {}
            1 => self.slots[height] = self.slots[from],
            _ => self.slots.copy_within(from..self.height, height),
        }
        self.height = height + count;
    }

    /// Lends the stack to work that is not worth compiling into the machine's
    /// own loop.
    ///
    /// The work gets a stack of its own, on the same slots. So no other code
    /// ever has this one's address, and a machine can keep it in registers.
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
