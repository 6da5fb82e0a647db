//! A small machine with tail calls, each of which leaves a call behind.

/// How deep calls may nest.
pub const MAX_DEPTH: usize = 100;

/// What a function consists of.
pub enum Instr {
    /// Counts one down.
    Down,
    /// Counts two up.
    UpTwo,
    /// Returns if the counter is 0.
    ReturnIfZero,
    /// Calls a function.
    Call(usize),
    /// Calls a function instead of this one.
    ReturnCall(usize),
}

/// Why execution left a function before its end.
pub enum Unwind {
    /// Caught by the current call.
    Return,
    /// Caught by the current call, which runs the callee instead.
    TailCall(usize),
    /// Caught by nobody: calls are nested too deep.
    Exhausted,
}

/// A machine with a counter.
pub struct Machine {
    /// Its functions.
    pub functions: Vec<Vec<Instr>>,
    /// The counter.
    pub counter: u32,
    /// How deep it is.
    pub depth: usize,
    /// How deep it has been.
    pub deepest: usize,
}

impl Machine {
    /// Calls a function.
    pub fn call(&mut self, function: usize) -> Result<(), Unwind> {
        if self.depth == MAX_DEPTH {
            return Err(Unwind::Exhausted);
        }
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        let outcome = match self.execute(function) {
            Ok(()) | Err(Unwind::Return) => Ok(()),
            Err(Unwind::TailCall(callee)) => self.call(callee),
            Err(Unwind::Exhausted) => Err(Unwind::Exhausted),
        };
        self.depth -= 1;
        outcome
    }

    fn execute(&mut self, function: usize) -> Result<(), Unwind> {
        for position in 0..self.functions[function].len() {
            match self.functions[function][position] {
                Instr::Down => self.counter -= 1,
                Instr::UpTwo => self.counter += 2,
                Instr::ReturnIfZero if self.counter == 0 => {
                    return Err(Unwind::Return);
                }
                Instr::ReturnIfZero => {}
                Instr::Call(callee) => self.call(callee)?,
                Instr::ReturnCall(callee) => {
                    return Err(Unwind::TailCall(callee));
                }
            }
        }
        Ok(())
    }
}

fn main() {
    let functions =
        vec![vec![Instr::ReturnIfZero, Instr::Down, Instr::ReturnCall(0)]];
    let mut machine = Machine { functions, counter: 50, depth: 0, deepest: 0 };
    let outcome = machine.call(0).is_ok();
    println!("50 turns: {outcome}, and it was {} levels deep", machine.deepest);
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
