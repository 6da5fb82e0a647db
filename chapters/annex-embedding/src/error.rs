//! What can go wrong between the embedder and an engine.

use std::{error, fmt};

use ch07_values::Trap;
use ch09_module::ModuleError;

use crate::value::list;
use crate::{FuncAddr, HostError, TagAddr, Value};

/// Why an engine could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The module is malformed or invalid.
    #[error(transparent)]
    Module(#[from] ModuleError),
    /// An import is missing, or isn't what the module expects.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The code trapped.
    #[error(transparent)]
    Trap(#[from] TrapReport),
    /// The code threw an exception, and no handler caught it.
    #[error(transparent)]
    Exception(#[from] ExceptionReport),
    /// A call that cannot be made, or an export that does not exist; in words.
    #[error("{0}")]
    Call(String),
    /// More is needed than a limit allows, or than the system can give; in
    /// words.
    #[error("{0}")]
    Limit(String),
    /// The module is valid, and this engine cannot run it yet; in words.
    #[error("not yet: {0}")]
    NotYet(String),
}

/// An import that cannot be had.
///
/// Specification: Execution, Modules, *Instantiation*.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}: `{module}` `{name}`: expected {wanted}, found {}",
    .given.as_ref().map_or("unknown import", |_| "incompatible import type"),
    .given.as_deref().unwrap_or("no such import")
)]
pub struct LinkError {
    /// The module name of the import.
    pub module: String,
    /// The name of the import.
    pub name: String,
    /// What the module expects.
    pub wanted: String,
    /// What there is; `None` if there is nothing of that name.
    pub given: Option<String>,
}

/// A trap, and where it came from.
#[derive(Debug, thiserror::Error)]
#[error(
    "trap: {trap}{}{}{}",
    part(": ", .source),
    part(", in ", .function),
    part(", at ", .instr)
)]
pub struct TrapReport {
    /// The trap.
    pub trap: Trap,
    /// The function that was being executed: its name if it has one, and its
    /// index.
    pub function: Option<String>,
    /// The instruction that trapped, in the text format.
    pub instr: Option<String>,
    /// The error of the host function that failed, if that is what happened.
    pub source: Option<HostError>,
    /// The calls that it has ended, the innermost first, if the engine knows
    /// them.
    pub frames: Vec<TrapFrame>,
}

/// A call that a trap has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrapFrame {
    /// The function.
    pub function: FuncAddr,
    /// Where in its code it was, in the words of the engine:
    /// [`Engine::instruction`](crate::Engine::instruction) knows them.
    pub position: usize,
}

impl From<Trap> for TrapReport {
    /// A trap of which nothing else is known.
    fn from(trap: Trap) -> TrapReport {
        let (function, instr, source) = (None, None, None);
        TrapReport { trap, function, instr, source, frames: Vec::new() }
    }
}

/// An exception that no handler caught.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "uncaught exception: {name} {}{}",
    list(.values),
    part(", in ", .function)
)]
pub struct ExceptionReport {
    /// The tag.
    pub tag: TagAddr,
    /// What people call the tag.
    pub name: String,
    /// The values that it carries.
    pub values: Vec<Value>,
    /// The function that threw it: its name if it has one, and its index.
    pub function: Option<String>,
}

impl Error {
    /// The trap, if that is what went wrong.
    pub fn trap(&self) -> Option<Trap> {
        match self {
            Error::Trap(report) => Some(report.trap),
            _ => None,
        }
    }

    /// The host's own error, if a host function failed with one of type `E`.
    pub fn host<E: error::Error + 'static>(&self) -> Option<&E> {
        error::Error::source(self)?.downcast_ref()
    }
}

/// A part of a message that may be missing, after the words before it.
fn part(before: &str, part: &Option<impl fmt::Display>) -> String {
    part.as_ref().map_or(String::new(), |part| format!("{before}{part}"))
}
