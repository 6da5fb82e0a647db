//! `wasm freeze`: a program that runs becomes a file.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use ch23_wasi::{MemoryInputPipe, Stdin};

use crate::pieces::{self, Freezing, Output, Pieces};
use crate::program::Program;
use crate::setup::Setup;
use crate::wasi::Wasi;

const EXAMPLES: &str = "\
Examples:
  wasm freeze count.wat --invoke count 1000000 --after 5000 -o count.frozen
  wasm thaw count.frozen
  wasm freeze long.wasm -o long.frozen         Ctrl-C freezes it

The file has everything that the program needs to go on: its modules, its
memories, and the middle of its calls. Files that it has open stay where they
are: `thaw` opens them again. Without --after, Ctrl-C freezes; a
second Ctrl-C ends the program. One that has ended before is run to its end.";

/// The arguments of `wasm freeze`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    program: Program,
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    wasi: Wasi,
    #[command(flatten)]
    freezing: Freezing,
    /// The file to be written.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

/// Runs the program up to a point, and writes the file.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { program, setup, wasi, freezing, output } = arguments;
    pieces::check_engine(setup)?;
    let mut context = wasi.context(&program.file, program.words())?;
    context.stdin(Stdin::Inherit);
    if let Some(mut file) = wasi.input()? {
        // What the program hasn't read of it goes along.
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).context("cannot read what --stdin names")?;
        context.stdin(MemoryInputPipe::new(bytes));
    }
    // Start functions run to their end.
    let mut world = setup.world(Some(u64::MAX), context.build());
    pieces::on_ctrl_c(true)?;
    let mut call = program.prepare(&mut world)?;
    let output = Output::new(output)?;
    let (func, values) = call.ready(setup, &mut world)?;
    world.store.set_fuel(0).expect("this engine counts it");
    world.store.data_mut().set_suspending(true);
    let mut pieces = Pieces::new(freezing);
    pieces.refuel(&mut world);
    let first = func.call_resumable(&mut world.store, &values);
    pieces::finish(&mut world, &call.loaded.name, first, pieces, Some(output))
}
