//! What every machine of this book has in common: everything but control.
//!
//! Legend: `params` and `arity` are how many operands a label takes from
//! before its block, and how many a branch to it carries; `height` and `base`
//! are heights of the stack.

use std::slice;

use bytemuck::allocation::try_zeroed_slice_box;
use ch07_values::{Operand, OperandStack, Trap};
use ch09_module::{Aggregate, Control, Instr, Memory, Parametric, Table};
use trace::Observer;

use crate::watch::{Level, describe, store};
use crate::{Environment, Shape};

/// What a machine keeps: the operand stack, what it may still use, and its
/// observer. It outlives the calls, so that the next one finds it ready.
#[derive(Debug)]
pub struct Core<O> {
    slots: Box<[u64]>,
    height: usize,
    limits: MachineLimits,
    fault: Option<Fault>,
    observer: O,
    /// The calls and labels that the machine is inside of. Kept only while it
    /// is watched.
    levels: Vec<Level>,
}

/// What a machine may use.
///
/// A call takes one from `calls` and, from `labels`, as many as the blocks of
/// its body nest deep. It gives both back when it ends. So the program and
/// these numbers decide where it traps, never the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineLimits {
    /// How many operands and locals all active calls may have together.
    pub operands: usize,
    /// How deep calls may nest.
    pub calls: usize,
    /// How deep blocks may nest, those of all active calls together.
    pub labels: usize,
    /// How much fuel there is, if it is counted: a call takes one, and so does
    /// a branch to a loop; a bulk instruction takes one for each byte or
    /// element that it asks for.
    pub fuel: Option<u64>,
}

impl Default for MachineLimits {
    /// On wasm32 no native stack can be made, so there the numbers are what a
    /// browser's stack holds.
    fn default() -> MachineLimits {
        let (calls, labels) = match cfg!(target_arch = "wasm32") {
            true => (600, 1_000),
            false => (10_000, 120_000),
        };
        MachineLimits { operands: 1 << 20, calls, labels, fuel: None }
    }
}

/// A call that is being executed.
///
/// Specification: Execution, Runtime Structure, *Activation Frames*.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The module instance that the function belongs to.
    pub instance: u32,
    /// The function.
    pub function: u32,
    /// Where its locals begin on the operand stack.
    pub base: usize,
    /// How many locals there are, parameters included.
    pub locals: usize,
}

/// Where a trap or an exception came from.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The call in which it happened.
    pub frame: Frame,
    /// The instruction, in the text format; empty for an exception.
    pub instr: String,
}

impl<O: Observer> Core<O> {
    /// A core with an empty operand stack. The slots are made when the first
    /// call needs them.
    pub fn new(limits: MachineLimits, observer: O) -> Core<O> {
        Core {
            slots: Box::default(),
            height: 0,
            limits,
            fault: None,
            observer,
            levels: Vec::new(),
        }
    }

    /// Empties the operand stack, and makes its slots if there are none yet.
    ///
    /// # Errors
    ///
    /// Traps with `call stack exhausted` if the system can't give so many.
    pub fn reset(&mut self) -> Result<(), Trap> {
        if self.slots.is_empty() {
            // There is always one, for the value of a constant expression.
            self.slots = try_zeroed_slice_box(self.limits.operands.max(1))
                .map_err(|()| Trap::CallStackExhausted)?;
        }
        self.height = 0;
        self.fault = None;
        Ok(())
    }

    /// What may still be used.
    pub fn limits(&self) -> MachineLimits {
        self.limits
    }

    /// Sets what may still be used.
    pub fn set_limits(&mut self, limits: MachineLimits) {
        self.limits = limits;
    }

    /// Sets how much fuel there is; does nothing where fuel is not counted.
    pub fn set_fuel(&mut self, fuel: u64) {
        self.limits.fuel = self.limits.fuel.map(|_| fuel);
    }

    /// The observer.
    pub fn observer(&self) -> &O {
        &self.observer
    }

    /// The observer, for changes.
    pub fn observer_mut(&mut self) -> &mut O {
        &mut self.observer
    }

