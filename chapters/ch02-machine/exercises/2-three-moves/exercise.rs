//! A machine with three instructions that do nothing yet.

use ch02_machine::{Stack, Trap};

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// One instruction. Beside each stands what it takes off the stack, and what it
/// puts there.
pub enum Instr {
    /// `[] -> [the number]`
    Const(f64),
    /// `[x y] -> [x + y]`
    Add,
    /// `[x y] -> [x * y]`
    Mul,
    /// `[x] -> [-x]`
    Neg,
    /// `[x] -> [x x]`
    Dup,
    /// `[x y] -> [y x]`
    Swap,
}

/// A stack that instructions work on.
#[derive(Default)]
pub struct Machine {
    /// The operand stack.
    pub stack: Stack,
}

impl Machine {
    /// Executes `code` from its beginning to its end.
    ///
    /// # Errors
    /// The first trap.
    pub fn execute(&mut self, code: &[Instr]) -> Result<(), Trap> {
        code.iter().try_for_each(|instr| self.step(instr))
    }

    /// Executes one instruction.
    fn step(&mut self, instr: &Instr) -> Result<(), Trap> {
        match instr {
            Instr::Const(value) => self.stack.push(*value),
            Instr::Add => self.binary(|x, y| x + y)?,
            Instr::Mul => self.binary(|x, y| x * y)?,
            Instr::Neg | Instr::Dup | Instr::Swap => {}
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

fn main() -> Result<(), Trap> {
    use Instr::{Const, Dup, Neg, Swap};
    let mut machine = Machine::default();
    machine.execute(&[Const(3.0), Dup, Const(2.0), Neg, Swap])?;
    println!(
        "The stack is {:?}, and should be [3.0, -2.0, 3.0].",
        machine.stack.values()
    );
    Ok(())
}
