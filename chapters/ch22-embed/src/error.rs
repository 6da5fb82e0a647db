//! What can go wrong, and where a trap came from.

use std::error::Error as StdError;
use std::fmt;

use annex_embedding as seam;
pub use ch07_values::Trap;

use annex_embedding::{HostError, Suspend};

use crate::MemoryAccessError;

/// Why something could not be done: a module that isn't valid, an import that
/// can't be had, a trap, an exception that nobody caught, a limit, or an error
/// of a host function.
///
/// An error of the host travels through the module unharmed:
/// [`Error::downcast_ref`] finds it.
pub struct Error(Box<Inner>);

/// What comes of something that can go wrong.
pub type Result<T, E = Error> = std::result::Result<T, E>;

struct Inner {
    kind: Kind,
    backtrace: WasmBacktrace,
}

enum Kind {
    /// An error of the machine, apart from a host function's.
    Seam(seam::Error),
    /// A trap.
    Trap(Trap),
    /// The error of a host function, or of whoever made it.
    Host(HostError),
}

/// How many calls a backtrace has at most.
const MOST_FRAMES: usize = 100;

impl Error {
    /// An error of the host.
    pub fn new(error: impl Into<HostError>) -> Error {
        // One of ours stays what it is.
        match error.into().downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => match error.downcast::<Trap>() {
                Ok(trap) => (*trap).into(),
                Err(error) => Kind::Host(error).into(),
            },
        }
    }

    /// An error that is only words.
    pub fn msg(message: impl fmt::Display) -> Error {
        Error::new(message.to_string())
    }

    /// The trap, if that is what went wrong.
    pub fn trap(&self) -> Option<Trap> {
        match &self.0.kind {
            Kind::Trap(trap) => Some(*trap),
            Kind::Seam(error) => error.trap(),
            Kind::Host(_) => None,
        }
    }

    /// The error of the host, if it is of this type; or the [`Trap`].
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        match &self.0.kind {
            Kind::Host(error) => error.downcast_ref(),
            Kind::Trap(trap) => (trap as &dyn StdError).downcast_ref(),
            Kind::Seam(error) => (error as &dyn StdError).downcast_ref(),
        }
    }

    /// The error of the host itself, if it is of this type; or the [`Trap`].
    ///
    /// # Errors
    ///
    /// It is of another one, and stays as it is.
    pub fn downcast<E: StdError + Send + Sync + 'static>(
        self,
    ) -> Result<E, Error> {
        if self.downcast_ref::<E>().is_none() {
            return Err(self);
        }
        let error: HostError = match self.0.kind {
            Kind::Host(error) => error,
            Kind::Trap(trap) => Box::new(trap),
            Kind::Seam(error) => Box::new(error),
        };
        Ok(*error.downcast().expect("it is of this type"))
    }

    /// Whether [`Error::downcast_ref`] finds something of this type.
    pub fn is<E: StdError + 'static>(&self) -> bool {
        self.downcast_ref::<E>().is_some()
    }

    /// The calls that were active when it happened, the innermost first. Empty
    /// if no code was.
    pub fn backtrace(&self) -> &WasmBacktrace {
        &self.0.backtrace
    }

    /// Whether the fuel has run out.
    pub fn is_out_of_fuel(&self) -> bool {
        self.trap() == Some(Trap::OutOfFuel)
    }

    /// Whether it's an exception that nobody has caught:
    /// [`Store::take_pending_exception`](crate::Store::take_pending_exception)
    /// has it.
    pub fn is_exception(&self) -> bool {
        matches!(self.0.kind, Kind::Seam(seam::Error::Exception(_)))
    }

    /// The same error with the calls that were active.
    pub(crate) fn with_backtrace(mut self, frames: Vec<FrameInfo>) -> Error {
        // What a function of the host has passed on has inner frames already.
        let known = &mut self.0.backtrace.frames;
        let more = MOST_FRAMES.saturating_sub(known.len());
        known.extend(frames.into_iter().take(more));
        self
    }

    /// What the machine says, and the calls that it has ended.
    pub(crate) fn of_seam(error: seam::Error) -> (Error, Vec<seam::TrapFrame>) {
        match error {
            seam::Error::Trap(mut report) => {
                let frames = std::mem::take(&mut report.frames);
                let error = match report.source.take() {
                    Some(source) => match source.downcast::<Suspend>() {
                        Ok(suspend) => Error::new(CannotPause(suspend.0)),
                        Err(source) => Error::new(source),
                    },
                    None => Kind::Trap(report.trap).into(),
                };
                (error, frames)
            }
            error => (Kind::Seam(error).into(), Vec::new()),
        }
    }

    /// The error as a host function returns it.
    pub(crate) fn into_host(self) -> HostError {
        match *self.0 {
            Inner { kind: Kind::Host(error), backtrace }
                if backtrace.frames.is_empty() =>
            {
                error
            }
            inner => Box::new(Error(Box::new(inner))),
        }
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Error {
        Error(Box::new(Inner { kind, backtrace: WasmBacktrace::default() }))
    }
}

