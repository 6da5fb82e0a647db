//! The machine: one loop over a list.
//!
//! Specification: Execution, *Instructions*.

use annex_embedding::{FuncAddr, function_of};
use ch07_values::Trap;
use ch09_module::{Control, Instr, TableIdx, TypeIdx};
use ch11_control::{Callee, Core, Environment, Frame, Level, describe, native};
use ch12_instance::{StoreView, Uncaught};
use ch15_references::is_of;
use ch17_exceptions::{ExnAddr, HasExceptions, throw};
use trace::Observer;

use crate::execute::plain;
use crate::{Alone, FlatCode, FlatLayer, Op, Tier};

/// A call that waits for one that it has made. It is data: it could be written
/// down.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// Its frame.
    pub frame: Frame,
    /// The position of the operation that is next.
    pub position: usize,
}

/// How a call goes on that is paused.
#[derive(Clone, Copy, Debug)]
pub enum Then {
    /// It has not begun yet.
    Begin,
    /// What a function of the host has asked for has not begun yet.
    BeginAsked,
    /// It goes on where it is.
    GoOn,
    /// It pays for a branch that it has taken, and goes on.
    Pay,
    /// It waits for the results of this function, which is the host's.
    Answer(FuncAddr),
}

/// The call that is being executed.
#[derive(Debug)]
pub struct Call<'store, C> {
    /// Its frame.
    pub frame: Frame,
    /// The code of its function.
    pub code: &'store FlatCode<C>,
    /// The position of the next operation.
    pub position: usize,
}

impl<C> Clone for Call<'_, C> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Call<'_, C> {}

/// Why the loop doesn't go on with the operation that follows.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// The outermost call has ended.
    Done,
    /// The innermost of the calls that wait goes on.
    Next,
    /// The current call has trapped.
    Trap(Trap),
    /// The current call has ended, and the one in its place can't begin.
    Instead(Trap),
    /// The current call has thrown an exception.
    Throw(ExnAddr),
    /// The call is paused, and this is how it goes on.
    Pause(Then),
    /// Nothing has caught what came out of the outermost call. It is in the
    /// machine, so that this is small.
    Uncaught,
}

impl From<Trap> for Stop {
    fn from(trap: Trap) -> Stop {
        Stop::Trap(trap)
    }
}

/// A machine: its core, the store that it works on, and the calls that it is
/// inside of.
pub struct Machine<'store, O, T: Tier = Alone> {
    /// What every machine has.
    pub core: &'store mut Core<O>,
    /// The store.
    pub here: StoreView<'store, FlatLayer<T>>,
    /// The calls that wait for the current one, the innermost last.
    pub callers: Vec<Caller>,
    /// What the functions of the host among them want to know.
    pub(crate) states: Vec<u64>,
    /// What nothing has caught.
    pub(crate) uncaught: Option<Uncaught>,
    /// Whether the call can be paused.
    pub pauses: bool,
}

impl<'store, O: Observer, T: Tier> Machine<'store, O, T> {
    /// A machine that is about to execute code in a store.
    pub fn new(
        core: &'store mut Core<O>,
        here: StoreView<'store, FlatLayer<T>>,
    ) -> Self {
        let (callers, states) = (Vec::new(), Vec::new());
        let (uncaught, pauses) = (None, false);
        Machine { core, here, callers, states, uncaught, pauses }
    }

