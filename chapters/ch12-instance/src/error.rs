//! What can go wrong between the embedder and an engine.

use std::{error, fmt};

use ch07_values::Trap;
use ch09_module::ModuleError;

use crate::{TagAddr, Value};

/// Why an engine could not do what it was asked to.
#[derive(Debug)]
pub enum Error {
    /// The module is not one: malformed or invalid.
    Module(ModuleError),
    /// An import is missing, or is not what the module wants.
    Link(LinkError),
    /// The code trapped.
    Trap(TrapReport),
    /// The code threw an exception, and nobody caught it.
    Exception(ExceptionReport),
    /// A call was asked for that cannot be made, an export that is not there; in words.
    Call(String),
    /// A memory or a table is larger than the machine has room for; in words.
    Room(String),
    /// The module is valid, and this engine cannot run it yet; in words.
    NotYet(String),
}

/// An import that cannot be had.
///
/// Specification: Execution, Modules, *Instantiation*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkError {
    /// The module name of the import.
    pub module: String,
    /// The name of the import.
    pub name: String,
    /// What the module wants it to be.
    pub wanted: String,
    /// What it is; nothing, if there is nothing of that name.
    pub given: Option<String>,
}

/// A trap, and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrapReport {
    /// The trap.
    pub trap: Trap,
    /// The function that was being executed: its name if it has one, and its index.
    pub function: Option<String>,
    /// The instruction that trapped, in the text format.
    pub instr: Option<String>,
    /// What the host said, where one of its functions failed.
    pub message: Option<String>,
}

/// An exception that nobody caught.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Module(error) => error.fmt(f),
            Error::Link(error) => error.fmt(f),
            Error::Trap(report) => report.fmt(f),
            Error::Exception(report) => report.fmt(f),
            Error::Call(message) | Error::Room(message) => f.write_str(message),
            Error::NotYet(what) => write!(f, "not yet: {what}"),
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LinkError { module, name, wanted, given } = self;
        match given {
            None => write!(
                f,
                "unknown import: `{module}` `{name}`: wanted {wanted}, and there is nothing of that name"
            ),
            Some(given) => write!(
                f,
                "incompatible import type: `{module}` `{name}`: wanted {wanted}, given {given}"
            ),
        }
    }
}

impl fmt::Display for TrapReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "trap: {}", self.trap)?;
        if let Some(message) = &self.message {
            write!(f, ": {message}")?;
        }
        if let Some(function) = &self.function {
            write!(f, ", in {function}")?;
        }
        if let Some(instr) = &self.instr {
            write!(f, ", at {instr}")?;
        }
        Ok(())
    }
}

impl fmt::Display for ExceptionReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ExceptionReport { name, values, function, .. } = self;
        let values: Vec<String> = values.iter().map(Value::to_string).collect();
        write!(f, "uncaught exception: {name} ({})", values.join(", "))?;
        match function {
            Some(function) => write!(f, ", in {function}"),
            None => Ok(()),
        }
    }
}

impl error::Error for Error {}
impl error::Error for LinkError {}
impl error::Error for TrapReport {}
impl error::Error for ExceptionReport {}

impl From<ModuleError> for Error {
    fn from(error: ModuleError) -> Error {
        Error::Module(error)
    }
}

impl From<LinkError> for Error {
    fn from(error: LinkError) -> Error {
        Error::Link(error)
    }
}

impl From<ExceptionReport> for Error {
    fn from(report: ExceptionReport) -> Error {
        Error::Exception(report)
    }
}

impl From<TrapReport> for Error {
    fn from(report: TrapReport) -> Error {
        Error::Trap(report)
    }
}
