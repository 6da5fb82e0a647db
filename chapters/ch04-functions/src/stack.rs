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

    /// Takes the topmost `count` values off, the top last.
    ///
    /// # Errors
    /// [`Trap::TooFewOperands`] if there are fewer; then all remain.
    pub fn pop_many(&mut self, count: usize) -> Result<Vec<f64>, Trap> {
        let found = self.0.len();
        let first = found
            .checked_sub(count)
            .ok_or(Trap::TooFewOperands(count, found))?;
        Ok(self.0.split_off(first))
    }

    /// Keeps the topmost `count` values, and below them the stack as it was
    /// when it was `height` high.
    ///
    /// # Errors
    /// [`Trap::TooFewOperands`] if there are not `count` values.
    pub fn keep(&mut self, count: usize, height: usize) -> Result<(), Trap> {
        let kept = self.pop_many(count)?;
        self.0.truncate(height);
        self.0.extend(kept);
        Ok(())
    }

    /// All values, the top last.
    pub fn values(&self) -> &[f64] {
        &self.0
    }
}
