//! What a Python does next, and what comes of it.

use std::time::Duration;

use ch22_embed::{Error, Func, Paused, Val};

use crate::{Exception, Value};

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
    /// What was allocated for the call.
    pub texts: Vec<u32>,
    /// The function, if it is one of Python's, which Python may forget then.
    pub object: Option<u32>,
}
