//! The machine: one loop over a list.
//!
//! Specification: Execution, *Instructions*.

use annex_embedding::{FuncAddr, Suspend, function_of};
use ch07_values::Trap;
use ch09_module::{Control, Instr};
use ch11_control::{Callee, Core, Environment, Frame, Level, describe, native};
use ch12_instance::{StoreView, Uncaught};
use ch15_references::is_of;
use ch17_exceptions::{ExnAddr, HasExceptions, throw};
use trace::Observer;

use crate::execute::plain;
use crate::{FlatCode, FlatLayer, Op};

/// A call that waits for one that it has made. It is data: it could be written
/// down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) frame: Frame,
    /// The position of the operation that is next.
    pub(crate) position: usize,
}

/// How a call goes on that is paused.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Then {
    /// It has not begun yet.
    Begin,
    /// It goes on where it is.
    GoOn,
    /// It pays for a branch that it has taken, and goes on.
    Pay,
    /// It waits for the results of this function of the host.
    Answer(u32),
}

/// The call that is being executed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'store> {
    pub(crate) frame: Frame,
    pub(crate) code: &'store FlatCode,
    /// The position of the next operation.
    pub(crate) position: usize,
}

/// Why the loop doesn't go on with the operation that follows.
enum Stop {
    /// The outermost call has ended.
    Done,
    /// The current call has trapped.
    Trap(Trap),
    /// The current call has ended, and the one in its place can't begin.
    Instead(Trap),
    /// The current call has thrown an exception.
    Throw(ExnAddr),
    /// The function of the host with this number will answer later.
    Suspend(u32),
}

impl From<Trap> for Stop {
    fn from(trap: Trap) -> Stop {
        Stop::Trap(trap)
    }
}

/// A machine: its core, the store that it works on, and the calls that it is
/// inside of.
pub struct Machine<'store, O> {
    pub(crate) core: &'store mut Core<O>,
    pub(crate) here: StoreView<'store, FlatLayer>,
    /// The calls that wait for the current one, the innermost last.
    pub(crate) callers: Vec<Caller>,
    /// Whether the call can be paused.
    pub(crate) pauses: bool,
}

impl<'store, O: Observer> Machine<'store, O> {
    /// A machine that is about to execute code in a store.
    pub fn new(
        core: &'store mut Core<O>,
        here: StoreView<'store, FlatLayer>,
    ) -> Self {
        Machine { core, here, callers: Vec::new(), pauses: false }
    }

    /// A machine that is inside of these calls, and pauses where it has to.
    pub(crate) fn pausing(
        core: &'store mut Core<O>,
        here: StoreView<'store, FlatLayer>,
        callers: Vec<Caller>,
    ) -> Self {
        Machine { core, here, callers, pauses: true }
    }

    /// The calls that it is inside of.
    pub(crate) fn into_callers(self) -> Vec<Caller> {
        self.callers
    }

    /// Calls a function, which takes its arguments from the stack and leaves
    /// its results there.
    ///
    /// # Errors
    ///
    /// The trap or the exception that the call ends in; [`Core::take_fault`]
    /// says where it came from.
    pub fn invoke(mut self, function: FuncAddr) -> Result<(), Uncaught> {
        self.go_on(Then::Begin, function).map(|_| ())
    }

    /// Goes on with a call of a function. Returns `None` when it has ended, and
    /// else how it goes on when it is no longer paused.
    pub(crate) fn go_on(
        &mut self,
        then: Then,
        function: FuncAddr,
    ) -> Result<Option<Then>, Uncaught> {
        let limits = self.core.limits();
        if limits.calls == self.here.data.limits.calls {
            return self.begin(then, function);
        }
        // A function of the host has called back. Its own call is a Rust call,
        // so such calls do nest.
        native::with_stack_for(limits, || self.begin(then, function))
    }

    fn begin(
        &mut self,
        then: Then,
        function: FuncAddr,
    ) -> Result<Option<Then>, Uncaught> {
        self.take_limits()?;
        match then {
            Then::Begin => {
                if self.pauses && self.has_no_fuel() {
                    return Ok(Some(Then::Begin));
                }
                match self.enter(None, function.0) {
                    Ok(Some(call)) => self.run(call),
                    Ok(None) => Ok(None),
                    Err(Stop::Suspend(host)) => Ok(Some(Then::Answer(host))),
                    Err(Stop::Trap(trap)) => Err(trap.into()),
                    Err(_) => unreachable!("nothing has been executed"),
                }
            }
            Then::Pay if self.core.spend(1).is_err() => {
                self.return_limits();
                Ok(Some(Then::Pay))
            }
            Then::GoOn | Then::Pay => match self.callers.pop() {
                Some(caller) => {
                    let call = self.resume(caller);
                    self.run(call)
                }
                None => Ok(None),
            },
            Then::Answer(_) => unreachable!("the answer is there"),
        }
    }

    /// Whether fuel is counted, and there is none left.
    #[inline(always)]
    fn has_no_fuel(&self) -> bool {
        self.core.limits().fuel == Some(0)
    }

