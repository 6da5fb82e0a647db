//! A branch is a flag that everybody has to ask for. Make it an error that `?`
//! passes on.

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
    /// The flag: there is a branch on its way, and this many labels are to be
    /// passed.
    branching: Option<usize>,
}

impl Machine {
    /// Executes `body` from its beginning to its end.
    fn execute(&mut self, body: &[Instr]) {
        for instr in body {
            self.step(instr);
            if self.branching.is_some() {
                return;
            }
        }
    }

    /// Executes one instruction.
    fn step(&mut self, instr: &Instr) {
        match instr {
            Instr::Say(word) => self.said.push(word),
            Instr::Block(body) => self.block(body),
            Instr::Twice(body) => {
                self.execute(body);
                self.execute(body);
            }
            Instr::Br(label) => self.branching = Some(*label),
        }
    }

    /// Executes `body` under a label.
    fn block(&mut self, body: &[Instr]) {
        self.execute(body);
        if let Some(label) = self.branching {
            // Label 0 has arrived, and the flag goes down. Any other has one
            // label less to go.
            self.branching = label.checked_sub(1);
        }
    }
}

/// What the machine says when it executes `program`.
pub fn run(program: &[Instr]) -> String {
    let mut machine = Machine::default();
    machine.execute(program);
    machine.said.join(" ")
}

fn main() {
    use Instr::{Block, Br, Say, Twice};
    let program = [Block(vec![Twice(vec![Say("one"), Br(0)])])];
    println!("The machine says `{}`, and should say `one`.", run(&program));
}
