//! A stack with a limit.

use std::fmt;

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// A trap: the reason why a machine cannot go on.
#[derive(Debug)]
pub enum Trap {
    /// An operand was needed, and the stack held none.
    StackEmpty,
    /// A value was pushed, and the stack had no room left.
    StackFull,
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trap::StackEmpty => write!(f, "operand stack is empty"),
            Trap::StackFull => write!(f, "operand stack is full"),
        }
    }
}

/// A stack that holds at most this many numbers.
#[derive(Debug)]
pub struct Stack {
    values: Vec<f64>,
    limit: usize,
}

impl Stack {
    /// An empty stack with room for `limit` values.
    pub fn new(limit: usize) -> Self {
        Stack { values: Vec::new(), limit }
    }

    /// Puts `value` on top.
    ///
    /// # Errors
    /// [`Trap::StackFull`] if there is no room left; then nothing is pushed.
    pub fn push(&mut self, value: f64) -> Result<(), Trap> {
        if self.values.len() == self.limit {
            return Err(Trap::StackFull);
        }
        self.values.push(value);
        Ok(())
    }

    /// Takes the top value off.
    ///
    /// # Errors
    /// [`Trap::StackEmpty`] if there is none.
    pub fn pop(&mut self) -> Result<f64, Trap> {
        self.values.pop().ok_or(Trap::StackEmpty)
    }

    /// All values, the top last.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

fn main() {
    let mut stack = Stack::new(3);
    for value in [1.0, 2.0, 3.0, 4.0] {
        let outcome = match stack.push(value) {
            Ok(()) => String::from("pushed"),
            Err(trap) => trap.to_string(),
        };
        println!(
            "{value}: {outcome}, {} of {}",
            stack.values().len(),
            stack.limit
        );
    }
}
