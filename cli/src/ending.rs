//! How a program ends that doesn't end well: what the user is told, and the exit code.

use std::process::ExitCode;

use anyhow::Result;
use ch22_embed::{Error, Interrupted, WasmBacktrace};
use ch23_wasi::I32Exit;

use crate::interrupt::Cause;
use crate::terminal::{self, counted, printable};

/// What ended a module's code early: a trap, an exception, or an interruption.
#[derive(Debug)]
pub struct Ended {
    /// Where the module comes from.
    pub name: String,
    /// What happened.
    pub error: Error,
}

/// The exit code after a trap: that of a program that has aborted itself.
const TRAPPED: u8 = 134;

impl Ended {
    /// Tells the user, and returns the exit code. `cause` is why the program was interrupted, if it
    /// was, and `fuel` what it was given. `stem` is for modules that have no name.
    ///
    /// # Errors
    ///
    /// The user can't be told.
    pub fn tell(&self, cause: Option<Cause>, fuel: Option<u64>, stem: &str) -> Result<ExitCode> {
        let Ended { name, error } = self;
        if let Some(I32Exit(code)) = error.downcast_ref() {
            // As a system does it: only the lowest byte is kept.
            return Ok(ExitCode::from(code.to_le_bytes()[0]));
        }
        if let Some(cause) = interrupted(error, cause) {
            terminal::complain(format_args!("{name}: {}", cause.words()));
            return Ok(cause.into());
        }
        match fuel.filter(|_| error.is_out_of_fuel()) {
            Some(fuel) => terminal::complain(format_args!(
                "{name}: the fuel has run out: --fuel gave it {}",
                counted(fuel, "unit")
            )),
            None => terminal::complain(self),
        }
        tell_calls(error.backtrace(), stem)?;
        Ok(match error {
            error if error.is_out_of_fuel() => ExitCode::FAILURE,
            error if error.trap().is_some() || error.is_exception() => ExitCode::from(TRAPPED),
            _ => ExitCode::FAILURE,
        })
    }
}

/// Why a program was interrupted, if this is how it has ended. It may have ended otherwise a moment
/// before.
pub fn interrupted(error: &Error, cause: Option<Cause>) -> Option<Cause> {
    cause.filter(|_| error.is::<Interrupted>())
}

/// Prints the calls that were active, the innermost first. `stem` is for modules that have no name.
///
/// # Errors
///
/// The output can't be written.
pub fn tell_calls(backtrace: &WasmBacktrace, stem: &str) -> Result<()> {
    for (number, frame) in backtrace.frames().iter().enumerate() {
        let module = frame.module_name().unwrap_or(stem);
        let function = match frame.func_name() {
            Some(name) => name.to_owned(),
            None => format!("<function {}>", frame.func_index()),
        };
        let place = match frame.module_offset() {
            Some(offset) => format!("{offset:#8x}"),
            None => "       ?".to_owned(),
        };
        let line = printable(&format!("{module}!{function}"));
        terminal::note(format_args!("{number:>4}: {place} - {line}"))?;
    }
    Ok(())
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, printable(&self.error.to_string()))
    }
}

impl std::error::Error for Ended {}
