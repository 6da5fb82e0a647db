//! `wasm validate`: whether modules are valid.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::features::Chosen;
use crate::{input, terminal};

const EXAMPLES: &str = "\
Examples:
  wasm validate game.wasm
  wasm validate *.wat --features 1.0,simd

A list has versions of the standard (1.0, 2.0 or 3.0) and features to add, under
the names that `wasm inspect` shows. Without a version, it adds to 3.0.";

/// The arguments of `wasm validate`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The modules: files, or `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub features: Chosen,
}

/// Validates all files, and goes on after one that isn't valid.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let features = arguments.features.features();
    let mut out = terminal::stdout();
    let mut code = ExitCode::SUCCESS;
    for file in &arguments.files {
        let outcome = input::source(file).and_then(|source| {
            let outcome = source.validate(features);
            outcome.map_err(|wrong| anyhow::anyhow!("{}: {wrong}", source.name))?;
            Ok(source.name)
        });
        match outcome {
            Ok(name) => writeln!(out, "{name}: {0}valid{0:#}", terminal::GOOD)?,
            Err(error) => {
                // The lines so far come before the error.
                out.flush()?;
                terminal::complain(format_args!("{error:#}"));
                code = ExitCode::FAILURE;
            }
        }
    }
    out.flush()?;
    Ok(code)
}
