//! The command line.

use std::path::{Path, PathBuf};

use clap::Parser;

use crate::engines::DEFAULT;

/// Flies a rocket: a game that is a WebAssembly module, run by an interpreter of this workspace.
///
/// Keys: arrows or A, D, W turn and boost, space shoots, P pauses, R restarts, F1 shows figures, Esc quits.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "rocket",
    version,
    after_help = "\
A file of keys has a line for each thing that happens, FRAME WHAT; what follows # is a comment:
  60 boost down           one of left, right, boost (or up), shoot (or space); then down or up
  90 size 1024 768        the picture is so wide and high from here on, in pixels; at first 800 600
  99 restart              a fresh game begins
  600 end                 the flight is over

While keys are recorded or replayed, and without a window, each frame lasts 1/60 of a second, so that the
same keys lead to the same flight, call by call. Otherwise a frame lasts as long as the display takes,
but at most 1/20 of a second."
)]
pub struct Arguments {
    /// The game to fly, .wasm or .wat; the built-in one if none is named
    pub module: Option<PathBuf>,

    /// The engine that runs it
    #[arg(long, value_name = "NAME", default_value = DEFAULT)]
    pub engine: String,

    /// List the engines and exit
    #[arg(long)]
    pub list_engines: bool,

    /// Fly without a window, as fast as the engine can
    #[arg(long, conflicts_with = "screenshot")]
    pub headless: bool,

    /// End after this many frames; without a window after 600 if nothing else is said
    #[arg(long, value_name = "N")]
    pub frames: Option<u64>,

    /// Replay the keys of a file
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,

    /// Record the keys that are pressed to a file
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Write each host call to a file, FRAME NAME ARGUMENT…; - is the standard output
    #[arg(long, value_name = "FILE")]
    pub calls: Option<PathBuf>,

    /// Save what the window shows to a file, and exit
    #[arg(long, value_name = "FILE.png", requires = "at", group = "picture")]
    pub screenshot: Option<PathBuf>,

    /// Save a film of what the window shows, an animated PNG, from the frame of --at (0) to the end of the flight
    #[arg(long, value_name = "FILE.png", conflicts_with = "headless", group = "picture")]
    pub film: Option<PathBuf>,

    /// The frame to save, or where the film begins, counted from 0; with --keys it is a frame of the flight
    #[arg(long, value_name = "FRAME", requires = "picture")]
    pub at: Option<u64>,
}

impl Arguments {
    /// Whether the host calls go to the standard output.
    pub(crate) fn calls_on_stdout(&self) -> bool {
        self.calls.as_deref() == Some(Path::new("-"))
    }
}
