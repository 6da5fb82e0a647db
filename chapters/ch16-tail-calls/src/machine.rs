//! The core of chapter 11 once more, with one variant and one arm: a machine in which a tail call unwinds to the call that it ends.
//!
//! Legend: `'code` is how long the code lives; `params` and `arity` are how many operands a label
//! takes from before its block, and how many a branch to it carries; `height` and `base` are heights
//! of the stack.
//!
//! Specification: Execution, Instructions, *Control Instructions*.

use ch07_values::{Operand, OperandStack, Trap};
use ch09_module::{BlockType, Control, Instr, LabelIdx};
use ch11_control::native::{Stretch, on_own_stretch};
use ch11_control::watch::{Level, describe, store};
use ch11_control::{Callee, Decision, Environment, Fault, Frame, MAX_DEPTH, execute_parametric};
use trace::Observer;

use crate::Unwind;

/// A machine: an operand stack, the environment of the code, and somebody who may watch.
pub struct Machine<'code, E: Environment<'code>, O> {
    environment: E,
    slots: Box<[u64]>,
    height: usize,
    depth: usize,
    max_depth: usize,
    stretch: Stretch,
    fault: Option<Fault<'code, E::Instance>>,
    /// Who is called next, while a tail call is on its way.
    next: Option<Callee<'code, E::Instance>>,
    observer: O,
    /// The calls and labels that the machine is inside of. Kept only while somebody watches.
    levels: Vec<Level>,
}

