//! The operand stack of bits.

use crate::{Operand, Outcome, Trap};

/// The operand stack: slots of 64 bits, whose types only the instructions know.
///
/// # Panics
///
/// A validated module never pops what it has not pushed. Where a caller of this type does it all the
/// same, that is a bug in the caller, and the pop panics.
///
/// Specification: Execution, Runtime Structure, *Stack*.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperandStack {
    slots: Vec<u64>,
}

impl OperandStack {
    /// An empty stack.
    pub fn new() -> OperandStack {
        OperandStack::default()
    }

    /// Puts an operand on top.
    #[inline(always)]
    pub fn push<T: Operand>(&mut self, operand: T) {
        self.slots.push(operand.to_slot());
    }

    /// Takes the top operand, read as a `T`.
    #[inline(always)]
    pub fn pop<T: Operand>(&mut self) -> T {
        T::from_slot(self.slots.pop().expect("validation counted the operands"))
    }

    /// Replaces the top operand by what `operation` makes of it.
    ///
    /// # Errors
    ///
    /// The trap that the operation ends in.
    #[inline(always)]
    pub fn unary<X, R>(&mut self, operation: impl FnOnce(X) -> R) -> Result<(), Trap>
    where
        X: Operand,
        R: Outcome,
    {
        let top = self
            .slots
            .last_mut()
            .expect("validation counted the operands");
        *top = operation(X::from_slot(*top)).into_result()?.to_slot();
        Ok(())
    }

    /// Replaces the two top operands by what `operation` makes of them; the second one is on top.
    ///
    /// # Errors
    ///
    /// The trap that the operation ends in.
    #[inline(always)]
    pub fn binary<X, Y, R>(&mut self, operation: impl FnOnce(X, Y) -> R) -> Result<(), Trap>
    where
        X: Operand,
        Y: Operand,
        R: Outcome,
    {
        let y = self.pop();
        self.unary(|x| operation(x, y))
    }

    /// How many operands there are.
    #[inline(always)]
    pub fn height(&self) -> usize {
        self.slots.len()
    }

    /// All slots, the bottom first.
    pub fn slots(&self) -> &[u64] {
        &self.slots
    }
}
