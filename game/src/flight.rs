//! A flight: a game that is moved on frame by frame. The window and the flight without one both drive this.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};
use std::{error, fmt, io};

use annex_embedding::Error;
use ch13_rocket::{Control, HostCall, Rocket, RocketError};

use crate::events::{Listener, Told};
use crate::{EngineRow, Event, Log, Report};

/// The seconds of a frame, where they have to be the same each time.
pub const STEP: f64 = 1.0 / 60.0;

/// The width and the height of the picture at first, in pixels.
pub const FIELD: (f64, f64) = (800.0, 600.0);

/// A game that is flown frame by frame.
pub struct Flight {
    engine: &'static EngineRow,
    module: Vec<u8>,
    rocket: Rocket,
    /// What the game has called since the last frame.
    calls: Calls,
    /// What the game has told after its last picture.
    told: Rc<RefCell<Told>>,
    log: Log,
    held: [bool; Control::ALL.len()],
    size: (f64, f64),
    frame: u64,
    /// The instructions of the games that were flown before this one.
    instructions: u64,
    time: Duration,
}

type Calls = Rc<RefCell<Vec<HostCall>>>;

impl Flight {
    /// A flight that stands at frame 0.
    ///
    /// # Errors
    ///
    /// A module that does not fly.
    pub fn new(
        engine: &'static EngineRow,
        module: Vec<u8>,
        log: Log,
    ) -> Result<Flight, RocketError> {
        let calls = Calls::default();
        let told = Rc::default();
        let listener = Box::new(Listener::new((engine.make)(), Rc::clone(&told)));
        let mut rocket = Rocket::new(listener, &module, Rc::clone(&calls))?;
        rocket.resize(FIELD.0, FIELD.1)?;
        Ok(Flight {
            engine,
            module,
            rocket,
            calls,
            told,
            log,
            held: Default::default(),
            size: FIELD,
            frame: 0,
            instructions: 0,
            time: Duration::ZERO,
        })
    }

    /// Another flight of the same module, which is not recorded.
    ///
    /// # Errors
    ///
    /// A module that does not fly.
    pub fn another(&self) -> Result<Flight, RocketError> {
        Flight::new(self.engine, self.module.clone(), Log::default())
    }

    /// The number of the next frame.
    pub fn frame(&self) -> u64 {
        self.frame
    }

    /// The width and the height of the picture, in pixels.
    pub fn size(&self) -> (f64, f64) {
        self.size
    }

    /// Whether a control is held.
    pub fn holds(&self, control: Control) -> bool {
        self.held[control as usize]
    }

    /// What the game told after its last picture.
    pub fn told(&self) -> Told {
        self.told.borrow().clone()
    }

    /// Lets something happen before the next frame. What changes nothing is not even told.
    ///
    /// # Errors
    ///
    /// A trap, a game that cannot be started again, a file that cannot be written.
    pub fn apply(&mut self, event: Event) -> Result<(), FlightError> {
        let is_news = match event {
            Event::Control(control, held) => self.holds(control) != held,
            Event::Size(width, height) => self.size != (width, height),
            Event::Restart | Event::End => true,
        };
        if !is_news {
            return Ok(());
        }
        self.log.event(self.frame, event)?;
        let from = Instant::now();
        let outcome = match event {
            Event::Control(control, held) => {
                self.held[control as usize] = held;
                self.rocket.toggle(control, held)
            }
            Event::Size(width, height) => {
                self.size = (width, height);
                self.rocket.resize(width, height)
            }
            Event::Restart => self.restart()?,
            Event::End => Ok(()),
        };
        self.time += from.elapsed();
        outcome.map_err(|error| self.trap(self.frame, error))
    }

    /// Begins again with a fresh instance, which learns what is held now.
    fn restart(&mut self) -> Result<Result<(), Error>, FlightError> {
        self.instructions += self.rocket.instructions().unwrap_or_default();
        let listener = Box::new(Listener::new((self.engine.make)(), Rc::clone(&self.told)));
        self.rocket = Rocket::new(listener, &self.module, Rc::clone(&self.calls))
            .map_err(FlightError::Restart)?;
        let (width, height) = self.size;
        let mut outcome = self.rocket.resize(width, height);
        for control in Control::ALL {
            if self.holds(control) {
                outcome = outcome.and_then(|()| self.rocket.toggle(control, true));
            }
        }
        Ok(outcome)
    }

    /// Flies a frame of this many seconds, and returns the calls that the game has made.
    ///
    /// # Errors
    ///
    /// A trap, a file that cannot be written.
    pub fn advance(&mut self, seconds: f64) -> Result<Vec<HostCall>, FlightError> {
        let frame = self.frame;
        self.frame += 1;
        let from = Instant::now();
        let outcome = self.rocket.update(seconds).and_then(|()| self.rocket.draw());
        self.time += from.elapsed();
        let calls = std::mem::take(&mut *self.calls.borrow_mut());
        // Also what was called before a trap: it may say why.
        self.log.calls(frame, &calls)?;
        match outcome {
            Ok(()) => Ok(calls),
            Err(error) => Err(self.trap(frame, error)),
        }
    }

    fn trap(&self, frame: u64, error: Error) -> FlightError {
        FlightError::Trap { frame, error }
    }

    /// What the flight has cost so far.
    pub fn report(&self) -> Report {
        let instructions = self.rocket.instructions();
        Report {
            engine: self.engine.name,
            frames: self.frame,
            instructions: instructions.map(|instructions| self.instructions + instructions),
            time: self.time,
        }
    }
}

/// Why a flight is over.
#[derive(Debug)]
pub enum FlightError {
    /// The game trapped.
    Trap {
        /// The frame in which it did.
        frame: u64,
        /// The trap.
        error: Error,
    },
    /// The game could not be started again.
    Restart(RocketError),
    /// A file cannot be written.
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// The picture cannot be saved; in words.
    Screenshot(String),
}

impl fmt::Display for FlightError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FlightError::Trap { frame, error } => write!(f, "frame {frame}: {error}"),
            FlightError::Restart(error) => write!(f, "the game does not start again: {error}"),
            FlightError::Write { path, error } => {
                write!(f, "cannot write `{}`: {error}", path.display())
            }
            FlightError::Screenshot(message) => f.write_str(message),
        }
    }
}

impl error::Error for FlightError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            FlightError::Trap { error, .. } => Some(error),
            FlightError::Restart(error) => Some(error),
            FlightError::Write { error, .. } => Some(error),
            FlightError::Screenshot(_) => None,
        }
    }
}