impl<'code, E: Environment<'code>, O: Observer + Send> Machine<'code, E, O> {
    /// A machine that is about to execute code in `environment`, on a stack of these slots, of which
    /// the first `height` hold the arguments.
    pub fn new(environment: E, slots: Box<[u64]>, height: usize, observer: O) -> Self {
        Machine {
            environment,
            slots,
            height,
            depth: 0,
            max_depth: MAX_DEPTH,
            stretch: Stretch::borrowed(),
            fault: None,
            next: None,
            observer,
            levels: Vec::new(),
        }
    }

    /// The same machine, in which calls and blocks may nest so deep, all together.
    pub fn with_max_depth(self, max_depth: usize) -> Self {
        Machine { max_depth, ..self }
    }

    /// Calls a function, which takes its arguments from the stack and leaves its results there.
    ///
    /// # Errors
    ///
    /// The trap that the call ends in; [`Machine::fault`] says where it came from.
    pub fn invoke(&mut self, callee: Callee<'code, E::Instance>) -> Result<(), Trap> {
        match self.call(callee) {
            Ok(()) => Ok(()),
            Err(Unwind::Trap(trap)) => Err(trap),
            Err(unwind) => {
                unreachable!("a call catches everything but traps, and this is {unwind:?}")
            }
        }
    }

    /// Where the last trap came from.
    pub fn fault(&self) -> Option<Fault<'code, E::Instance>> {
        self.fault
    }

    /// The environment and the slots of the stack, to be used again.
    pub fn into_parts(self) -> (E, Box<[u64]>) {
        (self.environment, self.slots)
    }

    /// Executes a sequence until its end, or until something unwinds.
    fn execute(&mut self, frame: &Frame<E::Instance>, body: &'code [Instr]) -> Result<(), Unwind> {
        let mut instrs = body.iter();
        loop {
            // The stack is lent to the plain instructions until one comes that decides what is next.
            let mut stack = OperandStack::new(&mut self.slots, self.height);
            let (instr, control) = loop {
                let Some(instr) = instrs.next() else {
                    self.height = stack.height();
                    return Ok(());
                };
                if O::WATCHES {
                    Level::advance(&mut self.levels, body.len() - instrs.len() - 1);
                }
                self.observer
                    .step(|| describe(&self.environment, frame, &self.levels, instr, &stack));
                if O::LIMITS && self.observer.is_exhausted() {
                    return Err(self.trapped(frame, instr, Trap::OutOfFuel));
                }
                let outcome = match instr {
                    Instr::Control(control) => break (instr, control),
                    Instr::Const(_, slot) => stack.push(*slot),
                    Instr::LocalGet(local) => stack.push(stack.slot(frame.base + local.index())),
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
                        execute_parametric(&mut self.environment, instr, &mut stack)
                    }
                    Instr::Load(op, arg) => {
                        let memory = self.environment.memory(frame.instance, arg.memory);
                        memory.load(*op, arg.offset, &mut stack)
                    }
                    Instr::Store(op, arg) => {
                        let memory = self.environment.memory(frame.instance, arg.memory);
                        store(memory, *op, arg, &mut stack, &mut self.observer)
                    }
                    Instr::GlobalGet(global) => {
                        stack.push(*self.environment.global(frame.instance, *global))
                    }
                    Instr::GlobalSet(global) => {
                        *self.environment.global(frame.instance, *global) = stack.pop();
                        Ok(())
                    }
                    Instr::Memory(_)
                    | Instr::Table(_)
                    | Instr::Reference(_)
                    | Instr::Aggregate(_)
                    | Instr::Vector(_) => {
                        stack.lend(|stack| self.environment.execute(instr, frame, stack))
                    }
                };
                if let Err(trap) = outcome {
                    return Err(self.trapped(frame, instr, trap));
                }
            };
            self.height = stack.height();
            if let Err(unwind) = self.control(frame, control) {
                return Err(match unwind {
                    Unwind::Trap(trap) => self.trapped(frame, instr, trap),
                    unwind => unwind,
                });
            }
        }
    }

    /// Executes an instruction that decides what is executed next.
    #[inline(always)]
    fn control(&mut self, frame: &Frame<E::Instance>, instr: &'code Control) -> Result<(), Unwind> {
        match instr {
            Control::Block(block) => {
                self.label("block", frame, self.arity(frame, block.ty), &block.body)?;
            }
            Control::Loop(block) => {
                let (params, _) = self.arity(frame, block.ty);
                while self.label("loop", frame, (params, params), &block.body)? {}
            }
            Control::If(branches) => {
                let body = if self.pop() { &branches.then } else { &branches.otherwise };
                self.label("if", frame, self.arity(frame, branches.ty), body)?;
            }
            Control::Br(label) => return Err(Unwind::Branch(*label)),
            Control::BrIf(label) => {
                if self.pop() {
                    return Err(Unwind::Branch(*label));
                }
            }
            Control::BrTable(table) => {
                let index: u32 = self.pop();
                let label = table.labels.get(index as usize).unwrap_or(&table.default);
                return Err(Unwind::Branch(*label));
            }
            Control::Return => return Err(Unwind::Return),
            Control::Call(function) => {
                self.call(self.environment.function(frame.instance, *function))?
            }
            Control::CallIndirect(table, ty) => {
                let element = self.pop();
                self.call(self.environment.element(frame.instance, *table, element, *ty)?)?;
            }
            Control::ReturnCall(function) => {
                let callee = self.environment.function(frame.instance, *function);
                return self.tail_call(frame, callee);
            }
            Control::ReturnCallIndirect(table, ty) => {
                let element = self.pop();
                let callee = self.environment.element(frame.instance, *table, element, *ty)?;
                return self.tail_call(frame, callee);
            }
            Control::BrOnNull(_)
            | Control::BrOnNonNull(_)
            | Control::BrOnCast(_)
            | Control::BrOnCastFail(_)
            | Control::CallRef(_)
            | Control::ReturnCallRef(_) => match self.decide(frame, instr)? {
                Decision::Next => {}
                Decision::Branch(label) => return Err(Unwind::Branch(label)),
                Decision::Call(callee) if matches!(instr, Control::ReturnCallRef(_)) => {
                    return self.tail_call(frame, callee);
                }
                Decision::Call(callee) => self.call(callee)?,
            },
            Control::TryTable(_) | Control::Throw(_) | Control::ThrowRef => {
                return Err(Unwind::Trap(Trap::NotYet));
            }
        }
        Ok(())
    }

    /// Executes `body` under a label and says whether a branch landed on it. The label takes `params` operands
    /// from before, and a branch to it carries `arity` of them.
    #[inline(always)]
    fn label(
        &mut self,
        name: &'static str,
        frame: &Frame<E::Instance>,
        (params, arity): (usize, usize),
        body: &'code [Instr],
    ) -> Result<bool, Unwind> {
        let height = self.height - params;
        match self.deeper(name, frame, body) {
            Ok(()) => Ok(false),
            Err(Unwind::Branch(LabelIdx(0))) => {
                self.keep(arity, height);
                Ok(true)
            }
            Err(Unwind::Branch(LabelIdx(label))) => Err(Unwind::Branch(LabelIdx(label - 1))),
            Err(unwind) => Err(unwind),
        }
    }

    /// Calls a function. Where that ends in a tail call, it calls the next one, and so on: whatever the last one leaves is what
    /// this call leaves.
    fn call(&mut self, mut callee: Callee<'code, E::Instance>) -> Result<(), Unwind> {
        loop {
            match self.enter(callee) {
                Err(Unwind::TailCall) => {
                    callee = self.next.take().expect("a tail call says who is next");
                }
                outcome => return outcome,
            }
        }
    }

    /// Leaves the current call, so that `callee` is called instead: its arguments go where the locals are, which nobody needs any more.
    fn tail_call(
        &mut self,
        frame: &Frame<E::Instance>,
        callee: Callee<'code, E::Instance>,
    ) -> Result<(), Unwind> {
        let Callee::Code { code, .. } = callee else {
            // A function of the host is never deep: it has come back before this call returns.
            self.call(callee)?;
            return Err(Unwind::Return);
        };
        self.keep(code.params, frame.base);
        self.next = Some(callee);
        Err(Unwind::TailCall)
    }

    /// Enters a function: its body is under a label too, which also catches `return`.
    #[inline(always)]
    fn enter(&mut self, callee: Callee<'code, E::Instance>) -> Result<(), Unwind> {
        let (function, instance, code) = match callee {
            Callee::Code { function, instance, code } => (function, instance, code),
            Callee::Host(function) => {
                let mut stack = OperandStack::new(&mut self.slots, self.height);
                self.environment.call_host(function, &mut stack)?;
                self.height = stack.height();
                return Ok(());
            }
        };
        let base = self.height - code.params;
        let locals = self.slots.get_mut(self.height..self.height + code.locals);
        locals.ok_or(Trap::CallStackExhausted)?.fill(0);
        self.environment.cleared(self.height..self.height + code.locals);
        self.height += code.locals;
        let frame = Frame { instance, function, base, locals: code.params + code.locals };
        match self.deeper("func", &frame, &code.body) {
            Ok(()) | Err(Unwind::Return | Unwind::Branch(LabelIdx(0))) => {
                self.keep(code.results, base)
            }
            Err(unwind) => return Err(unwind),
        }
        Ok(())
    }

    /// Executes a body one level deeper, on a new stretch of native stack where the old one is used up.
    #[inline(always)]
    fn deeper(
        &mut self,
        name: &'static str,
        frame: &Frame<E::Instance>,
        body: &'code [Instr],
    ) -> Result<(), Unwind> {
        if self.depth >= self.max_depth {
            return Err(Unwind::Trap(Trap::CallStackExhausted));
        }
        self.depth += 1;
        if O::WATCHES {
            self.levels.push(Level::new(name));
        }
        let outcome = match self.stretch.is_used_up() {
            false => self.execute(frame, body),
            true => self.stretched(frame, body),
        };
        if O::WATCHES {
            self.levels.pop();
        }
        self.depth -= 1;
        outcome
    }

    #[cold]
    #[inline(never)]
    fn stretched(
        &mut self,
        frame: &Frame<E::Instance>,
        body: &'code [Instr],
    ) -> Result<(), Unwind> {
        let old = self.stretch;
        let outcome = on_own_stretch(|stretch| {
            self.stretch = stretch;
            self.execute(frame, body)
        });
        self.stretch = old;
        outcome.unwrap_or(Err(Unwind::Trap(Trap::CallStackExhausted)))
    }

    /// What the environment decides of an instruction that depends on a reference.
    #[inline(never)]
    fn decide(
        &mut self,
        frame: &Frame<E::Instance>,
        instr: &'code Control,
    ) -> Result<Decision<'code, E::Instance>, Trap> {
        let mut stack = OperandStack::new(&mut self.slots, self.height);
        let decision = self.environment.decide(instr, frame.instance, &mut stack)?;
        self.height = stack.height();
        Ok(decision)
    }

    /// Keeps the top `count` operands and drops those between them and `height`.
    #[inline(always)]
    fn keep(&mut self, count: usize, height: usize) {
        let from = self.height - count;
        match count {
            0 => {}
            1 => self.slots[height] = self.slots[from],
            _ => self.slots.copy_within(from..self.height, height),
        }
        self.environment.moved(from, count, height);
        self.height = height + count;
    }

    #[inline(always)]
    fn pop<T: Operand>(&mut self) -> T {
        self.height -= 1;
        T::from_slot(self.slots[self.height])
    }

    /// How many operands a block takes, and how many it leaves.
    #[inline(always)]
    fn arity(&self, frame: &Frame<E::Instance>, ty: BlockType) -> (usize, usize) {
        match ty {
            BlockType::Empty => (0, 0),
            BlockType::Value(_) => (0, 1),
            BlockType::Func(index) => {
                let ty = self.environment.func_type(frame.instance, index);
                (ty.params.len(), ty.results.len())
            }
        }
    }

    /// Remembers where a trap came from, on its way out: the innermost place is the first to say so.
    #[cold]
    #[inline(never)]
    fn trapped(&mut self, frame: &Frame<E::Instance>, instr: &'code Instr, trap: Trap) -> Unwind {
        self.fault.get_or_insert(Fault { frame: *frame, instr });
        Unwind::Trap(trap)
    }
}
