//! `wasm bindgen`: Rust that calls a module with its own types.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};

use crate::{input, terminal};

const EXAMPLES: &str = "\
Examples:
  wasm bindgen simple.wasm
  wasm bindgen simple.wat -o src/simple.rs --name Simple

The file has a structure with a method for each exported function, and a trait
with a method for each imported one. It needs the crate `ch22-embed`.";

/// The arguments of `wasm bindgen`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The module: a file, or `-` for standard input.
    file: PathBuf,
    /// Write to this file instead of the standard output.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// The structure's name; else the module's, or the file's.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Writes the bindings.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (source, module) = input::module(&arguments.file)?;
    let stem = arguments.file.file_stem().filter(|stem| *stem != "-");
    let name = arguments.name.clone().or(module.names.module);
    let name = name.or_else(|| Some(stem?.to_string_lossy().into_owned()));
    let name = name.unwrap_or_else(|| "module".to_owned());
    let file = bindgen::generate(&name, &source.binary)
        .map_err(|error| anyhow!("{}: {error}", source.name))?;
    match &arguments.output {
        Some(path) if path.as_os_str() != "-" => {
            fs::write(path, file).with_context(|| format!("cannot write `{}`", path.display()))?;
        }
        _ => {
            let mut out = terminal::stdout();
            out.write_all(file.as_bytes())?;
            out.flush()?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
