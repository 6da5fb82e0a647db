//! What leaves several calls at once: exceptions and traps.
//!
//! Specification: Execution, Instructions, *Control Instructions*.

use ch07_values::Trap;
use ch09_module::{FuncType, LabelIdx};
use ch12_instance::{FunctionBody, StoreView, Uncaught};
use ch17_exceptions::{ExnAddr, HasExceptions, Unwind, catch};
use trace::Observer;

use crate::machine::Call;
use crate::{Branch, FlatCode, FlatLayer, Machine, Op, flatten};

impl<'store, O: Observer> Machine<'store, O> {
    /// Looks for a handler of an exception, from the current call outwards, and
    /// goes on where its clause branches to. Says whether there was fuel for
    /// that.
    #[cold]
    pub(crate) fn catch(
        &mut self,
        mut call: Call<'store>,
        exn: ExnAddr,
    ) -> Result<(Call<'store>, bool), Uncaught> {
        self.core.thrown_in(&call.frame);
        loop {
            let (frame, code) = (call.frame, call.code);
            let at = call.position as u32 - 1;
            let handlers = code.handlers.iter().rev();
            for handler in handlers.filter(|handler| handler.contains(at)) {
                let operands = frame.base + frame.locals;
                self.core.cut(operands + handler.height as usize);
                let (core, here) = (&mut *self.core, &mut self.here);
                match catch(core, here, &frame, &handler.catches, exn) {
                    Ok(Unwind::Branch(LabelIdx(clause))) => {
                        let branch = &handler.branches[clause as usize];
                        return Ok(self.land(call, branch));
                    }
                    Ok(_) => {}
                    Err(trap) => return Err(self.trap(Some(call), trap)),
                }
            }
            self.core.leave(&code.shape);
            let Some(caller) = self.callers.pop() else {
                return Err(self.here.layer.exceptions().uncaught(exn));
            };
            call = self.resume(caller);
        }
    }

    /// Takes the branch of a clause that has caught something.
    fn land(
        &mut self,
        call: Call<'store>,
        branch: &Branch,
    ) -> (Call<'store>, bool) {
        let (keep, drop) = (usize::from(branch.keep), branch.drop as usize);
        let to = self.core.height() - keep - drop;
        self.core.keep(&mut self.here, keep, to);
        let paid = !branch.is_loop || self.core.spend(1).is_ok();
        (Call { position: branch.target as usize, ..call }, paid)
    }

    /// Notes where a trap came from, and ends all calls.
    #[cold]
    pub(crate) fn trap(
        &mut self,
        call: Option<Call<'store>>,
        trap: Trap,
    ) -> Uncaught {
        if let Some(call) = call {
            self.fault(&call, trap);
            self.core.leave(&call.code.shape);
        }
        while let Some(caller) = self.callers.pop() {
            let call = self.resume(caller);
            self.core.leave(&call.code.shape);
        }
        trap.into()
    }

    /// Notes which instruction a call has trapped at. Code that isn't watched
    /// has forgotten its instructions, so its function is translated once more.
    fn fault(&mut self, call: &Call<'store>, trap: Trap) {
        let before = &call.code.ops[..call.position - 1];
        let is_mark = |op: &&Op| matches!(op, Op::Mark(_));
        let number = before.len() - before.iter().filter(is_mark).count();
        let again;
        let code = match self.here.data.watched {
            true => call.code,
            false => {
                again = marked(&self.here, call.frame.function);
                &again
            }
        };
        if let Some(mark) = code.mark(number, trap == Trap::OutOfFuel) {
            self.core.fault_at(&call.frame, &mark.instr);
        }
    }
}

/// The code of a function once more, with marks.
fn marked(here: &StoreView<'_, FlatLayer>, function: u32) -> FlatCode {
    let function = here.data.functions[function as usize];
    let FunctionBody::Code(instance, code) = function.body else {
        unreachable!("a frame is of a module's function");
    };
    let none = FuncType::default();
    let ty = here.data.types.func(function.ty).unwrap_or(&none);
    let function = here.code[code as usize].function();
    flatten(here.data, instance.0, ty, &function, true)
}