    /// Where the last trap or exception came from. Asked once: then it is
    /// forgotten.
    pub fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    /// The operand stack.
    #[inline(always)]
    pub fn stack(&mut self) -> OperandStack<'_> {
        OperandStack::new(&mut self.slots, self.height)
    }

    /// The operand stack, the fuel and the observer, side by side.
    #[inline(always)]
    pub fn parts(&mut self) -> (OperandStack<'_>, &mut Option<u64>, &mut O) {
        (
            OperandStack::new(&mut self.slots, self.height),
            &mut self.limits.fuel,
            &mut self.observer,
        )
    }

    /// All slots, in use or not, and what may still be used.
    pub fn slots(&mut self) -> (&mut [u64], &mut MachineLimits) {
        (&mut self.slots, &mut self.limits)
    }

    /// Works on the operand stack.
    #[inline(always)]
    pub fn on_stack<T>(
        &mut self,
        work: impl FnOnce(&mut OperandStack) -> T,
    ) -> T {
        let mut stack = OperandStack::new(&mut self.slots, self.height);
        let outcome = work(&mut stack);
        self.height = stack.height();
        outcome
    }

    /// How many slots are in use.
    #[inline(always)]
    pub fn height(&self) -> usize {
        self.height
    }

    /// Drops all operands above a height.
    #[inline(always)]
    pub fn cut(&mut self, height: usize) {
        self.height = height;
    }

    /// Takes the top operand, read as a `T`.
    #[inline(always)]
    pub fn pop<T: Operand>(&mut self) -> T {
        self.height -= 1;
        T::from_slot(self.slots[self.height])
    }

    /// Puts an operand back that was just popped: there is a slot for it.
    #[inline(always)]
    pub fn put_back(&mut self, slot: u64) {
        self.slots[self.height] = slot;
        self.height += 1;
    }

    /// Executes instructions until one comes that decides what is executed
    /// next, and returns that one; or `None` at the end of the sequence.
    ///
    /// # Errors
    ///
    /// The trap that an instruction ends in.
    // Unoptimised it has a frame of 40 KB. Calls and blocks nest in its caller,
    // so there it must not be inlined.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn plain<'code, E: Environment<'code>>(
        &mut self,
        environment: &mut E,
        frame: &Frame,
        instrs: &mut slice::Iter<'code, Instr>,
    ) -> Result<Option<&'code Control>, Trap> {
        let mut stack = OperandStack::new(&mut self.slots, self.height);
        loop {
            let Some(instr) = instrs.next() else {
                self.height = stack.height();
                return Ok(None);
            };
            if O::WATCHES {
                Level::advance(&mut self.levels);
            }
            self.observer.step(|| {
                describe(environment, frame, &self.levels, instr, &stack)
            });
            let outcome = match instr {
                Instr::Control(control) => {
                    self.height = stack.height();
                    return Ok(Some(control));
                }
                Instr::Const(_, slot) => stack.push(*slot),
                Instr::LocalGet(local) => {
                    stack.push(stack.slot(frame.base + local.index()))
                }
                Instr::LocalSet(local) => {
                    let slot = stack.pop();
                    stack.set_slot(frame.base + local.index(), slot);
                    Ok(())
                }
                Instr::LocalTee(local) => {
                    let slot = stack.slot(stack.height() - 1);
                    stack.set_slot(frame.base + local.index(), slot);
                    Ok(())
                }
                Instr::Numeric(operator) => operator.execute(&mut stack),
                Instr::Parametric(instr) => {
                    execute_parametric(environment, instr, &mut stack)
                }
                Instr::Load(op, arg) => environment
                    .memory(frame.instance, arg.memory)
                    .load(*op, arg.offset, &mut stack),
                Instr::Store(op, arg) => {
                    let memory = environment.memory(frame.instance, arg.memory);
                    store(memory, *op, arg, &mut stack, &mut self.observer)
                }
                Instr::GlobalGet(global) => {
                    stack.push(*environment.global(frame.instance, *global))
                }
                Instr::GlobalSet(global) => {
                    *environment.global(frame.instance, *global) = stack.pop();
                    Ok(())
                }
                Instr::Memory(_)
                | Instr::Table(_)
                | Instr::Reference(_)
                | Instr::Aggregate(_)
                | Instr::Vector(_) => {
                    let fuel = &mut self.limits.fuel;
                    stack.lend(|stack| {
                        spend(fuel, bulk(instr, stack))?;
                        environment.execute(instr, frame, stack)
                    })
                }
            };
            if let Err(trap) = outcome {
                self.height = stack.height();
                self.fault_at(frame, instr);
                return Err(trap);
            }
        }
    }

    /// Begins a call: takes what it needs of the limits, and zeroes its
    /// locals. [`Core::leave`] gives it back.
    ///
    /// # Errors
    ///
    /// Traps where a limit is reached.
    #[inline(always)]
    pub fn enter<'code>(
        &mut self,
        environment: &mut impl Environment<'code>,
        function: u32,
        instance: u32,
        shape: &Shape,
    ) -> Result<Frame, Trap> {
        self.spend(1)?;
        let base = self.height - shape.params;
        let above = self.height + shape.locals;
        let (Some(calls), Some(labels), Some(locals)) = (
            self.limits.calls.checked_sub(1),
            self.limits.labels.checked_sub(shape.depth),
            self.slots.get_mut(self.height..above),
        ) else {
            return Err(Trap::CallStackExhausted);
        };
        if shape.locals > 0 {
            locals.fill(0);
            environment.cleared(self.height..above);
        }
        self.height = above;
        (self.limits.calls, self.limits.labels) = (calls, labels);
        self.down("func");
        let locals = shape.params + shape.locals;
        Ok(Frame { instance, function, base, locals })
    }

    /// Ends a call, however it ended.
    #[inline(always)]
    pub fn leave(&mut self, shape: &Shape) {
        self.up();
        self.limits.calls += 1;
        self.limits.labels += shape.depth;
    }

    /// Begins a call that a host function makes: it takes one from `calls`, so
    /// that a host function which calls itself comes to an end too.
    /// [`Core::end_callback`] gives it back.
    ///
    /// # Errors
    ///
    /// Traps where the limit is reached; then nothing is taken.
    pub fn begin_callback(&mut self) -> Result<(), Trap> {
        let calls = self.limits.calls.checked_sub(1);
        self.limits.calls = calls.ok_or(Trap::CallStackExhausted)?;
        Ok(())
    }

    /// Ends a call that a host function has made.
    pub fn end_callback(&mut self) {
        self.limits.calls += 1;
    }

    /// Takes fuel, where it is counted.
    ///
    /// # Errors
    ///
    /// Traps if there is not enough; then none is taken.
    #[inline(always)]
    pub fn spend(&mut self, fuel: u64) -> Result<(), Trap> {
        spend(&mut self.limits.fuel, fuel)
    }

    /// Takes the fuel that an instruction asks for, where it is counted.
    ///
    /// # Errors
    ///
    /// Traps if there is not enough; then none is taken.
    #[inline(always)]
    pub fn pay(&mut self, instr: &Instr) -> Result<(), Trap> {
        if self.limits.fuel.is_none() {
            return Ok(());
        }
        let fuel = bulk(instr, &self.stack());
        self.spend(fuel)
    }

    /// Keeps the top `count` operands and drops those between them and
    /// `height`.
    #[inline(always)]
    pub fn keep<'code>(
        &mut self,
        environment: &mut impl Environment<'code>,
        count: usize,
        height: usize,
    ) {
        environment.moved(self.height - count, count, height);
        self.on_stack(|stack| stack.keep(count, height));
    }

    /// The calls and labels that the machine is inside of, while it is watched.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// One level deeper, for the observer.
    #[inline(always)]
    pub fn down(&mut self, name: &'static str) {
        if O::WATCHES {
            self.levels.push(Level::new(name));
        }
    }

    /// One level up again.
    #[inline(always)]
    pub fn up(&mut self) {
        if O::WATCHES {
            self.levels.pop();
        }
    }

    /// Remembers where a trap came from, on its way out. The innermost place is
    /// the first to be told, and stays.
    #[cold]
    #[inline(never)]
    pub fn fault_at(&mut self, frame: &Frame, instr: &dyn std::fmt::Display) {
        if self.fault.is_none() {
            self.fault =
                Some(Fault { frame: *frame, instr: instr.to_string() });
        }
    }

    /// Remembers where an exception came from: only its function.
    #[cold]
    #[inline(never)]
    pub fn thrown_in(&mut self, frame: &Frame) {
        self.fault.get_or_insert(Fault { frame: *frame, instr: String::new() });
    }

    /// What was thrown has been caught: forgets where it came from.
    pub fn caught(&mut self) {
        self.fault = None;
    }
}

