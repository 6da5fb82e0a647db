//! The machine: it executes instructions, one after the other.

use trace::{Observer, Place, Step, numbers};

use crate::frame::{Frame, Label};
use crate::{Error, FuncIdx, Function, Instr, LabelIdx, Memory, Stack, Trap, Unwind};

/// The bytes that a machine has for its variables.
const MEMORY_SIZE: usize = 65_536;

/// The most calls and labels that may be inside each other. Each takes room on Rust's own stack, and that must not run out first:
/// on some systems a program begins with one megabyte, and a debug build needs some four kilobytes for each.
const MAX_DEPTH: usize = 150;

/// A stack, a memory, a program, and somebody who watches.
pub struct Machine<'p, O> {
    /// The operand stack.
    pub stack: Stack,
    /// The memory.
    pub memory: Memory,
    functions: &'p [Function],
    /// How many calls and labels we are inside.
    depth: usize,
    observer: O,
}

impl<'p, O: Observer> Machine<'p, O> {
    /// A machine for a program, with an empty stack and a memory of 65,536 bytes. The observer `()` watches nothing.
    pub fn new(functions: &'p [Function], observer: O) -> Self {
        Machine {
            stack: Stack::default(),
            memory: Memory::new(MEMORY_SIZE),
            functions,
            depth: 0,
            observer,
        }
    }

    /// Calls a function from outside, and returns its results; arguments that it does not take stay below them.
    ///
    /// # Errors
    /// The first trap, and the instruction that caused it.
    pub fn invoke(&mut self, function: FuncIdx, arguments: &[f64]) -> Result<Vec<f64>, Error> {
        // A trap may have left operands behind.
        self.stack = Stack::default();
        for argument in arguments {
            self.stack.push(*argument);
        }
        match self.call(0, function) {
            Err(Unwind::Trap(error)) => Err(*error),
            // A call lets neither a branch nor a return through.
            _ => Ok(self.stack.values().to_vec()),
        }
    }

    /// Calls a function: takes its arguments off the stack, executes its body, leaves its results.
    fn call(&mut self, depth: usize, function: FuncIdx) -> Result<(), Unwind> {
        let function =
            self.functions.get(function.0 as usize).ok_or(Trap::UnknownFunction(function))?;
        let mut locals = self.stack.pop_many(function.params)?;
        locals.resize(function.params + usize::from(function.locals), 0.0);
        let height = self.stack.values().len();
        let mut frame = Frame { depth, function: function.name, locals, labels: Vec::new() };
        match self.label(&mut frame, function.name, function.results, &function.body) {
            Ok(_) | Err(Unwind::Return) => {}
            Err(unwind) => return Err(unwind),
        }
        let end = || Place::new(function.name, [function.body.len()]);
        let kept = self.stack.keep(function.results, height);
        kept.map_err(|trap| Unwind::from(trap).at(end, &"end"))
    }

    /// Executes `body` under a label, and says whether a branch landed on it. The branch leaves `results` operands, and of the others
    /// only those that were there before.
    fn label(
        &mut self,
        frame: &mut Frame,
        name: &'static str,
        results: usize,
        body: &[Instr],
    ) -> Result<bool, Unwind> {
        if self.depth == MAX_DEPTH {
            return Err(Trap::CallStackExhausted.into());
        }
        let height = self.stack.values().len();
        frame.labels.push(Label { name, position: 0 });
        self.depth += 1;
        let outcome = self.execute(frame, body);
        self.depth -= 1;
        frame.labels.pop();
        match outcome {
            Ok(()) => Ok(false),
            Err(Unwind::Branch(LabelIdx(0))) => {
                self.stack.keep(results, height)?;
                Ok(true)
            }
            Err(Unwind::Branch(LabelIdx(n))) => Err(Unwind::Branch(LabelIdx(n - 1))),
            Err(unwind) => Err(unwind),
        }
    }

    /// Executes `body` from its beginning to its end.
    fn execute(&mut self, frame: &mut Frame, body: &[Instr]) -> Result<(), Unwind> {
        for (position, instr) in body.iter().enumerate() {
            frame.advance(position);
            self.observer.step(|| Step {
                depth: frame.depth,
                place: frame.place(),
                instruction: instr.to_string(),
                stack: numbers(self.stack.values()),
                locals: numbers(&frame.locals),
                labels: frame.labels.iter().map(|label| label.name.into()).collect(),
                ..Step::default()
            });
            self.step(frame, instr).map_err(|unwind| unwind.at(|| frame.place(), instr))?;
        }
        Ok(())
    }

    /// Executes one instruction.
    fn step(&mut self, frame: &mut Frame, instr: &Instr) -> Result<(), Unwind> {
        match instr {
            Instr::Const(value) => self.stack.push(*value),
            Instr::Add => self.binary(|x, y| x + y)?,
            Instr::Mul => self.binary(|x, y| x * y)?,
            Instr::Eq => self.binary(|x, y| f64::from(x == y))?,
            Instr::Lt => self.binary(|x, y| f64::from(x < y))?,
            Instr::Gt => self.binary(|x, y| f64::from(x > y))?,
            Instr::Le => self.binary(|x, y| f64::from(x <= y))?,
            Instr::Ge => self.binary(|x, y| f64::from(x >= y))?,
            Instr::Load => {
                let address = self.stack.pop()?;
                self.stack.push(self.memory.load(address)?);
            }
            Instr::Store => {
                let value = self.stack.pop()?;
                let address = self.stack.pop()?;
                self.memory.store(address, value)?;
                self.observer.wrote(address as u64, &value.to_le_bytes());
            }
            Instr::LocalGet(local) => self.stack.push(*frame.local(*local)?),
            Instr::LocalSet(local) => *frame.local(*local)? = self.stack.pop()?,
            Instr::Call(function) => self.call(frame.depth + 1, *function)?,
            Instr::Block(body) => _ = self.label(frame, "block", 0, &body.0)?,
            Instr::Loop(body) => while self.label(frame, "loop", 0, &body.0)? {},
            Instr::Br(label) => return Err(frame.branch(*label)),
            Instr::BrIf(label) => {
                if self.stack.pop()? != 0.0 {
                    return Err(frame.branch(*label));
                }
            }
            Instr::Return => return Err(Unwind::Return),
        }
        Ok(())
    }

    /// Replaces the two operands on top by what `operator` makes of them. The second operand is the one on top.
    fn binary(&mut self, operator: fn(f64, f64) -> f64) -> Result<(), Trap> {
        let y = self.stack.pop()?;
        let x = self.stack.pop()?;
        self.stack.push(operator(x, y));
        Ok(())
    }
}
