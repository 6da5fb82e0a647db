//! Python in the terminal.

mod fetch;
mod terminal;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::{fs, io};

use ch22_embed::Module;
use ch23_wasi::{DirPerms, Stdin};
use ch24_python::{Failed, Python, Settings};
use clap::Parser;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Executes Python in a WebAssembly machine: a program, or what you type.
#[derive(Debug, Parser)]
struct Arguments {
    /// Executes this code.
    #[arg(short, value_name = "CODE", conflicts_with = "program")]
    code: Option<String>,
    /// A directory that Python may use, and under which path: `.::/`.
    #[arg(long, value_name = "HOST::GUEST")]
    dir: Vec<String>,
    /// A module in the same machine, which Python may import by this name.
    #[arg(long, value_name = "NAME=FILE")]
    guest: Vec<String>,
    /// Writes Python to this file at the end, with all that it knows.
    #[arg(long, value_name = "FILE")]
    freeze: Option<PathBuf>,
    /// Goes on with the Python of this file.
    #[arg(long, value_name = "FILE")]
    thaw: Option<PathBuf>,
    /// MicroPython's module, if it isn't the one that npm fetches.
    #[arg(long, value_name = "FILE")]
    micropython: Option<PathBuf>,
    /// The program.
    program: Option<PathBuf>,
    /// The program's arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => ExitCode::from(code as u8),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome<i32> {
    let mut python = make(arguments)?;
    let interrupted = python.interrupt_handle();
    ctrlc::set_handler(move || interrupted.store(true, Ordering::Relaxed))?;
    let code = match (&arguments.code, &arguments.program) {
        (Some(code), _) => execute(&mut python, code, "<string>")?,
        (None, Some(path)) => {
            let code = read(path)?;
            let code = String::from_utf8(code)?;
            execute(&mut python, &code, &path.display().to_string())?
        }
        (None, None) => {
            let greets = arguments.thaw.is_none();
            let (back, code) = terminal::talk(python, greets)?;
            python = back;
            code
        }
    };
    if let Some(path) = &arguments.freeze {
        fs::write(path, python.freeze()?)?;
    }
    Ok(code)
}

/// A new Python, or a thawed one.
fn make(arguments: &Arguments) -> Outcome<Python> {
    let name = match (&arguments.code, &arguments.program) {
        (Some(_), _) => "-c".to_owned(),
        (None, Some(path)) => path.display().to_string(),
        (None, None) => String::new(),
    };
    let more = arguments.arguments.iter().cloned();
    let mut settings = Settings::new()
        .input(Stdin::Inherit)
        .output(io::stdout())
        .arguments([name].into_iter().chain(more));
    for text in &arguments.dir {
        let (host, guest) = text.split_once("::").unwrap_or((text, "/"));
        settings = settings
            .directory(host, guest, DirPerms::ReadWrite)
            .map_err(|error| format!("cannot grant `{host}`: {error}"))?;
    }
    let engine = Python::engine();
    let mut python = match &arguments.thaw {
        Some(path) => Python::thaw(&engine, settings, &read(path)?)?,
        None => {
            let path = match &arguments.micropython {
                Some(path) => path.clone(),
                None => fetch::micropython()?,
            };
            let module = Module::new(&engine, read(&path)?)?;
            Python::new(&engine, &module, settings)?
        }
    };
    for text in &arguments.guest {
        let parts = text.split_once('=');
        let (name, path) = parts.ok_or("`--guest` is NAME=FILE")?;
        let module = Module::from_file(&engine, path)?;
        python.add_module(name, &module)?;
    }
    Ok(python)
}

/// Executes code. Its exit code.
fn execute(python: &mut Python, code: &str, name: &str) -> Outcome<i32> {
    match python.exec(code) {
        Ok(()) => Ok(0),
        Err(Failed::Exception(exception)) => match exception.exit_code() {
            Some(code) => Ok(code),
            None => {
                let file = format!("\"{name}\"");
                let text = exception.traceback.replace("\"<stdin>\"", &file);
                eprint!("{text}");
                Ok(1)
            }
        },
        Err(Failed::Machine(error)) => Err(error.into()),
    }
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    let bytes = fs::read(path);
    let why = |error| format!("cannot read `{}`: {error}", path.display());
    Ok(bytes.map_err(why)?)
}
