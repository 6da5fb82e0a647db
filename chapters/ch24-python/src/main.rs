//! Python in the terminal.

mod terminal;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::{fs, io};

use ch22_embed::{Engine, Module};
use ch23_wasi::{DirPerms, Stdin};
use ch24_python::{Executed, Failed, Python, Scene, Settings};
use clap::Parser;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Executes Python in a WebAssembly machine: a program, or what you type.
#[derive(Debug, Parser)]
struct Arguments {
    /// Executes this code.
    #[arg(short, value_name = "CODE")]
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
    /// Shows three machines in one another, and their steps.
    #[arg(long, conflicts_with_all = ["code", "program"])]
    scene: bool,
    /// MicroPython's module, if it isn't the one that was fetched.
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
    if arguments.scene {
        scene(arguments)?;
        return Ok(0);
    }
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
    // After `-c`, the first word is an argument like the others.
    let first = arguments.program.iter().filter(|_| arguments.code.is_some());
    let first = first.map(|word| word.display().to_string());
    let more = first.chain(arguments.arguments.iter().cloned());
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
        None => Python::new(&engine, &module(arguments, &engine)?, settings)?,
    };
    for text in &arguments.guest {
        let parts = text.split_once('=');
        let (name, path) = parts.ok_or("`--guest` is NAME=FILE")?;
        let module = Module::from_file(&engine, path)?;
        python.add_module(name, &module)?;
    }
    Ok(python)
}

/// MicroPython.
fn module(arguments: &Arguments, engine: &Engine) -> Outcome<Module> {
    let path = match &arguments.micropython {
        Some(path) => path.clone(),
        None => ch24_python::micropython()?,
    };
    Ok(Module::new(engine, read(&path)?)?)
}

/// Prints each step of three machines in one another.
fn scene(arguments: &Arguments) -> Outcome {
    const COUNT: u32 = 2;
    let engine = Python::engine();
    let module = module(arguments, &engine)?;
    let mut scene = Scene::new(&engine, &module, COUNT)?;
    let mut out = io::stdout().lock();
    writeln!(out, "squares.wat   in machine.py             in ours    stack")?;
    let (mut steps, mut all) = (0, 0);
    while let Some(executed) = scene.step()? {
        let Executed { instruction, actions, stack, units } = executed;
        writeln!(out, "{instruction:<13} {actions:<24} {units:>7}    {stack}")?;
        (steps, all) = (steps + 1, all + units);
    }
    writeln!(
        out,
        "\n{steps} instructions of WebAssembly in a machine in Python took \
         {all} calls and\nrounds of loops of Python's interpreter in a machine \
         in Rust."
    )?;
    Ok(())
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
