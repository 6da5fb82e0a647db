//! The machine of chapter 16 once more, with one variant and one handler: a
//! catch is a branch.
//!
//! Legend: `params` and `arity` are how many operands a label takes from
//! before its block, and how many a branch to it carries.
//!
//! Specification: Execution, Instructions, *Control Instructions*.

use annex_embedding::{FuncAddr, NULL, function_of};
use ch07_values::Trap;
use ch09_module::{BrOnCast, Control, Instr, LabelIdx, TryTable};
use ch11_control::{Callee, Code, Core, Environment, Frame, native};
use ch12_instance::{StoreView, Uncaught};
use ch15_references::is_of;
use trace::Observer;

use crate::{HasExceptions, Unwind, catch, throw};

/// A machine: its core, and the store that it works on.
pub struct Machine<'store, L: HasExceptions, O> {
    core: &'store mut Core<O>,
    here: StoreView<'store, L>,
}

impl<'store, L: HasExceptions<Code = Code>, O: Observer> Machine<'store, L, O> {
    /// A machine that is about to execute code in a store.
    pub fn new(core: &'store mut Core<O>, here: StoreView<'store, L>) -> Self {
        Machine { core, here }
    }

    /// Calls a function, which takes its arguments from the stack and leaves
    /// its results there.
    ///
    /// # Errors
    ///
    /// The trap or the exception that the call ends in; [`Core::take_fault`]
    /// says where it came from.
    pub fn invoke(mut self, function: FuncAddr) -> Result<(), Uncaught> {
        match native::with_stack_for(self.core.limits(), || {
            self.call(None, function.0)
        }) {
            Ok(()) => Ok(()),
            Err(Unwind::Trap(trap)) => Err(Uncaught::Trap(trap)),
            Err(Unwind::Throw(exn)) => {
                Err(self.here.layer.exceptions().uncaught(exn))
            }
            Err(unwind) => unreachable!("no call lets {unwind:?} out"),
        }
    }

