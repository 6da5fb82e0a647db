//! `wasm print`: a module in the text format.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::{input, terminal};

const EXAMPLES: &str = "\
Examples:
  wasm print game.wasm
  wasm print game.wasm --output game.wat";

/// The arguments of `wasm print`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The module: a file, or `-` for standard input.
    pub file: PathBuf,
    /// Write to this file instead of the standard output.
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
}

/// Prints the module with the printer of chapter 9.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (_, module) = input::module(&arguments.file)?;
    match &arguments.output {
        Some(path) if path.as_os_str() != "-" => {
            let write = || {
                let mut out = BufWriter::new(File::create(path)?);
                writeln!(out, "{module}")?;
                out.flush()
            };
            write().with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        _ => {
            let mut out = terminal::stdout();
            writeln!(out, "{module}")?;
            out.flush()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
