//! `wasm completions`: a script for a shell.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::terminal;

const EXAMPLES: &str = "\
Examples:
  wasm completions bash > ~/.local/share/bash-completion/completions/wasm
  wasm completions zsh > ~/.zfunc/_wasm";

/// The arguments of `wasm completions`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The shell.
    pub shell: Shell,
}

/// Prints the script.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    // `clap_complete` panics if it can't write, so it doesn't write to a pipe that may be closed.
    let mut script = Vec::new();
    let mut command = crate::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "wasm", &mut script);
    let mut out = terminal::stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
