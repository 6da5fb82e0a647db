//! Ends a program from outside: by Ctrl-C, or when its time is up.
//!
//! A call is interrupted through the handle of its store. What can't be interrupted in this way (the
//! engine `tree`, or a program that waits for the system) ends with the process, a moment later.

use std::process::{self, ExitCode};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use ch22_embed::InterruptHandle;

use crate::terminal;

/// How long a program may take to end once it is interrupted.
const GRACE: Duration = Duration::from_secs(1);

/// Whether a program runs, and how it was interrupted.
static STATE: AtomicU8 = AtomicU8::new(IDLE);
const IDLE: u8 = 0;
const RUNNING: u8 = 1;
const CTRL_C: u8 = 2;
const TIMEOUT: u8 = 3;

/// The handle of the store whose calls are interrupted. The tree engine has none.
static HANDLE: Mutex<Option<InterruptHandle>> = Mutex::new(None);

/// Why a program was interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The user has pressed Ctrl-C.
    CtrlC,
    /// Its time is up.
    Timeout,
}

impl Cause {
    /// What the user is told.
    pub fn words(self) -> &'static str {
        match self {
            Cause::CtrlC => "interrupted by Ctrl-C",
            Cause::Timeout => "the time is up: it was stopped by --timeout",
        }
    }

    /// The exit code: that of a shell for Ctrl-C, or that of the command `timeout`.
    pub fn code(self) -> u8 {
        match self {
            Cause::CtrlC => 130,
            Cause::Timeout => 124,
        }
    }

    fn of(state: u8) -> Option<Cause> {
        match state {
            CTRL_C => Some(Cause::CtrlC),
            TIMEOUT => Some(Cause::Timeout),
            _ => None,
        }
    }
}

/// A program is running, until this is dropped.
pub struct Running(());

impl Running {
    /// From now on, an interruption ends what runs on this store.
    pub fn new(handle: Option<InterruptHandle>) -> Running {
        *HANDLE.lock().unwrap_or_else(PoisonError::into_inner) = handle;
        STATE.store(RUNNING, Ordering::SeqCst);
        Running(())
    }

    /// Why the program was interrupted, if it was.
    pub fn cause(&self) -> Option<Cause> {
        Cause::of(STATE.load(Ordering::SeqCst))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        STATE.store(IDLE, Ordering::SeqCst);
    }
}

/// Lets Ctrl-C end the program that is running. If none is, `idle` says what to do.
///
/// # Errors
///
/// The system refuses.
pub fn on_ctrl_c(mut idle: impl FnMut() + Send + 'static) -> Result<()> {
    let handler = move || {
        if !interrupt(CTRL_C) {
            idle();
        }
    };
    ctrlc::set_handler(handler).context("cannot listen for Ctrl-C")
}

/// Ends the program that is running after this time.
///
/// # Errors
///
/// The system has no thread for it.
pub fn after(time: Duration) -> Result<()> {
    let timer = move || {
        thread::sleep(time);
        interrupt(TIMEOUT);
    };
    thread::Builder::new().spawn(timer).context("cannot start the timer")?;
    Ok(())
}

/// Interrupts the program, and says whether one is running.
fn interrupt(cause: u8) -> bool {
    let set = STATE.compare_exchange(RUNNING, cause, Ordering::SeqCst, Ordering::SeqCst);
    match set {
        Err(IDLE) => return false,
        // The second Ctrl-C doesn't wait.
        Err(_) => {}
        Ok(_) => {
            let handle = HANDLE.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(handle) = handle {
                handle.interrupt();
                thread::spawn(move || {
                    thread::sleep(GRACE);
                    give_up();
                });
                return true;
            }
        }
    }
    give_up();
    true
}

/// Ends the process if the program still hasn't ended.
fn give_up() {
    if let Some(cause) = Cause::of(STATE.load(Ordering::SeqCst)) {
        terminal::complain(cause.words());
        process::exit(cause.code().into());
    }
}

impl From<Cause> for ExitCode {
    fn from(cause: Cause) -> ExitCode {
        ExitCode::from(cause.code())
    }
}
