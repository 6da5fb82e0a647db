//! What a guest gets of the world.

use crate::clocks::Clocks;
use crate::descriptors::{Descriptor, Descriptors, Flags, Kind};
use crate::random::Random;
use crate::rights::Rights;
use crate::stdio::{Stdin, Stdout};
use crate::{Errno, WasiCtxBuilder};

/// What one guest gets of the world: arguments and environment, standard input
/// and outputs, directories, clocks, random numbers. Nothing else can be
/// reached.
///
/// It belongs into the data of a store, where the functions find it that
/// [`add_to_linker`](crate::add_to_linker) defines. [`WasiCtx::freeze`] makes
/// bytes of it.
#[derive(Debug)]
pub struct WasiCtx {
    pub(crate) args: Vec<String>,
    /// Each is `NAME=VALUE`.
    pub(crate) env: Vec<String>,
    pub(crate) streams: Streams,
    pub(crate) descriptors: Descriptors,
    pub(crate) clocks: Clocks,
    pub(crate) random: Random,
    pub(crate) suspending: bool,
}

/// The standard input and outputs.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    pub stdin: Stdin,
    pub stdout: Stdout,
    pub stderr: Stdout,
}

impl WasiCtx {
    /// Says what a guest gets.
    pub fn builder() -> WasiCtxBuilder {
        WasiCtxBuilder::new()
    }

    /// Whether a guest that sleeps suspends its call
    /// ([`WasiCtxBuilder::suspending`]).
    pub fn suspending(&self) -> bool {
        self.suspending
    }

    /// Changes that: a start function can't be suspended, and what follows can.
    pub fn set_suspending(&mut self, suspending: bool) {
        self.suspending = suspending;
    }

    /// The descriptors 0, 1 and 2.
    pub(crate) fn add_streams(descriptors: &mut Descriptors) {
        let streams = [
            (Kind::Stdin, Rights::OF_INPUT),
            (Kind::Stdout, Rights::OF_OUTPUT),
            (Kind::Stderr, Rights::OF_OUTPUT),
        ];
        for (kind, rights) in streams {
            let (inheriting, flags) = (Rights::NONE, Flags::NONE);
            let descriptor = Descriptor { kind, rights, inheriting, flags };
            descriptors.push(Some(descriptor));
        }
    }
}

/// How a function ends that has no good answer yet.
#[derive(Debug)]
pub(crate) enum Stop {
    /// It has failed.
    Errno(Errno),
    /// It is done, and answers 0 when this time has passed.
    Sleep(crate::Sleep),
}

impl From<Errno> for Stop {
    fn from(errno: Errno) -> Stop {
        Stop::Errno(errno)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Stop {
        Stop::Errno(error.into())
    }
}

/// What comes of a function.
pub(crate) type Outcome = Result<(), Stop>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_may_be_sent_to_another_thread() {
        let wasi = WasiCtx::builder().arg("one").build();
        let args = std::thread::spawn(move || wasi.args).join();
        assert_eq!(args.expect("nothing panics"), ["one"]);
    }
}