impl<O: Observer + Default> Default for Core<O> {
    fn default() -> Core<O> {
        Core::new(MachineLimits::default(), O::default())
    }
}

#[inline(always)]
fn spend(left: &mut Option<u64>, fuel: u64) -> Result<(), Trap> {
    if let Some(left) = left {
        *left = left.checked_sub(fuel).ok_or(Trap::OutOfFuel)?;
    }
    Ok(())
}

/// How many bytes or elements an instruction asks for: of a bulk instruction
/// that is the operand on top, of all others nothing. (What grows is limited by
/// other numbers.)
fn bulk(instr: &Instr, stack: &OperandStack) -> u64 {
    match instr {
        Instr::Memory(
            Memory::Fill(_) | Memory::Copy(..) | Memory::Init(..),
        )
        | Instr::Table(Table::Fill(_) | Table::Copy(..) | Table::Init(..))
        | Instr::Aggregate(
            Aggregate::ArrayNew(_)
            | Aggregate::ArrayNewDefault(_)
            | Aggregate::ArrayNewData(..)
            | Aggregate::ArrayNewElem(..)
            | Aggregate::ArrayFill(_)
            | Aggregate::ArrayCopy(..)
            | Aggregate::ArrayInitData(..)
            | Aggregate::ArrayInitElem(..),
        ) => stack.slot(stack.height() - 1),
        _ => 0,
    }
}

/// Specification: Execution, Instructions, *Parametric Instructions*.
///
/// # Errors
///
/// `unreachable` traps.
#[inline(always)]
fn execute_parametric<'code>(
    environment: &mut impl Environment<'code>,
    instr: &Parametric,
    stack: &mut OperandStack,
) -> Result<(), Trap> {
    match instr {
        Parametric::Nop => Ok(()),
        Parametric::Unreachable => Err(Trap::Unreachable),
        Parametric::Drop => {
            stack.pop::<u64>();
            Ok(())
        }
        Parametric::Select | Parametric::SelectTyped(_) => {
            let first: bool = stack.pop();
            if !first {
                environment.moved(stack.height() - 1, 1, stack.height() - 2);
            }
            let (x, y): (u64, u64) = stack.pop();
            stack.push(if first { x } else { y })
        }
    }
}
