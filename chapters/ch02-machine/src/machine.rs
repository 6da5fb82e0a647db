//! The machine: it executes instructions, one after the other.

use trace::{Observer, Place, Step};

use crate::{Error, Instr, Stack, Trap};

/// A stack, and an observer.
#[derive(Debug)]
pub struct Machine<O> {
    /// The operand stack.
    pub stack: Stack,
    observer: O,
}

impl<O: Observer> Machine<O> {
    /// A machine with an empty stack. The observer `()` watches nothing.
    pub fn new(observer: O) -> Self {
        Machine { stack: Stack::default(), observer }
    }

    /// Executes `code` from its beginning to its end.
    ///
    /// # Errors
    /// The first trap, and the instruction that caused it.
    pub fn execute(&mut self, code: &[Instr]) -> Result<(), Error> {
        for (position, instr) in code.iter().enumerate() {
            let place = || Place::new("", [position]);
            self.observer
                .step(|| Step::new(place(), instr, self.stack.values()));
            self.step(instr).map_err(|error| error.at(place, instr))?;
        }
        Ok(())
    }

    /// Executes one instruction.
    fn step(&mut self, instr: &Instr) -> Result<(), Error> {
        match instr {
            Instr::Const(value) => self.stack.push(*value),
            Instr::Add => self.binary(|x, y| x + y)?,
            Instr::Mul => self.binary(|x, y| x * y)?,
        }
        Ok(())
    }

    /// Replaces the two operands on top by what `operator` makes of them. The
    /// second operand is the one on top.
    fn binary(&mut self, operator: fn(f64, f64) -> f64) -> Result<(), Trap> {
        let (y, x) = (self.stack.pop()?, self.stack.pop()?);
        self.stack.push(operator(x, y));
        Ok(())
    }
}
