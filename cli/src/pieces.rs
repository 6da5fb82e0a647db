//! A call that is run piece by piece, and may become a file on the way.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use ch22_embed::{Error, ResumableCall, Strategy};
use ch23_wasi::Sleep;
use tempfile::NamedTempFile;

use crate::ending::Ended;
use crate::failure::Usage;
use crate::interrupt::{self, Cause};
use crate::setup::{Setup, World};
use crate::terminal::{self, counted, grouped, printable};

/// How much fuel a piece has: a few milliseconds.
const PIECE: u64 = 1_000_000;

/// How long it takes at most until a sleeping program becomes a file.
const NAP: Duration = Duration::from_millis(20);

/// Whether the user has asked for the file.
static ASKED: AtomicBool = AtomicBool::new(false);

/// When a call becomes a file, and which.
#[derive(clap::Args)]
pub struct Freezing {
    /// Freeze after so many calls and rounds of loops.
    #[arg(long, value_name = "N")]
    pub after: Option<u64>,
}

/// Checks that the engine can pause a call.
///
/// # Errors
///
/// It can't.
pub fn check_engine(setup: &Setup) -> Result<()> {
    match setup.strategy() {
        Strategy::Tree => bail!(Usage(
            "--engine tree: this engine can't pause a call; choose fast, slots or flat".to_owned()
        )),
        _ => Ok(()),
    }
}

/// A file that is there only when all of it is.
pub struct Output {
    file: NamedTempFile,
    path: PathBuf,
}

impl Output {
    /// Makes sure that the file can be written, before anything runs.
    ///
    /// # Errors
    ///
    /// It can't.
    pub fn new(path: &Path) -> Result<Output> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            bail!("cannot write {}: there is no folder {}", path.display(), folder.display());
        }
        if path.is_dir() {
            bail!("cannot write {}: it is a folder", path.display());
        }
        let file = NamedTempFile::new_in(folder)
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Output { file, path: path.to_owned() })
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// The disk is full, or the like.
    pub fn write(mut self, bytes: &[u8]) -> Result<PathBuf> {
        let failed = || format!("cannot write {}", self.path.display());
        self.file.write_all(bytes).with_context(failed)?;
        self.file.persist(&self.path).map_err(|it| it.error).with_context(failed)?;
        Ok(self.path)
    }
}

/// Lets Ctrl-C ask for the file; or end the process, if there will be none, or if it comes a second time.
///
/// # Errors
///
/// The system refuses.
pub fn on_ctrl_c(freezes: bool) -> Result<()> {
    interrupt::on_ctrl_c(move || {
        if !freezes || ASKED.swap(true, Ordering::SeqCst) {
            terminal::complain(Cause::CtrlC.words());
            std::process::exit(Cause::CtrlC.code().into());
        }
    })
}

/// The pieces that are left until a call becomes a file.
pub struct Pieces {
    /// The fuel of all of them; without an end, there is always another piece.
    all: Option<u64>,
    left: Option<u64>,
}

impl Pieces {
    /// All pieces, of which the first is next.
    pub fn new(freezing: &Freezing) -> Pieces {
        Pieces { all: freezing.after, left: freezing.after }
    }

    /// Adds the fuel of the next piece to what a store has.
    pub fn refuel(&mut self, world: &mut World) {
        let piece = self.left.unwrap_or(PIECE).min(PIECE);
        self.left = self.left.map(|left| left - piece);
        let left = world.store.get_fuel().unwrap_or_default();
        world.store.set_fuel(left.saturating_add(piece)).expect("this engine counts it");
    }

    fn is_over(&self) -> bool {
        self.left == Some(0)
    }

    /// Tells the user that the program has ended, if it was to be frozen.
    fn tell_unused(&self, name: &str, freezes: bool) -> io::Result<()> {
        let Some(after) = self.all.filter(|_| freezes) else { return Ok(()) };
        let after = counted(after, "unit");
        terminal::note(format_args!("{name}: it has ended before {after}; nothing is frozen"))
    }
}

/// Lets a program sleep, or less if the user asks for the file meanwhile.
fn sleep(time: Duration) {
    let start = Instant::now();
    while !ASKED.load(Ordering::SeqCst) {
        let left = time.saturating_sub(start.elapsed());
        if left.is_zero() {
            return;
        }
        thread::sleep(left.min(NAP));
    }
}

/// Takes a call to its end and prints its results, or to the file.
///
/// # Errors
///
/// The program ends with an error, it can't be frozen, or the file can't be written.
pub fn finish(
    world: &mut World,
    name: &str,
    mut call: Result<ResumableCall, Error>,
    mut pieces: Pieces,
    mut output: Option<Output>,
) -> Result<ExitCode> {
    let ended = |error| Ended { name: name.to_owned(), error };
    let results = loop {
        let paused = match call {
            Ok(ResumableCall::Finished(results)) => break results,
            Ok(ResumableCall::Paused(paused)) => paused,
            Err(error) => {
                let code = ended(error).tell(None, None, name)?;
                pieces.tell_unused(name, output.is_some())?;
                return Ok(code);
            }
        };
        let asleep = Sleep::of(&paused);
        if let (Some(reason), None) = (paused.reason(), asleep) {
            bail!("{name}: the program waits for an answer that nobody gives: {reason}");
        }
        if let Some(asleep) = asleep {
            sleep(asleep.time());
        }
        let is_over = asleep.is_none() && pieces.is_over();
        let is_time = is_over || ASKED.load(Ordering::SeqCst);
        if let Some(output) = output.take_if(|_| is_time) {
            let bytes = world.freeze(&paused).map_err(|error| anyhow!("{name}: {error}"))?;
            let path = output.write(&bytes)?;
            let path = printable(&path.to_string_lossy());
            let size = grouped(bytes.len() as u64);
            terminal::note(format_args!(
                "frozen: {path} ({size} bytes); `wasm thaw {path}` goes on"
            ))?;
            return Ok(ExitCode::SUCCESS);
        }
        call = match asleep {
            Some(_) => Sleep::wake(paused, &mut world.store),
            None => {
                pieces.refuel(world);
                paused.resume(&mut world.store)
            }
        };
    };
    world.print(&results)?;
    pieces.tell_unused(name, output.is_some())?;
    Ok(ExitCode::SUCCESS)
}
