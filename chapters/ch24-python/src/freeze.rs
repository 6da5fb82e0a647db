//! A Python as bytes, which goes on from them: in another process, if need be
//! in the middle of a call.

use std::sync::Arc;

use ch22_embed::{Engine, Error, Store, Thawed};
use serde::{Deserialize, Serialize};

use crate::files::Files;
use crate::host::{Clock, Host};
use crate::screen::Screen;
use crate::step::{Job, Next};
use crate::{Python, Settings};

/// What there is besides the store.
#[derive(Serialize, Deserialize)]
struct State {
    store: Vec<u8>,
    wasi: Vec<u8>,
    files: Files,
    guests: Vec<String>,
    time: u32,
    /// Whether the call waits for the clock to move on.
    waiting: bool,
    interrupted: bool,
    ours: u32,
    block: String,
    out: u32,
    /// What is to be done after the call, if one is paused.
    job: Option<Job>,
}

/// The instances that a store of ours always has: the small one of `longjmp`,
/// MicroPython, and the one in between to WASI.
const OURS: usize = 3;

impl Python {
    /// Makes bytes of a Python: of what it knows, and of the code that it
    /// executes now. It stays as it is. [`Python::thaw`] goes on from the
    /// bytes.
    ///
    /// # Errors
    ///
    /// The position in a file can't be had.
    pub fn freeze(&mut self) -> Result<Vec<u8>, Error> {
        if matches!(self.next, Next::Call(..)) {
            // Without fuel it begins, and no more.
            self.advance(0)?;
        }
        let (calls, job) = match &self.next {
            Next::GoOn(paused, job) => (vec![paused], Some(job.clone())),
            _ => (Vec::new(), None),
        };
        let store = self.store.freeze(&calls)?;
        let host = self.store.data_mut();
        let state = State {
            store,
            wasi: host.wasi.freeze().map_err(Error::new)?,
            files: host.files.clone(),
            guests: host.guests.iter().map(|(name, _)| name.clone()).collect(),
            time: host.clock.now(),
            waiting: host.clock.waiting,
            interrupted: host.clock.interrupted,
            ours: host.ours,
            block: self.block.clone(),
            out: self.out,
            job,
        };
        postcard::to_allocvec(&state).map_err(Error::new)
    }

    /// Makes a Python of bytes that [`Python::freeze`] has made of one. The
    /// settings say again where its input, output and directories are; its
    /// arguments and its heap it has already.
    ///
    /// # Errors
    ///
    /// The bytes are no frozen Python, or a directory is missing that it has
    /// had.
    pub fn thaw(
        engine: &Engine,
        mut settings: Settings,
        bytes: &[u8],
    ) -> Result<Python, Error> {
        let state: State = postcard::from_bytes(bytes).map_err(|error| {
            Error::msg(format!("this is no frozen Python: {error}"))
        })?;
        let screen = Screen::new(settings.output);
        screen.connect(&mut settings.wasi);
        let wasi = settings.wasi.thaw(&state.wasi).map_err(Error::new)?;
        let mut clock = Clock::at(state.time);
        clock.waiting = state.waiting;
        clock.interrupted = state.interrupted;
        let data = Host {
            wasi,
            clock,
            files: state.files,
            guests: Vec::new(),
            told: None,
            ours: state.ours,
            interrupted: Arc::default(),
        };
        let linker = Python::linker(engine)?;
        let thawed = Store::thaw(engine, data, &linker, &state.store)?;
        let Thawed { mut store, instances, mut calls } = thawed;
        let Some(([_, program, wasi], rest)) =
            instances.split_first_chunk::<OURS>()
        else {
            return Err(Error::msg("these bytes are no Python's"));
        };
        let host = store.data_mut();
        host.files.wasi = Some(*wasi);
        host.guests = state.guests.into_iter().zip(rest.to_vec()).collect();
        let next = match (calls.pop(), state.job) {
            (Some(paused), Some(job)) => Next::GoOn(paused, job),
            _ => Next::Nothing,
        };
        let (program, out, block) = (*program, state.out, state.block);
        Ok(Python { store, linker, program, screen, next, out, block })
    }
}
