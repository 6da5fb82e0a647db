//! The operand stack.

use crate::Trap;

/// A list of numbers that grows and shrinks at one end, its top.
#[derive(Debug, Default)]
pub struct Stack(Vec<f64>);

impl Stack {
    /// Puts `value` on top.
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// Takes the top value off.
    ///
    /// # Errors
    /// [`Trap::StackEmpty`] if there is none.
    pub fn pop(&mut self) -> Result<f64, Trap> {
        self.0.pop().ok_or(Trap::StackEmpty)
    }

    /// All values, the top last.
    pub fn values(&self) -> &[f64] {
        &self.0
    }
}
