//! What is written down while a game flies: the keys, and the calls of the host's functions.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use ch13_rocket::HostCall;

use crate::{Event, FlightError};

/// The files that a flight is written to. Each frame is written when it has been flown, so that nothing is lost with a
/// window that is closed.
#[derive(Default)]
pub struct Log {
    keys: Option<Output>,
    calls: Option<Output>,
}

struct Output {
    path: PathBuf,
    writer: Box<dyn Write>,
}

impl Log {
    /// Creates the files. `-` for the calls is the standard output.
    ///
    /// # Errors
    ///
    /// A file that cannot be created.
    pub fn create(keys: Option<&Path>, calls: Option<&Path>) -> Result<Log, FlightError> {
        Ok(Log {
            keys: keys.map(Output::create).transpose()?,
            calls: match calls {
                Some(path) if path == Path::new("-") => Some(Output {
                    path: PathBuf::from("the standard output"),
                    writer: Box::new(BufWriter::new(io::stdout())),
                }),
                calls => calls.map(Output::create).transpose()?,
            },
        })
    }

    /// Writes what happens before a frame.
    pub(crate) fn event(&mut self, frame: u64, event: Event) -> Result<(), FlightError> {
        match &mut self.keys {
            Some(keys) => keys.lines(frame, &[event]),
            None => Ok(()),
        }
    }

    /// Writes what the game did in a frame.
    pub(crate) fn calls(&mut self, frame: u64, calls: &[HostCall]) -> Result<(), FlightError> {
        match &mut self.calls {
            Some(output) => output.lines(frame, calls),
            None => Ok(()),
        }
    }
}

impl Output {
    fn create(path: &Path) -> Result<Output, FlightError> {
        let path = path.to_owned();
        match File::create(&path) {
            Ok(file) => Ok(Output { path, writer: Box::new(BufWriter::new(file)) }),
            Err(error) => Err(FlightError::Write { path, error }),
        }
    }

    fn lines(&mut self, frame: u64, items: &[impl Display]) -> Result<(), FlightError> {
        items
            .iter()
            .try_for_each(|item| writeln!(self.writer, "{frame} {item}"))
            .and_then(|()| self.writer.flush())
            .map_err(|error| FlightError::Write { path: self.path.clone(), error })
    }
}
