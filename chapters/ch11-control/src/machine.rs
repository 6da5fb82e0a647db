//! A machine in which a branch unwinds like an exception.
//!
//! Legend: `params` and `arity` are how many operands a label takes from
//! before its block, and how many a branch to it carries.
//!
//! Specification: Execution, Instructions, *Control Instructions*.

use ch07_values::Trap;
use ch09_module::{Control, Instr, LabelIdx};
use trace::Observer;

use crate::{Callee, Code, Core, Environment, Frame, Unwind, native};

/// A machine: its core, and the environment of the code, whose trees live for
/// `'code`.
pub struct Machine<'code, E, O> {
    core: &'code mut Core<O>,
    environment: E,
}

impl<'code, E, O> Machine<'code, E, O>
where
    E: Environment<'code, Code = Code>,
    O: Observer,
{
    /// A machine that is about to execute code in `environment`.
    pub fn new(core: &'code mut Core<O>, environment: E) -> Self {
        Machine { core, environment }
    }

    /// Calls a function, which takes its arguments from the stack and leaves
    /// its results there.
    ///
    /// # Errors
    ///
    /// The trap that the call ends in; [`Core::take_fault`] says where it came
    /// from.
    pub fn invoke(mut self, function: u32) -> Result<(), Trap> {
        match native::with_stack_for(self.core.limits(), || {
            self.call(None, function)
        }) {
            Ok(()) => Ok(()),
            Err(Unwind::Trap(trap)) => Err(trap),
            Err(unwind) => unreachable!("no call lets {unwind:?} out"),
        }
    }

    /// Executes a sequence until its end, or until something unwinds.
    fn execute(
        &mut self,
        frame: &Frame,
        body: &'code [Instr],
    ) -> Result<(), Unwind> {
        let mut instrs = body.iter();
        while let Some(instr) =
            self.core.plain(&mut self.environment, frame, &mut instrs)?
        {
            if let Err(unwind) = self.control(frame, instr) {
                if let Unwind::Trap(_) = unwind {
                    self.core.fault_at(frame, instr);
                }
                return Err(unwind);
            }
        }
        Ok(())
    }

    /// Executes an instruction that decides what is executed next.
    #[inline(always)]
    fn control(
        &mut self,
        frame: &Frame,
        instr: &'code Control,
    ) -> Result<(), Unwind> {
        match instr {
            Control::Block(block) => {
                let (params, results) =
                    self.environment.arity(frame.instance, block.ty);
                self.label("block", frame, params, results, &block.body)?;
            }
            Control::Loop(block) => {
                let (params, _) =
                    self.environment.arity(frame.instance, block.ty);
                while self.label("loop", frame, params, params, &block.body)? {
                    self.core.spend(1)?;
                }
            }
            Control::If(branches) => {
                let (params, results) =
                    self.environment.arity(frame.instance, branches.ty);
                let body = match self.core.pop() {
                    true => &branches.then,
                    false => &branches.otherwise,
                };
                self.label("if", frame, params, results, body)?;
            }
            Control::Br(label) => return Err(Unwind::Branch(*label)),
            Control::BrIf(label) => {
                if self.core.pop() {
                    return Err(Unwind::Branch(*label));
                }
            }
            Control::BrTable(table) => {
                let index: u32 = self.core.pop();
                let label = table.labels.get(index as usize);
                let label = label.unwrap_or(&table.default);
                return Err(Unwind::Branch(*label));
            }
            Control::Return => return Err(Unwind::Return),
            Control::Call(index) => {
                let function =
                    self.environment.function(frame.instance, *index);
                self.call(Some(frame.instance), function)?;
            }
            Control::CallIndirect(table, ty) => {
                let element = self.core.pop();
                let function = self.environment.element(
                    frame.instance,
                    *table,
                    element,
                    *ty,
                )?;
                self.call(Some(frame.instance), function)?;
            }
            Control::BrOnNull(_)
            | Control::BrOnNonNull(_)
            | Control::BrOnCast(_)
            | Control::BrOnCastFail(_)
            | Control::CallRef(_)
            | Control::TryTable(_)
            | Control::ReturnCall(_)
            | Control::ReturnCallRef(_)
            | Control::ReturnCallIndirect(..)
            | Control::Throw(_)
            | Control::ThrowRef => return Err(Unwind::Trap(Trap::NotYet)),
        }
        Ok(())
    }

    /// Executes `body` under a label and says whether a branch landed on it.
    /// The label takes `params` operands from before, and a branch to it
    /// carries `arity` of them.
    #[inline(always)]
    fn label(
        &mut self,
        name: &'static str,
        frame: &Frame,
        params: usize,
        arity: usize,
        body: &'code [Instr],
    ) -> Result<bool, Unwind> {
        let height = self.core.height() - params;
        self.core.down(name);
        let outcome = self.execute(frame, body);
        self.core.up();
        match outcome {
            Ok(()) => Ok(false),
            Err(Unwind::Branch(LabelIdx(0))) => {
                self.core.keep(&mut self.environment, arity, height);
                Ok(true)
            }
            Err(Unwind::Branch(LabelIdx(label))) => {
                Err(Unwind::Branch(LabelIdx(label - 1)))
            }
            Err(unwind) => Err(unwind),
        }
    }

    /// Calls a function: its body is under a label too, which also catches
    /// `return`.
    fn call(
        &mut self,
        caller: Option<u32>,
        function: u32,
    ) -> Result<(), Unwind> {
        let (instance, code) = match self.environment.callee(function) {
            Callee::Code { instance, code } => (instance, code),
            Callee::Host(host) => {
                self.core.spend(1)?;
                self.environment.call_host(host, caller, self.core)?;
                return Ok(());
            }
        };
        let frame = self.core.enter(
            &mut self.environment,
            function,
            instance,
            &code.shape,
        )?;
        let outcome = self.execute(&frame, &code.body);
        self.core.leave(&code.shape);
        match outcome {
            Ok(()) | Err(Unwind::Return | Unwind::Branch(LabelIdx(0))) => {
                let environment = &mut self.environment;
                self.core.keep(environment, code.shape.results, frame.base);
                Ok(())
            }
            Err(unwind) => Err(unwind),
        }
    }
}