    /// Whether a call has to pause before an operation, which would take fuel.
    #[inline(always)]
    fn starves(&self, op: Op) -> bool {
        self.pauses && op.is_call() && self.has_no_fuel()
    }

    /// Begins a call of a function of a module. A function of the host is
    /// called at once.
    #[inline(always)]
    fn enter(
        &mut self,
        caller: Option<u32>,
        function: u32,
    ) -> Result<Option<Call<'store>>, Stop> {
        match self.here.callee(function) {
            Callee::Code { instance, code } => {
                let here = &mut self.here;
                let frame =
                    self.core.enter(here, function, instance, &code.shape)?;
                Ok(Some(Call { frame, code, position: 0 }))
            }
            Callee::Host(host) => {
                self.core.spend(1)?;
                match self.here.call_host(host, caller, self.core) {
                    Ok(()) => Ok(None),
                    Err(Trap::Host) if self.is_suspended() => {
                        Err(Stop::Suspend(host))
                    }
                    Err(trap) => Err(Stop::Trap(trap)),
                }
            }
        }
    }

    /// Whether a function of the host has asked for a pause, and can have it.
    fn is_suspended(&self) -> bool {
        let error = self.here.data.host_error.as_ref();
        self.pauses && error.is_some_and(|error| error.is::<Suspend>())
    }

    /// Executes a call, and all that it makes, until all have ended or pause.
    fn run(
        &mut self,
        mut call: Call<'store>,
    ) -> Result<Option<Then>, Uncaught> {
        loop {
            let Call { code, position, .. } = call;
            let Frame { instance, base, .. } = call.frame;
            let mut ops = code.ops[position..].iter();
            let outcome = loop {
                let data = &mut *self.here.data;
                match plain(self.core, data, instance, base, code, &mut ops) {
                    Ok(Some(Op::Far(number))) => {
                        let instr = &code.far[number as usize];
                        if let Err(trap) = self.far(&call.frame, instr) {
                            break Err(trap);
                        }
                    }
                    outcome => break outcome,
                }
            };
            call.position = code.ops.len() - ops.len();
            let outcome = match outcome {
                Ok(None) => self.leave(call),
                Ok(Some(op)) if self.starves(op) => Err(Trap::OutOfFuel.into()),
                Ok(Some(op)) => self.control(call, op),
                Err(trap) => Err(Stop::Trap(trap)),
            };
            match outcome {
                Ok(next) => call = next,
                Err(Stop::Done) => return Ok(None),
                Err(Stop::Throw(exn)) => {
                    let (next, paid) = self.catch(call, exn)?;
                    call = next;
                    if !paid {
                        return Ok(self.pause(call, Then::Pay));
                    }
                }
                Err(Stop::Suspend(host)) => {
                    if code.ops[call.position - 1].is_tail_call() {
                        // When the answer is there, nothing is left to do.
                        call.position = code.ops.len();
                    }
                    return Ok(self.pause(call, Then::Answer(host)));
                }
                Err(Stop::Trap(Trap::OutOfFuel)) if self.pauses => {
                    // The operation is next again, with all its operands.
                    call.position -= 1;
                    return Ok(self.pause(call, Then::GoOn));
                }
                Err(Stop::Trap(trap)) => {
                    return Err(self.trap(call, trap));
                }
                Err(Stop::Instead(trap)) => {
                    let Some(caller) = self.callers.pop() else {
                        return Err(trap.into());
                    };
                    return Err(self.trap(self.resume(caller), trap));
                }
            }
        }
    }

    /// Executes an operation that decides which call goes on, or one that the
    /// loop doesn't know.
    #[inline(always)]
    fn control(
        &mut self,
        call: Call<'store>,
        op: Op,
    ) -> Result<Call<'store>, Stop> {
        let instance = call.frame.instance;
        match op {
            Op::Call(index) => {
                let function = self.here.function(instance, index);
                self.call(call, function)
            }
            Op::CallIndirect(table, ty) => {
                let element = self.core.pop();
                let function =
                    self.here.element(instance, table, element, ty)?;
                self.call(call, function)
            }
            Op::CallRef => {
                let function = self.reference()?;
                self.call(call, function)
            }
            Op::Return => self.leave(call),
            Op::ReturnCall(index) => {
                let function = self.here.function(instance, index);
                self.tail_call(call, function)
            }
            Op::ReturnCallIndirect(table, ty) => {
                let element = self.core.pop();
                let function =
                    self.here.element(instance, table, element, ty)?;
                self.tail_call(call, function)
            }
            Op::ReturnCallRef => {
                let function = self.reference()?;
                self.tail_call(call, function)
            }
            Op::BrOnCast(number) => {
                let cast = &call.code.far[number as usize];
                let passed = usize::from(!self.holds(&{ call.frame }, cast));
                Ok(Call { position: call.position + passed, ..call })
            }
            op => {
                self.rare(&{ call.frame }, call.code, op)?;
                Ok(call)
            }
        }
    }

    /// Pops a reference to a function.
    fn reference(&mut self) -> Result<u32, Trap> {
        let function = function_of(self.core.pop());
        Ok(function.ok_or(Trap::NullFunctionReference)?.0)
    }

    /// Calls a function: the caller waits.
    #[inline(always)]
    fn call(
        &mut self,
        caller: Call<'store>,
        function: u32,
    ) -> Result<Call<'store>, Stop> {
        let room = self.callers.try_reserve(1);
        room.map_err(|_| Trap::CallStackExhausted)?;
        let Call { frame, position, .. } = caller;
        match self.enter(Some(frame.instance), function)? {
            Some(callee) => {
                self.callers.push(Caller { frame, position });
                Ok(callee)
            }
            None => Ok(caller),
        }
    }

    /// A caller goes on.
    #[inline(always)]
    pub(crate) fn resume(&self, caller: Caller) -> Call<'store> {
        let Caller { frame, position } = caller;
        match self.here.callee(frame.function) {
            Callee::Code { code, .. } => Call { frame, code, position },
            Callee::Host(_) => {
                unreachable!("a frame is of a module's function")
            }
        }
    }

    /// Ends the current call, and goes on with its caller.
    #[inline(always)]
    fn leave(&mut self, call: Call<'store>) -> Result<Call<'store>, Stop> {
        let shape = &call.code.shape;
        self.core.keep(&mut self.here, shape.results, call.frame.base);
        self.core.leave(shape);
        let caller = self.callers.pop().ok_or(Stop::Done)?;
        Ok(self.resume(caller))
    }

    /// Ends the current call by calling another function in its place. Its
    /// arguments move to where the locals are, which nobody needs any more.
    #[inline(always)]
    fn tail_call(
        &mut self,
        call: Call<'store>,
        function: u32,
    ) -> Result<Call<'store>, Stop> {
        let Callee::Code { code, .. } = self.here.callee(function) else {
            // A host function is told which instance calls it, so it is called
            // from here: a call, and then a return.
            self.enter(Some(call.frame.instance), function)?;
            return self.leave(call);
        };
        self.core.keep(&mut self.here, code.shape.params, call.frame.base);
        self.core.leave(&call.code.shape);
        match self.enter(None, function) {
            Ok(Some(callee)) => Ok(callee),
            Err(Stop::Trap(trap)) => Err(Stop::Instead(trap)),
            _ => unreachable!("it is a module's function"),
        }
    }

    /// Executes an instruction that reaches further into the store, by the code
    /// of the tree machine.
    #[inline(never)]
    fn far(&mut self, frame: &Frame, instr: &Instr) -> Result<(), Trap> {
        self.core.pay(instr)?;
        let (mut stack, ..) = self.core.parts();
        let outcome = match instr {
            Instr::Load(op, arg) => self
                .here
                .memory(frame.instance, arg.memory)
                .load(*op, arg.offset, &mut stack),
            Instr::Store(op, arg) => self
                .here
                .memory(frame.instance, arg.memory)
                .store(*op, arg.offset, &mut stack),
            instr => self.here.execute(instr, frame, &mut stack),
        };
        let height = stack.height();
        self.core.cut(height);
        outcome
    }

    /// Whether a branch on a cast is taken.
    #[inline(never)]
    fn holds(&mut self, frame: &Frame, cast: &Instr) -> bool {
        let (cast, holds) = match cast {
            Instr::Control(Control::BrOnCast(cast)) => (cast, true),
            Instr::Control(Control::BrOnCastFail(cast)) => (cast, false),
            _ => unreachable!("it stands for a cast"),
        };
        let stack = self.core.stack();
        let slot = stack.slot(stack.height() - 1);
        let StoreView { data, layer, .. } = &self.here;
        is_of(*layer, data, slot, cast.to, frame.instance) == holds
    }

    /// Executes an operation that is rare.
    #[inline(never)]
    fn rare(
        &mut self,
        frame: &Frame,
        code: &FlatCode,
        op: Op,
    ) -> Result<(), Stop> {
        match op {
            Op::Throw(tag) => {
                let exn = throw(self.core, &mut self.here, frame, tag)?;
                return Err(Stop::Throw(exn));
            }
            Op::ThrowRef => {
                let reference = self.core.pop();
                let exceptions = self.here.layer.exceptions();
                return Err(Stop::Throw(exceptions.referent(reference)?));
            }
            Op::Mark(number) => {
                let calls = self.core.levels().len();
                let (stack, _, observer) = self.core.parts();
                let here = &self.here;
                observer.step(|| {
                    let mark = &code.marks[number as usize];
                    // The levels of the callers, and then those of the mark.
                    let mut levels = vec![Level::new("func"); calls - 1];
                    levels.append(&mut code.levels(mark));
                    describe(here, frame, &levels, &mark.instr, &stack)
                });
            }
            op => unreachable!("{op:?} is executed elsewhere"),
        }
        Ok(())
    }
}
