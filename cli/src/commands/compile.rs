//! `wasm compile`: a module with its translated functions becomes a file.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use ch22_embed::{Bytes, CompiledContents, Engine, Module, Strategy};

use crate::failure::Usage;
use crate::pieces::Output;
use crate::terminal::{self, counted, grouped, printable};
use crate::{input, setup};

const EXAMPLES: &str = "\
Examples:
  wasm compile game.wasm                 writes game.compiled
  wasm compile game.wat -o out/game.compiled
  wasm compile game.wasm --no-fuel       for a program that embeds the machine

The file has the module and the code of its functions for the engine `fast`, so
that nothing has to be translated. Each command takes it like a module, and the
other engines translate the module in it. Another version of this program may
ask for the file to be compiled again.";

/// The arguments of `wasm compile`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The module: a file, or `-` for standard input.
    file: PathBuf,
    /// The file to be written; else FILE's name with `.compiled`.
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// For engines that count no fuel and can't be interrupted.
    #[arg(long)]
    no_fuel: bool,
}

/// Compiles the module.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let path = arguments.output()?;
    let source = input::source(&arguments.file)?;
    let mut config = setup::config(Strategy::Fast);
    config.interruptible(!arguments.no_fuel);
    let module = Module::from_shared(&Engine::new(&config), source.binary.clone());
    let module = module.map_err(|error| source.refused(&error))?;
    let is_stdout = path.as_os_str() == "-";
    let output = if is_stdout { None } else { Some(Output::new(&path)?) };
    let bytes = module.serialize().map_err(|error| anyhow!("{}: {error}", source.name))?;
    match output {
        Some(output) => _ = output.write(&bytes)?,
        None => {
            // Without the filter for colours: these bytes are no text.
            let mut out = io::stdout().lock();
            out.write_all(&bytes)?;
            out.flush()?;
        }
    }
    let size = grouped(bytes.len() as u64);
    let contents = CompiledContents::new(&Bytes::from(bytes))?;
    let coded = contents.functions.iter().flatten().count();
    let all = counted(contents.functions.len() as u64, "function");
    let path = match is_stdout {
        true => "standard output".to_owned(),
        false => printable(&path.to_string_lossy()),
    };
    terminal::note(format_args!(
        "compiled: {path} ({size} bytes), with code for {} of {all}",
        grouped(coded as u64)
    ))?;
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    /// The file to be written, which is never the one that is read.
    fn output(&self) -> Result<PathBuf> {
        let is_stdin = self.file.as_os_str() == "-";
        let path = match &self.output {
            Some(path) => path.clone(),
            None if is_stdin => {
                bail!(Usage("standard input: say where the file goes, by `-o OUT`".to_owned()))
            }
            None => self.file.with_extension("compiled"),
        };
        let is_same = |path: &Path| match (fs::canonicalize(path), fs::canonicalize(&self.file)) {
            (Ok(to), Ok(from)) => to == from,
            _ => false,
        };
        if !is_stdin && is_same(&path) {
            let path = printable(&path.to_string_lossy());
            bail!(Usage(format!("{path}: this is the module itself; choose another `-o OUT`")));
        }
        Ok(path)
    }
}