    /// Calls a function, which takes its arguments from the stack and leaves
    /// its results there.
    ///
    /// # Errors
    ///
    /// The trap or the exception that the call ends in; [`Core::take_fault`]
    /// says where it came from.
    #[inline(always)]
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
        let outcome = match then {
            Then::Begin | Then::BeginAsked if self.starves() => {
                Err(Stop::Pause(then))
            }
            Then::Begin => self.enter(None, function.0),
            Then::BeginAsked => self.begin_asked(),
            Then::Pay if self.core.spend(1).is_err() => Err(Stop::Pause(then)),
            Then::GoOn | Then::Pay => Err(Stop::Next),
            Then::Answer(_) => unreachable!("the answer is there"),
        };
        self.run(outcome)
    }

    /// Whether a call has to pause before it takes fuel.
    #[inline(always)]
    pub fn starves(&self) -> bool {
        self.pauses && self.core.limits().fuel == Some(0)
    }

    /// Begins a call of a function. One of the host is called at once.
    #[inline(always)]
    pub(crate) fn enter(
        &mut self,
        caller: Option<u32>,
        function: u32,
    ) -> Result<Call<'store, T::Code>, Stop> {
        match self.here.callee(function) {
            Callee::Code { instance, code } => {
                let here = &mut self.here;
                let frame =
                    self.core.enter(here, function, instance, &code.shape)?;
                Ok(Call { frame, code, position: 0 })
            }
            Callee::Host(_) => {
                self.core.spend(1)?;
                Err(self.host(caller, function, None, false))
            }
        }
    }

    /// Executes a call, and all that it makes, until all have ended or pause.
    #[inline(always)]
    fn run(
        &mut self,
        first: Result<Call<'store, T::Code>, Stop>,
    ) -> Result<Option<Then>, Uncaught> {
        let mut call = match first {
            Ok(call) => call,
            Err(stop) => match self.settle(None, stop) {
                None => self.innermost(),
                Some(stop) => return self.ended(stop),
            },
        };
        loop {
            let Call { code, position, .. } = call;
            let base = call.frame.base;
            let mut ops = code.ops[position..].iter();
            let outcome = loop {
                let data = &mut *self.here.data;
                match plain(self.core, data, base, code, &mut ops) {
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
                Ok(None | Some(Op::Return)) => self.leave(call),
                Ok(Some(op)) if self.starves() && op.is_call() => {
                    Err(Trap::OutOfFuel.into())
                }
                Ok(Some(Op::Call(function))) => self.call(call, function.0),
                Ok(Some(op)) => self.control(call, op),
                Err(trap) => Err(Stop::Trap(trap)),
            };
            match outcome {
                Ok(next) => call = next,
                Err(Stop::Done) => return Ok(None),
                Err(stop) => match self.settle(Some(call), stop) {
                    None => call = self.innermost(),
                    Some(stop) => return self.ended(stop),
                },
            }
        }
    }

    /// Finds out how it goes on after something has happened that the loop
    /// can't go on with, in the current call if there is one. Returns `None`
    /// when it goes on with the innermost of the calls that wait.
    #[cold]
    pub fn settle(
        &mut self,
        mut call: Option<Call<'store, T::Code>>,
        mut stop: Stop,
    ) -> Option<Stop> {
        loop {
            stop = match (stop, call.take()) {
                (Stop::Throw(exn), Some(call)) => self.catch(call, exn),
                (Stop::Trap(Trap::OutOfFuel), Some(call)) if self.pauses => {
                    // The operation is next again, with all its operands.
                    let position = call.position - 1;
                    self.wait(
                        Call { position, ..call },
                        Stop::Pause(Then::GoOn),
                    )
                }
                (Stop::Trap(trap), Some(call)) => self.trap(call, trap),
                (Stop::Trap(trap) | Stop::Instead(trap), _) => {
                    self.trap_in_caller(trap)
                }
                (Stop::Next, _) => match self.callers.last() {
                    None => Stop::Done,
                    Some(caller) if self.is_asked(caller) => {
                        self.ask_again(None)
                    }
                    Some(_) => return None,
                },
                (stop, _) => return Some(stop),
            };
        }
    }

    /// How all calls have ended, or how they go on after a pause.
    #[cold]
    fn ended(&mut self, stop: Stop) -> Result<Option<Then>, Uncaught> {
        match stop {
            Stop::Done => Ok(None),
            Stop::Pause(then) => {
                self.return_limits();
                Ok(Some(then))
            }
            Stop::Uncaught => {
                Err(self.uncaught.take().expect("it has been kept"))
            }
            Stop::Trap(_) | Stop::Instead(_) | Stop::Throw(_) | Stop::Next => {
                unreachable!("it has been settled")
            }
        }
    }

    /// A call waits until it is the innermost one.
    pub fn wait(&mut self, call: Call<'store, T::Code>, stop: Stop) -> Stop {
        let Call { frame, position, .. } = call;
        self.callers.push(Caller { frame, position });
        stop
    }

    /// The innermost of the calls that wait, which is one of a module's
    /// function.
    #[inline(always)]
    fn innermost(&mut self) -> Call<'store, T::Code> {
        let caller = self.callers.pop().map(|caller| self.resume(caller));
        caller.flatten().expect("it has been settled")
    }

    /// A caller that goes on, if it is a call of a module's function.
    #[inline(always)]
    pub(crate) fn resume(
        &self,
        caller: Caller,
    ) -> Option<Call<'store, T::Code>> {
        let Caller { frame, position } = caller;
        match self.here.callee(frame.function) {
            Callee::Code { code, .. } => Some(Call { frame, code, position }),
            Callee::Host(_) => None,
        }
    }

    /// Executes an operation that decides which call goes on, or one that the
    /// loop doesn't know.
    #[inline(always)]
    fn control(
        &mut self,
        call: Call<'store, T::Code>,
        op: Op,
    ) -> Result<Call<'store, T::Code>, Stop> {
        let instance = call.frame.instance;
        match op {
            Op::CallIndirect(table, ty) => self.call_indirect(call, table, ty),
            Op::CallRef(_) => {
                let function = self.reference()?;
                self.call(call, function)
            }
            Op::ReturnCall(function) => self.tail_call(call, function.0),
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
            Op::Enter(entry) => T::enter(self, call, entry),
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
    pub fn call(
        &mut self,
        caller: Call<'store, T::Code>,
        function: u32,
    ) -> Result<Call<'store, T::Code>, Stop> {
        let room = self.callers.try_reserve(1);
        room.map_err(|_| Trap::CallStackExhausted)?;
        let Call { frame, position, .. } = caller;
        let Callee::Code { instance, code } = self.here.callee(function) else {
            return Err(self.call_host(caller, function));
        };
        let here = &mut self.here;
        let callee = self.core.enter(here, function, instance, &code.shape)?;
        self.callers.push(Caller { frame, position });
        Ok(Call { frame: callee, code, position: 0 })
    }

    /// Calls the function that an element of a table refers to.
    #[inline(always)]
    pub fn call_indirect(
        &mut self,
        caller: Call<'store, T::Code>,
        table: TableIdx,
        ty: TypeIdx,
    ) -> Result<Call<'store, T::Code>, Stop> {
        let instance = caller.frame.instance;
        let element = self.core.pop();
        let function = self.here.element(instance, table, element, ty)?;
        self.call(caller, function)
    }

    /// Ends the current call, and goes on with its caller.
    #[inline(always)]
    pub fn leave(
        &mut self,
        call: Call<'store, T::Code>,
    ) -> Result<Call<'store, T::Code>, Stop> {
        let shape = &call.code.shape;
        self.core.keep(&mut self.here, shape.results, call.frame.base);
        self.core.leave(shape);
        let caller = self.callers.pop().ok_or(Stop::Done)?;
        match self.resume(caller) {
            Some(call) => Ok(call),
            None => {
                // A function of the host has asked for the call.
                self.callers.push(caller);
                Err(Stop::Next)
            }
        }
    }

    /// Ends the current call by calling another function in its place. Its
    /// arguments move to where the locals are, which nobody needs any more.
    #[inline(always)]
    fn tail_call(
        &mut self,
        call: Call<'store, T::Code>,
        function: u32,
    ) -> Result<Call<'store, T::Code>, Stop> {
        let Callee::Code { instance, code } = self.here.callee(function) else {
            // A host function is told which instance calls it, so it is called
            // from here: a call, and then the return that follows.
            return Err(self.call_host(call, function));
        };
        let shape = &code.shape;
        self.core.keep(&mut self.here, shape.params, call.frame.base);
        self.core.leave(&call.code.shape);
        let frame = self
            .core
            .enter(&mut self.here, function, instance, shape)
            .map_err(Stop::Instead)?;
        Ok(Call { frame, code, position: 0 })
    }

    /// Executes an instruction that reaches further into the store, by the code
    /// of the tree machine.
    #[inline(always)]
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
        code: &FlatCode<T::Code>,
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
