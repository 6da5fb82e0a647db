//! Executing code: at a stretch, or a slice at a time.

use std::thread;
use std::time::Duration;

use ch22_embed::{Error, Func, Paused, ResumableCall, Val};
use ch23_wasi::Sleep;

use crate::value::{self, Exception, Value};
use crate::{Python, objects};

/// How far a piece of code has come.
#[derive(Debug)]
pub enum Step {
    /// It has ended.
    Ended(Result<Value, Exception>),
    /// It sleeps, for this long.
    Sleeps(Duration),
    /// It has used up its fuel.
    OutOfFuel,
}

/// Why a piece of code has no result.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// An exception that nothing has caught.
    #[error(transparent)]
    Exception(#[from] Exception),
    /// The machine can't go on.
    #[error(transparent)]
    Machine(#[from] Error),
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Error {
        match failed {
            Failed::Exception(exception) => Error::new(exception),
            Failed::Machine(error) => error,
        }
    }
}

/// What a Python does next.
pub(crate) enum Next {
    /// It waits for code.
    Nothing,
    /// It calls this function.
    Call(Func, Vec<Val>, Job),
    /// It goes on with a call that was paused.
    GoOn(Paused, Job),
}

/// What is to be done when a call has ended.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Job {
    /// Whether the outcome is in the memory, or is the call's result.
    pub writes: bool,
    /// What was allocated for the call.
    pub texts: Vec<u32>,
    /// The function, if it is one of Python's, which Python may forget then.
    pub object: Option<u32>,
}

/// How much fuel a Python gets before somebody looks after the keyboard.
const SLICE: u64 = 1_000_000;

impl Python {
    /// Executes code to its end. Where it sleeps, the thread sleeps.
    ///
    /// # Errors
    ///
    /// An exception, or whatever else ends the call.
    pub fn exec(&mut self, code: &str) -> Result<(), Failed> {
        self.start(code)?;
        self.finish().map(|_| ())
    }

    /// Makes a piece of code the next that is executed, by
    /// [`Python::advance`]. What was paused is given up.
    ///
    /// # Errors
    ///
    /// There is no room for the code.
    pub fn start(&mut self, code: &str) -> Result<(), Error> {
        let text = self.text(code)?;
        let arguments = [text, code.len() as u32, self.out];
        let arguments = arguments.map(|it| Val::I32(it as i32)).to_vec();
        let function = self.function("mp_js_do_exec")?;
        let job = Job { writes: true, texts: vec![text], object: None };
        self.next = Next::Call(function, arguments, job);
        Ok(())
    }

    /// The same for a function that was defined in Python.
    ///
    /// # Errors
    ///
    /// There is no such function, or no room for the arguments.
    pub fn start_call(
        &mut self,
        name: &str,
        arguments: &[Value],
    ) -> Result<(), Failed> {
        let function = objects::find(self, name)?;
        let object = Some(function);
        let mut job = Job { writes: true, texts: Vec::new(), object };
        let count = arguments.len() as u32;
        let size = (count * value::SIZE).max(1);
        let list = self.short("malloc", &[(size as i32).into()])? as u32;
        job.texts.push(list);
        for (index, argument) in (0..).zip(arguments) {
            // Python frees it itself.
            let text = match argument {
                Value::Str(text) => self.text(text)?,
                _ => 0,
            };
            let words = value::words(argument, text);
            let at = list + index * value::SIZE;
            value::write(self.memory()?, at, words)?;
        }
        let arguments = [function, count, list, self.out];
        let arguments = arguments.map(|it| Val::I32(it as i32)).to_vec();
        let function = self.function("proxy_c_to_js_call")?;
        self.next = Next::Call(function, arguments, job);
        Ok(())
    }

    /// The same for a key that may take a while.
    pub(crate) fn start_key(&mut self, key: char) -> Result<(), Error> {
        let function = self.function("mp_js_repl_process_char")?;
        let arguments = vec![Val::I32(key as i32)];
        let job = Job { writes: false, texts: Vec::new(), object: None };
        self.next = Next::Call(function, arguments, job);
        Ok(())
    }

    /// Goes on until the code has ended, sleeps, or has used up this fuel. When
    /// it sleeps, it's the caller's turn to wait.
    ///
    /// # Errors
    ///
    /// The machine can't go on.
    pub fn advance(&mut self, fuel: u64) -> Result<Step, Error> {
        let interrupted = self.heed_interrupt()?;
        let next = std::mem::replace(&mut self.next, Next::Nothing);
        // What is left wasn't enough: copying many bytes takes as much fuel.
        let left = match &next {
            Next::GoOn(paused, _) if paused.is_out_of_fuel() => {
                self.store.get_fuel()?
            }
            _ => 0,
        };
        self.store.set_fuel(left.saturating_add(fuel))?;
        let (call, job) = match next {
            Next::Nothing => return Ok(Step::Ended(Ok(Value::None))),
            Next::Call(function, arguments, job) => {
                let store = &mut self.store;
                (function.call_resumable(store, &arguments)?, job)
            }
            Next::GoOn(paused, job) if paused.is_out_of_fuel() => {
                (paused.resume(&mut self.store)?, job)
            }
            Next::GoOn(paused, job) => (self.wake(paused, interrupted)?, job),
        };
        match call {
            ResumableCall::Finished(results) => {
                self.ended(&results, job).map(Step::Ended)
            }
            ResumableCall::Paused(paused) => {
                let sleep = Sleep::of(&paused).map(|sleep| sleep.time());
                let fuel = paused.is_out_of_fuel();
                self.next = Next::GoOn(paused, job);
                match (fuel, sleep) {
                    (true, _) => Ok(Step::OutOfFuel),
                    (_, sleep) => Ok(Step::Sleeps(sleep.unwrap_or_default())),
                }
            }
        }
    }

    /// Goes on with a call that sleeps. It's Python itself that looks at the
    /// clock, or else another guest, whose sleep answers 0.
    ///
    /// Python doesn't ask for interrupts while it waits for a time. So when it
    /// is interrupted, we tell it once that it is 24 days later.
    fn wake(
        &mut self,
        paused: Paused,
        interrupted: bool,
    ) -> Result<ResumableCall, Error> {
        let clock = &mut self.store.data_mut().clock;
        let answer = match std::mem::take(&mut clock.waiting) {
            true if interrupted => clock.now() ^ 1 << 31,
            true => clock.now(),
            false => 0,
        };
        paused.answer(&mut self.store, &[Val::I32(answer as i32)])
    }

    fn ended(
        &mut self,
        results: &[Val],
        job: Job,
    ) -> Result<Result<Value, Exception>, Error> {
        let out = self.out;
        let outcome = match job.writes {
            true => value::read(self.memory()?, out)?,
            false => Ok(Value::Int(
                results.first().and_then(Val::i32).unwrap_or_default(),
            )),
        };
        for text in job.texts {
            self.free(text)?;
        }
        if let Some(object) = job.object {
            self.short("proxy_c_free_obj", &[(object as i32).into()])?;
        }
        Ok(outcome)
    }

    /// Goes on to the end, and sleeps where Python does.
    ///
    /// # Errors
    ///
    /// An exception, or whatever else ends the call.
    pub fn finish(&mut self) -> Result<Value, Failed> {
        loop {
            match self.advance(SLICE)? {
                Step::Ended(outcome) => return Ok(outcome?),
                Step::Sleeps(time) => thread::sleep(time),
                Step::OutOfFuel => {}
            }
        }
    }
}