    /// Executes a sequence until its end, or until something unwinds.
    fn execute(
        &mut self,
        frame: &Frame,
        body: &'store [Instr],
    ) -> Result<(), Unwind> {
        let mut instrs = body.iter();
        while let Some(instr) =
            self.core.plain(&mut self.here, frame, &mut instrs)?
        {
            if let Err(unwind) = self.control(frame, instr) {
                match unwind {
                    Unwind::Trap(_) => self.core.fault_at(frame, instr),
                    Unwind::Throw(_) => self.core.thrown_in(frame),
                    _ => {}
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
        instr: &'store Control,
    ) -> Result<(), Unwind> {
        match instr {
            Control::Block(block) => {
                let (params, results) =
                    self.here.arity(frame.instance, block.ty);
                self.label("block", frame, params, results, &block.body)?;
            }
            Control::Loop(block) => {
                let (params, _) = self.here.arity(frame.instance, block.ty);
                while self.label("loop", frame, params, params, &block.body)? {
                    self.core.spend(1)?;
                }
            }
            Control::If(branches) => {
                let (params, results) =
                    self.here.arity(frame.instance, branches.ty);
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
                let function = self.here.function(frame.instance, *index);
                self.call(Some(frame.instance), function)?;
            }
            Control::CallIndirect(table, ty) => {
                let element = self.core.pop();
                let function =
                    self.here.element(frame.instance, *table, element, *ty)?;
                self.call(Some(frame.instance), function)?;
            }
            Control::BrOnNull(label) => {
                let reference = self.core.pop();
                if reference == NULL {
                    return Err(Unwind::Branch(*label));
                }
                self.core.put_back(reference);
            }
            Control::BrOnNonNull(label) => {
                let reference = self.core.pop();
                if reference != NULL {
                    self.core.put_back(reference);
                    return Err(Unwind::Branch(*label));
                }
            }
            Control::BrOnCast(cast) => {
                if self.is_of(frame, cast) {
                    return Err(Unwind::Branch(cast.label));
                }
            }
            Control::BrOnCastFail(cast) => {
                if !self.is_of(frame, cast) {
                    return Err(Unwind::Branch(cast.label));
                }
            }
            Control::CallRef(_) => {
                let function = function_of(self.core.pop());
                let function = function.ok_or(Trap::NullFunctionReference)?;
                self.call(Some(frame.instance), function.0)?;
            }
            Control::ReturnCall(index) => {
                let function = self.here.function(frame.instance, *index);
                return self.tail_call(frame, function);
            }
            Control::ReturnCallIndirect(table, ty) => {
                let element = self.core.pop();
                let function =
                    self.here.element(frame.instance, *table, element, *ty)?;
                return self.tail_call(frame, function);
            }
            Control::ReturnCallRef(_) => {
                let function = function_of(self.core.pop());
                let function = function.ok_or(Trap::NullFunctionReference)?;
                return self.tail_call(frame, function.0);
            }
            Control::Throw(tag) => {
                let (core, here) = (&mut *self.core, &mut self.here);
                return Err(Unwind::Throw(throw(core, here, frame, *tag)?));
            }
            Control::ThrowRef => {
                let reference = self.core.pop();
                let exceptions = self.here.layer.exceptions();
                return Err(Unwind::Throw(exceptions.referent(reference)?));
            }
            Control::TryTable(handled) => self.handler(frame, handled)?,
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
        body: &'store [Instr],
    ) -> Result<bool, Unwind> {
        let height = self.core.height() - params;
        self.core.down(name);
        let outcome = self.execute(frame, body);
        self.core.up();
        match outcome {
            Ok(()) => Ok(false),
            Err(Unwind::Branch(LabelIdx(0))) => {
                self.core.keep(&mut self.here, arity, height);
                Ok(true)
            }
            Err(Unwind::Branch(LabelIdx(label))) => {
                Err(Unwind::Branch(LabelIdx(label - 1)))
            }
            Err(unwind) => Err(unwind),
        }
    }

    /// Executes a `try_table`: its body under a label, and around both a
    /// handler, which catches exceptions.
    #[inline(never)]
    fn handler(
        &mut self,
        frame: &Frame,
        handled: &'store TryTable,
    ) -> Result<(), Unwind> {
        let (params, results) = self.here.arity(frame.instance, handled.ty);
        let height = self.core.height() - params;
        match self.label("try_table", frame, params, results, &handled.body) {
            Err(Unwind::Throw(exn)) => {
                self.core.cut(height);
                let (core, here) = (&mut *self.core, &mut self.here);
                Err(catch(core, here, frame, &handled.catches, exn)?)
            }
            outcome => outcome.map(|_| ()),
        }
    }

    /// Calls a function: its body is under a label too, which also catches
    /// `return`. If the body ends in a tail call, the next function is called
    /// in its place, and the results of the last one are this call's results.
    fn call(
        &mut self,
        caller: Option<u32>,
        mut function: u32,
    ) -> Result<(), Unwind> {
        loop {
            let (instance, code) = match self.here.callee(function) {
                Callee::Code { instance, code } => (instance, code),
                Callee::Host(host) => {
                    self.core.spend(1)?;
                    self.here.call_host(host, caller, self.core)?;
                    return Ok(());
                }
            };
            let frame = self.core.enter(
                &mut self.here,
                function,
                instance,
                &code.shape,
            )?;
            let outcome = self.execute(&frame, &code.body);
            self.core.leave(&code.shape);
            match outcome {
                Ok(()) | Err(Unwind::Return | Unwind::Branch(LabelIdx(0))) => {
                    self.core.keep(
                        &mut self.here,
                        code.shape.results,
                        frame.base,
                    );
                    return Ok(());
                }
                Err(Unwind::TailCall(next)) => function = next,
                Err(unwind) => return Err(unwind),
            }
        }
    }

    /// Leaves the current call, so that `function` is called instead. Its
    /// arguments move to where the locals are, which nobody needs any more.
    fn tail_call(
        &mut self,
        frame: &Frame,
        function: u32,
    ) -> Result<(), Unwind> {
        let Callee::Code { code, .. } = self.here.callee(function) else {
            // A host function is told which instance calls it, so it is called
            // from here: a call, and then a return.
            self.call(Some(frame.instance), function)?;
            return Err(Unwind::Return);
        };
        self.core.keep(&mut self.here, code.shape.params, frame.base);
        Err(Unwind::TailCall(function))
    }

    /// Whether the reference on top is of the type that a cast asks for.
    #[inline(never)]
    fn is_of(&mut self, frame: &Frame, cast: &BrOnCast) -> bool {
        let stack = self.core.stack();
        let slot = stack.slot(stack.height() - 1);
        is_of(self.here.layer, self.here.data, slot, cast.to, frame.instance)
    }
}
