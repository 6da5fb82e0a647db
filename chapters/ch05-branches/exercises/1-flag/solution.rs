//! A branch is an error that `?` passes on.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// An instruction.
pub enum Instr {
    /// Says a word.
    Say(&'static str),
    /// Executes the body. A branch to its label goes on after the block.
    Block(Vec<Instr>),
    /// Executes the body two times. It is no label.
    Twice(Vec<Instr>),
    /// Goes to the label that many labels out.
    Br(usize),
}

/// A machine that talks.
#[derive(Default)]
pub struct Machine {
    said: Vec<&'static str>,
}

/// A branch on its way: this many labels are to be passed.
pub struct Unwind(usize);

impl Machine {
    /// Executes `body` from its beginning to its end.
    fn execute(&mut self, body: &[Instr]) -> Result<(), Unwind> {
        for instr in body {
            self.step(instr)?;
        }
        Ok(())
    }

    /// Executes one instruction.
    fn step(&mut self, instr: &Instr) -> Result<(), Unwind> {
        match instr {
            Instr::Say(word) => self.said.push(word),
            Instr::Block(body) => self.block(body)?,
            Instr::Twice(body) => {
                self.execute(body)?;
                self.execute(body)?;
            }
            Instr::Br(label) => return Err(Unwind(*label)),
        }
        Ok(())
    }

    /// Executes `body` under a label.
    fn block(&mut self, body: &[Instr]) -> Result<(), Unwind> {
        match self.execute(body) {
            Err(Unwind(0)) => Ok(()),
            Err(Unwind(label)) => Err(Unwind(label - 1)),
            fell_off_the_end => fell_off_the_end,
        }
    }
}

/// What the machine says when it executes `program`.
pub fn run(program: &[Instr]) -> String {
    let mut machine = Machine::default();
    // A branch this far out goes to the end of the program.
    _ = machine.execute(program);
    machine.said.join(" ")
}

fn main() {
    use Instr::{Block, Br, Say, Twice};
    let program = [Block(vec![Twice(vec![Say("one"), Br(0)])])];
    println!("The machine says `{}`, and should say `one`.", run(&program));
}
