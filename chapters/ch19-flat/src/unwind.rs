//! What leaves several calls at once: exceptions and traps.
//!
//! Specification: Execution, Instructions, *Control Instructions*.

use annex_embedding::{FuncAddr, TrapFrame};
use ch07_values::Trap;
use ch09_module::LabelIdx;
use ch12_instance::Uncaught;
use ch17_exceptions::{ExnAddr, HasExceptions, Unwind, catch};
use trace::Observer;

use crate::flatten::{Origin, text};
use crate::machine::{Call, Stop, Then};
use crate::places::source;
use crate::{Branch, Machine, Tier};

/// How many calls that a trap has ended are told.
const MOST_FRAMES: usize = 100;

impl<'store, O: Observer, T: Tier> Machine<'store, O, T> {
    /// Looks for a handler of an exception, from the current call outwards, and
    /// goes on where its clause branches to.
    #[cold]
    pub(crate) fn catch(
        &mut self,
        mut call: Call<'store, T::Code>,
        exn: ExnAddr,
    ) -> Stop {
        self.core.thrown_in(&call.frame);
        loop {
            let (frame, code) = (call.frame, call.code);
            let mut inner = code.handler(call.position as u32 - 1);
            while let Some(number) = inner {
                let handler = &code.handlers[number as usize];
                inner = handler.outer;
                let operands = frame.base + frame.locals;
                self.core.cut(operands + handler.height as usize);
                let (core, here) = (&mut *self.core, &mut self.here);
                match catch(core, here, &frame, &handler.catches, exn) {
                    Ok(Unwind::Branch(LabelIdx(clause))) => {
                        let clause = clause as usize;
                        let branch = &handler.branches[clause];
                        let (call, paid) = self.land(call, branch);
                        if paid {
                            return self.wait(call, Stop::Next);
                        }
                        if self.pauses {
                            return self.wait(call, Stop::Pause(Then::Pay));
                        }
                        let origin = Origin::Clause(number as usize, clause);
                        self.note(&call, origin, true);
                        return self.abandon(call, Trap::OutOfFuel);
                    }
                    Ok(_) => {}
                    Err(trap) => return self.trap(call, trap),
                }
            }
            self.core.leave(&code.shape);
            match self.waiting() {
                Some(next) => call = next,
                None => {
                    let exceptions = self.here.layer.exceptions();
                    let uncaught = exceptions.uncaught(exn);
                    return self.fail(uncaught);
                }
            }
        }
    }

    /// The innermost of the calls that wait, which waits no longer; `None` if
    /// there is none, or if it is a function of the host, which goes on
    /// waiting.
    fn waiting(&mut self) -> Option<Call<'store, T::Code>> {
        let call = self.resume(*self.callers.last()?)?;
        self.callers.pop();
        Some(call)
    }

    /// All calls have ended, or all up to a function of the host that has asked
    /// for one: it is asked again.
    fn fail(&mut self, uncaught: Uncaught) -> Stop {
        if self.callers.is_empty() {
            self.uncaught = Some(uncaught);
            return Stop::Uncaught;
        }
        let error = self.told(uncaught);
        self.ask_again(Some(error))
    }

    /// Takes the branch of a clause that has caught something.
    fn land(
        &mut self,
        call: Call<'store, T::Code>,
        branch: &Branch,
    ) -> (Call<'store, T::Code>, bool) {
        let (keep, drop) = (usize::from(branch.keep), branch.drop as usize);
        let to = self.core.height() - keep - drop;
        self.core.keep(&mut self.here, keep, to);
        let paid = !branch.is_loop || self.core.spend(1).is_ok();
        (Call { position: branch.target as usize, ..call }, paid)
    }

    /// Notes which instruction has trapped, and ends the call.
    #[cold]
    pub(crate) fn trap(
        &mut self,
        call: Call<'store, T::Code>,
        trap: Trap,
    ) -> Stop {
        self.fault(&call, trap);
        self.abandon(call, trap)
    }

    /// The same, for a trap that comes from no call but from what its caller
    /// has executed.
    #[cold]
    pub(crate) fn trap_in_caller(&mut self, trap: Trap) -> Stop {
        match self.waiting() {
            Some(call) => self.trap(call, trap),
            None => self.fail(trap.into()),
        }
    }

    /// Ends a call and its callers, up to a function of the host that has asked
    /// for one of them.
    fn abandon(&mut self, call: Call<'store, T::Code>, trap: Trap) -> Stop {
        self.here.layer.ended.clear();
        self.end(call);
        while let Some(call) = self.waiting() {
            self.end(call);
        }
        self.fail(trap.into())
    }

    /// Ends a call because of a trap.
    fn end(&mut self, call: Call<'store, T::Code>) {
        self.core.leave(&call.code.shape);
        let function = FuncAddr(call.frame.function);
        let position = call.position;
        let ended = &mut self.here.layer.ended;
        if ended.len() < MOST_FRAMES {
            ended.push(TrapFrame { function, position });
        }
    }

    /// Notes which instruction a call has trapped at.
    fn fault(&mut self, call: &Call<'store, T::Code>, trap: Trap) {
        let before = &call.code.ops[..call.position - 1];
        let number = before.iter().filter(|op| op.is_instr()).count();
        self.note(call, Origin::Op(number), trap == Trap::OutOfFuel);
    }

    /// Notes an instruction of a call.
    fn note(
        &mut self,
        call: &Call<'store, T::Code>,
        origin: Origin,
        unpaid: bool,
    ) {
        let function = FuncAddr(call.frame.function);
        let Some((instance, ty, tree)) = source(&self.here, function) else {
            unreachable!("a frame is of a module's function");
        };
        let place = (origin, unpaid);
        if let Some(text) = text(self.here.data, instance, ty, &tree, place) {
            self.core.fault_at(&call.frame, &text);
        }
    }
}
