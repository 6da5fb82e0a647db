//! The command line.

use std::path::{Path, PathBuf};

use clap::Parser;

use crate::engines::DEFAULT;

/// Flies a rocket: a game that is a WebAssembly module, run by an interpreter of this workspace.
///
/// Keys: arrows or A, D and W turn and boost, space shoots, P pauses, R restarts (hold it), F1 shows figures, F11 fills the
/// screen, Esc pauses, and quits from there.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "rocket",
    version,
    max_term_width = 80,
    after_help = "\
A file of keys has a line for each thing that happens, FRAME WHAT, and comments
that begin with #:
  60 boost down      one of left, right, boost (or up), shoot (or space), and
                     down or up
  90 size 1024 768   from here on the picture is this wide and high, in pixels
                     (800 600 at first)
  99 restart         a fresh game begins
  600 end            the flight is over

While keys are recorded or replayed, and without a window, each frame lasts 1/60
of a second, so the same keys lead to the same flight, call by call. Otherwise a
frame lasts as long as the display takes, but at most 1/20 of a second."
)]
pub struct Arguments {
    /// The game to fly, .wasm or .wat [default: the built-in one]
    pub module: Option<PathBuf>,

    /// The engine that runs it
    #[arg(long, value_name = "NAME", default_value = DEFAULT)]
    pub engine: String,

    /// List the engines and exit
    #[arg(long)]
    pub list_engines: bool,

    /// Fly without a window, as fast as the engine can
    #[arg(long, conflicts_with_all = ["screenshot", "at"])]
    pub headless: bool,

    /// End after this many frames [default: 600 without a window]
    #[arg(long, value_name = "N", value_parser = frames)]
    pub frames: Option<u64>,

    /// Replay the keys of a file
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,

    /// Record the keys that are pressed to a file
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Write each host call to a file, as FRAME NAME ARGUMENT…; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub calls: Option<PathBuf>,

    /// Save what the window shows to a file, and exit
    #[arg(long, value_name = "FILE.png", value_parser = png, requires = "at", group = "picture")]
    pub screenshot: Option<PathBuf>,

    /// Save a film of what the window shows, an animated PNG, from the frame of --at (0) to the end of the flight
    #[arg(long, value_name = "FILE.png", value_parser = png, conflicts_with = "headless", group = "picture")]
    pub film: Option<PathBuf>,

    /// The frame to save, or where the film begins, counted from 0; with --keys it is a frame of the flight
    #[arg(long, value_name = "FRAME", requires = "picture")]
    pub at: Option<u64>,
}

/// How many frames are flown.
fn frames(number: &str) -> Result<u64, String> {
    match number.parse() {
        Ok(0) => Err("a flight has at least one frame".to_owned()),
        Ok(frames) => Ok(frames),
        Err(error) => Err(error.to_string()),
    }
}

/// The name of a picture.
fn png(name: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name);
    match path.extension() {
        Some(extension) if extension.eq_ignore_ascii_case("png") => Ok(path),
        _ => Err("the picture is a PNG, so its name has to end in .png".to_owned()),
    }
}

impl Arguments {
    /// Whether the host calls go to the standard output.
    pub(crate) fn calls_on_stdout(&self) -> bool {
        self.calls.as_deref() == Some(Path::new("-"))
    }
}
