//! The machine: it executes instructions, one after the other.

use std::fmt::Display;

use trace::{Observer, Trail};

use crate::function::Frame;
use crate::trap::Exit;
use crate::{
    Body, Error, FuncIdx, Function, Import, Instr, LabelIdx, Memory, Stack,
    Trap, Unwind,
};

/// The bytes that a machine has for its variables.
const MEMORY_SIZE: usize = 65_536;

/// The most calls and labels that may be inside each other. Each takes room on
/// Rust's own stack, and that must not run out first: on some systems a program
/// begins with one megabyte, and a debug build needs some four kilobytes for
/// each.
const MAX_DEPTH: usize = 150;

/// A stack, a memory, imports, a program, and an observer.
pub struct Machine<'p, O> {
    /// The operand stack.
    pub stack: Stack,
    /// The memory.
    pub memory: Memory,
    imports: Vec<Import<'p>>,
    functions: &'p [Function],
    /// The trap that unwinds the machine.
    fault: Option<Error>,
    observer: O,
}

impl<'p, O: Observer> Machine<'p, O> {
    /// A machine for a program and its imports, with an empty stack and a
    /// memory of 65,536 bytes. The observer `()` watches nothing.
    pub fn new(
        imports: Vec<Import<'p>>,
        functions: &'p [Function],
        observer: O,
    ) -> Self {
        let (stack, memory) = (Stack::default(), Memory::new(MEMORY_SIZE));
        Machine { stack, memory, imports, functions, fault: None, observer }
    }

    /// Calls a function from outside, and returns its results; arguments that
    /// it does not take stay below them.
    ///
    /// # Errors
    /// The first trap, and the instruction that caused it.
    pub fn invoke(
        &mut self,
        function: FuncIdx,
        arguments: &[f64],
    ) -> Result<Vec<f64>, Error> {
        // A trap may have left operands behind.
        self.stack = Stack::default();
        arguments.iter().for_each(|argument| self.stack.push(*argument));
        // An unknown function, or too few arguments: there is no instruction
        // yet that could be the place.
        if let Err(Exit::Trap(trap)) = self.call(&Trail::default(), function) {
            return Err(trap.into());
        }
        // A call lets neither a branch nor a return through. So it has come to
        // its end, or a trap waits here.
        match self.fault.take() {
            None => Ok(self.stack.values().to_vec()),
            Some(error) => Err(error),
        }
    }

    /// Calls a function: takes its arguments off the stack, executes its body,
    /// leaves its results.
    fn call(&mut self, caller: &Trail, index: FuncIdx) -> Result<(), Exit> {
        if let Some(import) = self.imports.get_mut(index.0 as usize) {
            let outcome =
                (import.function)(&self.stack.pop_many(import.params)?);
            let result = outcome
                .map_err(|error| Trap::ImportFailed(import.name, error))?;
            result.into_iter().for_each(|result| self.stack.push(result));
            return Ok(());
        }
        let function =
            self.functions.get(index.0 as usize - self.imports.len());
        let function = function.ok_or(Trap::UnknownFunction(index))?;
        let mut locals = self.stack.pop_many(function.params)?;
        locals.resize(function.params + usize::from(function.locals), 0.0);
        let height = self.stack.values().len();
        let mut frame = Frame { trail: caller.call(function.name), locals };
        match self.execute(&mut frame, &function.body) {
            // A branch this far out goes to the end of the function.
            Ok(()) | Err(Unwind::Return | Unwind::Branch(LabelIdx(0))) => {}
            Err(unwind) => return Err(unwind.into()),
        }
        frame.trail.advance(function.body.len());
        let kept = self.stack.keep(function.results, height);
        kept.map_err(|trap| self.unwind(&frame, "end", trap).into())
    }

    /// Executes `body` under a label, and says whether a branch landed on it.
    /// The branch drops what was pushed meanwhile.
    fn label(
        &mut self,
        frame: &mut Frame,
        tag: &'static str,
        body: &Body,
    ) -> Result<bool, Unwind> {
        let height = self.stack.values().len();
        frame.trail.enter(tag);
        let outcome = self.execute(frame, &body.0);
        frame.trail.leave();
        match outcome {
            Ok(()) => Ok(false),
            Err(Unwind::Branch(LabelIdx(0))) => {
                self.stack.truncate(height);
                Ok(true)
            }
            Err(Unwind::Branch(LabelIdx(n))) => {
                Err(Unwind::Branch(LabelIdx(n - 1)))
            }
            Err(unwind) => Err(unwind),
        }
    }

    /// Executes `body` from its beginning to its end.
    fn execute(
        &mut self,
        frame: &mut Frame,
        body: &[Instr],
    ) -> Result<(), Unwind> {
        for (position, instr) in body.iter().enumerate() {
            frame.trail.advance(position);
            self.observer.step(|| {
                frame.trail.step(instr, self.stack.values(), &frame.locals)
            });
            self.step(frame, instr)
                .map_err(|exit| self.unwind(frame, instr, exit))?;
        }
        Ok(())
    }

    /// Unwinds because `instr` did not lead to the next one. If it has trapped,
    /// the reason waits here, with its place.
    fn unwind(
        &mut self,
        frame: &Frame,
        instr: impl Display,
        exit: impl Into<Exit>,
    ) -> Unwind {
        match exit.into() {
            Exit::Unwind(unwind) => unwind,
            Exit::Trap(trap) => {
                self.fault = Some(frame.trail.locate(trap, &instr));
                Unwind::Trap
            }
        }
    }

    /// Executes one instruction.
    fn step(&mut self, frame: &mut Frame, instr: &Instr) -> Result<(), Exit> {
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
                let (value, address) = (self.stack.pop()?, self.stack.pop()?);
                self.memory.store(address, value)?;
                self.observer.wrote(address as u64, &value.to_le_bytes());
            }
            Instr::LocalGet(local) => self.stack.push(*frame.local(*local)?),
            Instr::LocalSet(local) => {
                *frame.local(*local)? = self.stack.pop()?
            }
            Instr::Br(label) => return Err(frame.branch(*label)),
            Instr::BrIf(label) => {
                if self.stack.pop()? != 0.0 {
                    return Err(frame.branch(*label));
                }
            }
            Instr::Return => return Err(Unwind::Return.into()),
            // What is left goes one level deeper.
            _ if frame.trail.nesting() == MAX_DEPTH => {
                Err(Trap::CallStackExhausted)?
            }
            Instr::Call(function) => self.call(&frame.trail, *function)?,
            Instr::Block(body) => {
                self.label(frame, "block", body)?;
            }
            Instr::Loop(body) => while self.label(frame, "loop", body)? {},
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
