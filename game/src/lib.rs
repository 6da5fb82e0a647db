//! The rocket's host: a window to fly in, and a way to fly without one.
//!
//! [`Flight`] is what both have in common: it moves a game on, frame by frame, tells it what the player does, and writes
//! down what it is asked to. Only the module `window` knows macroquad.

mod arguments;
mod draw;
mod effects;
mod engines;
mod events;
mod film;
mod flight;
mod headless;
mod icon;
mod keys;
mod log;
mod module;
mod motion;
mod news;
mod report;
mod saved;
mod scene;
mod screens;
mod sky;
mod window;

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

pub use arguments::Arguments;
pub use engines::{ENGINES, EngineRow};
pub use events::{Record, Told, event, thing};
pub use flight::{FIELD, Flight, FlightError, STEP};
pub use keys::{Event, Script, ScriptError};
pub use log::Log;
pub use report::Report;

/// The game that flies where no other is named.
pub const GAME: &[u8] = include_bytes!("../rocket.wasm");

/// Does what the arguments ask for.
///
/// # Errors
///
/// Whatever went wrong, in one message.
pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if arguments.list_engines {
        return Ok(engines::list(&mut io::stdout().lock())?);
    }
    let engine = engines::find(&arguments.engine)?;
    let module = match &arguments.module {
        Some(path) => module::read(path)?,
        None => GAME.to_vec(),
    };
    let script = match &arguments.keys {
        Some(path) => {
            let text = fs::read_to_string(path);
            let text =
                text.map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
            // Some editors of Windows begin a text with a mark for its encoding.
            let script = text.trim_start_matches('\u{feff}').parse::<Script>();
            Some(script.map_err(|error| format!("{}:{error}", path.display()))?)
        }
        None => None,
    };
    if !arguments.headless {
        window::check_display()?;
    }
    for picture in [&arguments.screenshot, &arguments.film].into_iter().flatten() {
        check_writable(picture)?;
    }
    let log = Log::create(arguments.record.as_deref(), arguments.calls.as_deref())?;
    let flight = Flight::new(engine, module, log).map_err(|error| match &arguments.module {
        Some(path) => format!("{}: {error}", path.display()),
        None => error.to_string(),
    })?;

    let (report, outcome) = match arguments.headless {
        true => headless::fly(flight, &script.unwrap_or_default(), arguments.frames),
        false => window::fly(flight, script, arguments)?,
    };
    // Where the calls are on standard output, nothing else is.
    match arguments.calls_on_stdout() {
        true => writeln!(io::stderr(), "{report}")?,
        false => writeln!(io::stdout(), "{report}")?,
    }
    Ok(outcome?)
}

/// Checks that a file can be written, without changing it. It's a pity to find out after the flight.
fn check_writable(path: &Path) -> Result<(), String> {
    let is_there = path.exists();
    let opened = OpenOptions::new().append(true).create(true).open(path);
    let checked = opened.and_then(|_| if is_there { Ok(()) } else { fs::remove_file(path) });
    checked.map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}
