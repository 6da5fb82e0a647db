//! `wasm thaw`: a frozen program goes on.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use ch22_embed::ResumableCall;
use ch23_wasi::WasiCtx;

use crate::failure::Usage;
use crate::pieces::{self, Freezing, Output, Pieces};
use crate::setup::Setup;
use crate::wasi::Grants;

const EXAMPLES: &str = "\
Examples:
  wasm thaw count.frozen
  wasm thaw count.frozen --after 5000 -o later.frozen
  wasm thaw sort.frozen --dir data::/

The file may come from another computer. With -o, the program is frozen again:
by Ctrl-C, or by --after. The directories of a program that uses WASI have to
be granted again.";

/// The arguments of `wasm thaw`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The file that `wasm freeze` has written.
    file: PathBuf,
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    grants: Grants,
    #[command(flatten)]
    freezing: Freezing,
    /// The file to be written.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

/// Goes on with the program.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let Arguments { file, setup, grants, freezing, output } = arguments;
    pieces::check_engine(setup)?;
    if freezing.after.is_some() && output.is_none() {
        bail!(Usage("--after: say where the frozen program goes, by `-o OUT`".to_owned()));
    }
    let name = file.display().to_string();
    let bytes = fs::read(file).with_context(|| format!("cannot read {name}"))?;
    let output = output.as_deref().map(Output::new).transpose()?;
    pieces::on_ctrl_c(output.is_some())?;
    let mut wasi = WasiCtx::builder();
    grants.add_to(wasi.inherit_output())?;
    let mut world = setup.world(Some(0), WasiCtx::builder().build());
    let paused = world.thaw(&bytes, wasi).map_err(|error| anyhow!("{name}: {error}"))?;
    let call = Ok(ResumableCall::Paused(paused));
    pieces::finish(&mut world, &name, call, Pieces::new(freezing), output)
}