impl From<MemoryAccessError> for Error {
    fn from(error: MemoryAccessError) -> Error {
        Error::new(error)
    }
}

impl From<Trap> for Error {
    fn from(trap: Trap) -> Error {
        Kind::Trap(trap).into()
    }
}

impl From<seam::Error> for Error {
    fn from(error: seam::Error) -> Error {
        Error::of_seam(error).0
    }
}

impl From<ch09_module::ModuleError> for Error {
    fn from(error: ch09_module::ModuleError) -> Error {
        Kind::Seam(error.into()).into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            Kind::Seam(error) => error.fmt(f),
            Kind::Trap(trap) => write!(f, "wasm trap: {trap}"),
            Kind::Host(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_with_backtrace(f)
    }
}

impl Error {
    fn fmt_with_backtrace(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match self.0.backtrace.frames.is_empty() {
            true => Ok(()),
            false => write!(f, "\n{}", self.0.backtrace),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            Kind::Seam(error) => error.source(),
            Kind::Trap(trap) => Some(trap),
            Kind::Host(error) => Some(&**error),
        }
    }
}

/// A function of the host has asked for a pause, and the call can't be paused:
/// it isn't [resumable](crate::Func::call_resumable), or the machine is the
/// tree.
#[derive(Debug, thiserror::Error)]
#[error("this call can't be paused: {0}")]
pub struct CannotPause(
    /// What the function of the host has said.
    #[source]
    pub HostError,
);

/// The calls that were active when something went wrong, the innermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WasmBacktrace {
    frames: Vec<FrameInfo>,
}

impl WasmBacktrace {
    /// The calls of modules' functions. At most a hundred of them are told.
    pub fn frames(&self) -> &[FrameInfo] {
        &self.frames
    }
}

/// A call of a module's function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameInfo {
    pub(crate) module_name: Option<String>,
    pub(crate) func_index: u32,
    pub(crate) func_name: Option<String>,
    pub(crate) module_offset: Option<u64>,
    pub(crate) func_offset: Option<u64>,
}

impl FrameInfo {
    /// The name of the module, if it has one.
    pub fn module_name(&self) -> Option<&str> {
        self.module_name.as_deref()
    }

    /// The index of the function in its module.
    pub fn func_index(&self) -> u32 {
        self.func_index
    }

    /// The name of the function, if it has one, or under which it is exported.
    pub fn func_name(&self) -> Option<&str> {
        self.func_name.as_deref()
    }

    /// The byte of the module, in the binary format, at which the instruction
    /// is that has trapped or made the call.
    pub fn module_offset(&self) -> Option<u64> {
        self.module_offset
    }

    /// The same, counted from where the function's entry begins.
    pub fn func_offset(&self) -> Option<u64> {
        self.func_offset
    }
}

impl fmt::Display for WasmBacktrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wasm backtrace:")?;
        for (number, frame) in self.frames.iter().enumerate() {
            write!(f, "\n{number:>5}: ")?;
            match frame.module_offset {
                Some(offset) => write!(f, "{offset:#8x} - ")?,
                None => f.write_str("       ? - ")?,
            }
            f.write_str(frame.module_name().unwrap_or("<unknown>"))?;
            match frame.func_name() {
                Some(name) => write!(f, "!{name}")?,
                None => write!(f, "!<wasm function {}>", frame.func_index)?,
            }
        }
        Ok(())
    }
}
