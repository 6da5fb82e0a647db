//! Calls that are made in several goes.

use std::fmt;

use crate::{Error, FuncAddr, HostError, Value};

/// What an engine whose calls can be paused is asked to do next.
#[derive(Debug)]
pub enum Request<'a> {
    /// Begin a call.
    Start(FuncAddr, &'a [Value]),
    /// Go on with a call that has had no fuel left.
    Resume(PausedCall),
    /// Go on with a call that waits for a function of the host, which has these
    /// results.
    Answer(PausedCall, &'a [Value]),
    /// End a call where it is.
    Cancel(PausedCall),
}

/// How far a call has come.
#[derive(Debug)]
pub enum Progress {
    /// It has ended, with these results.
    Finished(Vec<Value>),
    /// It can go on later. Nothing of it is lost meanwhile.
    Paused(PausedCall),
}

/// A call that is paused: it names the call in its store, which keeps it until
/// it goes on or is cancelled.
#[derive(Debug)]
pub struct PausedCall {
    number: u32,
    /// Why it is paused.
    pub pause: Pause,
}

/// Why a call is paused.
#[derive(Debug)]
pub enum Pause {
    /// There was not enough fuel left.
    /// [`Engine::resume`](crate::Engine::resume) goes on as soon as there is:
    /// one unit, or for a bulk instruction as many as it asks for. So whoever
    /// gives fuel in portions adds to what is left.
    OutOfFuel,
    /// A function of the host has asked for it, and this is what it says.
    /// [`Engine::answer`](crate::Engine::answer) goes on.
    Suspended(HostError),
}

/// What a function of the host fails with so that the call is paused: the
/// embedder will have the results later. Inside is what the embedder is told.
///
/// A call that cannot be paused ends here, with what is inside for its error.
#[derive(Debug)]
pub struct Suspend(pub HostError);

/// What a function of the host fails with so that the engine makes a call for
/// it, and then asks it again.
///
/// It is asked with the same arguments, and
/// [`Caller::answer`](crate::Caller::answer) tells it what has become of the
/// call. An engine whose calls can be paused can pause that one too, since no
/// Rust call is between.
#[derive(Debug)]
pub struct CallFirst {
    /// The function to be called.
    pub function: FuncAddr,
    /// Its arguments.
    pub arguments: Vec<Value>,
    /// What the function of the host wants to know when it is asked again.
    pub state: u64,
}

/// What has become of a call that a function of the host has asked for.
#[derive(Debug)]
pub struct Answer {
    /// What the function of the host wanted to know.
    pub state: u64,
    /// What the call has ended in: an error too, so that it can be caught.
    pub outcome: Result<Vec<Value>, Error>,
}

impl PausedCall {
    /// A call that an engine knows by a number.
    pub fn new(number: u32, pause: Pause) -> PausedCall {
        PausedCall { number, pause }
    }

    /// The number.
    pub fn number(&self) -> u32 {
        self.number
    }
}

impl Progress {
    /// The results, if the call has ended.
    pub fn finished(self) -> Option<Vec<Value>> {
        match self {
            Progress::Finished(results) => Some(results),
            Progress::Paused(_) => None,
        }
    }

    /// The call, if it is paused.
    pub fn paused(self) -> Option<PausedCall> {
        match self {
            Progress::Paused(call) => Some(call),
            Progress::Finished(_) => None,
        }
    }
}

impl fmt::Display for Suspend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this call cannot be paused: {}", self.0)
    }
}

impl std::error::Error for Suspend {}

impl fmt::Display for CallFirst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let function = self.function.0;
        write!(f, "this engine calls no function {function} for the host")
    }
}

impl std::error::Error for CallFirst {}
