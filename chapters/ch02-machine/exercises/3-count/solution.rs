//! An observer that counts.

use ch02_machine::{Error, Instr, Machine, program};
use trace::{Observer, Step};

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// Counts what a machine does.
#[derive(Debug, Default)]
pub struct Counter {
    /// How many instructions were executed.
    pub steps: usize,
    /// The greatest number of operands that were on the stack before an
    /// instruction.
    pub height: usize,
}

impl Observer for Counter {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.steps += 1;
        self.height = self.height.max(step().stack.len());
    }

    // Nobody writes to memory: there is none before chapter 3.
    fn wrote(&mut self, _address: u64, _bytes: &[u8]) {}
}

/// Executes `code` and counts.
///
/// # Errors
/// The trap that ends the execution.
pub fn count(code: &[Instr]) -> Result<Counter, Error> {
    let mut counter = Counter::default();
    Machine::new(&mut counter).execute(code)?;
    Ok(counter)
}

fn main() -> Result<(), Error> {
    let counter = count(&program())?;
    println!(
        "{} steps, and at most {} operands at a time",
        counter.steps, counter.height
    );
    Ok(())
}
