//! The machine: it executes instructions, one after the other.

use trace::{Observer, Trail};

use crate::function::Frame;
use crate::{Error, FuncIdx, Function, Instr, Memory, Stack, Trap};

/// The bytes that a machine has for its variables.
const MEMORY_SIZE: usize = 65_536;

/// The most calls that may be inside each other. Each takes room on Rust's own
/// stack, and that must not run out first: on some systems a program begins
/// with one megabyte, and a debug build needs some four kilobytes for each.
const MAX_DEPTH: usize = 150;

/// A stack, a memory, a program, and an observer.
pub struct Machine<'p, O> {
    /// The operand stack.
    pub stack: Stack,
    /// The memory.
    pub memory: Memory,
    functions: &'p [Function],
    observer: O,
}

impl<'p, O: Observer> Machine<'p, O> {
    /// A machine for a program, with an empty stack and a memory of 65,536
    /// bytes. The observer `()` watches nothing.
    pub fn new(functions: &'p [Function], observer: O) -> Self {
        let (stack, memory) = (Stack::default(), Memory::new(MEMORY_SIZE));
        Machine { stack, memory, functions, observer }
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
        self.call(&Trail::default(), function)?;
        Ok(self.stack.values().to_vec())
    }

    /// Calls a function: takes its arguments off the stack, executes its body,
    /// leaves its results.
    fn call(&mut self, caller: &Trail, index: FuncIdx) -> Result<(), Error> {
        let function = self.functions.get(index.0 as usize);
        let function = function.ok_or(Trap::UnknownFunction(index))?;
        let mut locals = self.stack.pop_many(function.params)?;
        locals.resize(function.params + usize::from(function.locals), 0.0);
        let height = self.stack.values().len();
        let mut frame = Frame { trail: caller.call(function.name), locals };
        self.execute(&mut frame, &function.body)?;
        frame.trail.advance(function.body.len());
        let kept = self.stack.keep(function.results, height);
        kept.map_err(|trap| frame.trail.locate(trap, &"end"))
    }

    /// Executes `body` from its beginning to its end.
    fn execute(
        &mut self,
        frame: &mut Frame,
        body: &[Instr],
    ) -> Result<(), Error> {
        for (position, instr) in body.iter().enumerate() {
            frame.trail.advance(position);
            self.observer.step(|| {
                frame.trail.step(instr, self.stack.values(), &frame.locals)
            });
            self.step(frame, instr)
                .map_err(|error| frame.trail.locate(error, instr))?;
        }
        Ok(())
    }

    /// Executes one instruction.
    fn step(&mut self, frame: &mut Frame, instr: &Instr) -> Result<(), Error> {
        match instr {
            Instr::Const(value) => self.stack.push(*value),
            Instr::Add => self.binary(|x, y| x + y)?,
            Instr::Mul => self.binary(|x, y| x * y)?,
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
            Instr::Call(_) if frame.trail.nesting() == MAX_DEPTH => {
                Err(Trap::CallStackExhausted)?
            }
            Instr::Call(function) => self.call(&frame.trail, *function)?,
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
