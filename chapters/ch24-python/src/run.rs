//! Executing code: at a stretch, or a slice at a time.

use std::mem;
use std::thread;

use ch22_embed::{Error, Paused, ResumableCall, Val};
use ch23_wasi::Sleep;

use crate::inside::quote;
use crate::step::{Failed, Job, Next, Step};
use crate::value::{self, Value};
use crate::{Exception, Python};

/// How much fuel a Python gets before somebody looks after the keyboard.
const SLICE: u64 = 100_000;

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

    /// Goes on until the code has ended, sleeps, or has used up this fuel. When
    /// it sleeps, it's the caller's turn to wait.
    ///
    /// # Errors
    ///
    /// The machine can't go on.
    pub fn advance(&mut self, fuel: u64) -> Result<Step, Error> {
        let interrupted = self.heed_interrupt()?;
        let next = mem::replace(&mut self.next, Next::Nothing);
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
            ResumableCall::Finished(_) => self.ended(job).map(Step::Ended),
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
    fn wake(
        &mut self,
        paused: Paused,
        interrupted: bool,
    ) -> Result<ResumableCall, Error> {
        let clock = &mut self.store.data_mut().clock;
        let answer = match mem::take(&mut clock.waiting) {
            true => clock.now(),
            false => 0,
        };
        clock.interrupted |= interrupted;
        paused.answer(&mut self.store, &[Val::I32(answer as i32)])
    }

    fn ended(&mut self, job: Job) -> Result<Result<Value, Exception>, Error> {
        let out = self.out;
        let outcome = value::read(self.memory()?, out)?;
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

    /// What an expression is worth, as `repr` prints it.
    ///
    /// # Errors
    ///
    /// An exception, or whatever else ends the call.
    pub fn eval(&mut self, expression: &str) -> Result<String, Failed> {
        let text = quote(expression);
        let tell = "__import__('_host').tell";
        self.exec(&format!("{tell}(repr(eval({text})))"))?;
        Ok(self.store.data_mut().told.take().unwrap_or_default())
    }

    /// Calls a function that was defined in Python.
    ///
    /// # Errors
    ///
    /// An exception, or whatever else ends the call.
    pub fn call(
        &mut self,
        name: &str,
        arguments: &[Value],
    ) -> Result<Value, Failed> {
        self.start_call(name, arguments)?;
        self.finish()
    }
}
