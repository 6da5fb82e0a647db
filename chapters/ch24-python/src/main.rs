//! Python in the terminal.

mod arguments;
mod console;
mod names;
mod show;
mod terminal;

use std::error::Error;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::{fs, io};

use ch22_embed::{Engine, Module};
use ch23_wasi::Stdin;
use ch24_python::{Failed, Python, Settings};
use clap::Parser;

use arguments::{Arguments, Directory};
use console::Console;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

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
        show::scene(arguments)?;
        return Ok(0);
    }
    if let Some(name) = &arguments.small {
        show::small(arguments, name)?;
        return Ok(0);
    }
    let console = Console::default();
    let mut python = make(arguments, console.clone())?;
    let interrupted = python.interrupt_handle();
    console.interrupts(interrupted.clone());
    ctrlc::set_handler(move || interrupted.store(true, Ordering::Relaxed))?;
    let code = match (&arguments.code, &arguments.program) {
        (Some(code), _) => execute(&mut python, code, "<string>")?,
        (None, Some(path)) => {
            let code = read(path)?;
            let wrong = |_| format!("`{}` isn't UTF-8", path.display());
            let code = String::from_utf8(code).map_err(wrong)?;
            execute(&mut python, &code, &path.display().to_string())?
        }
        (None, None) => {
            let greets = arguments.thaw.is_none();
            let (back, code) = terminal::talk(python, &console, greets)?;
            python = back;
            code
        }
    };
    if let Some(path) = &arguments.freeze {
        let wrong =
            |error| format!("cannot write `{}`: {error}", path.display());
        fs::write(path, python.freeze()?).map_err(wrong)?;
    }
    Ok(code)
}

/// A new Python, or a thawed one.
fn make(arguments: &Arguments, console: Console) -> Outcome<Python> {
    let input = match io::stdin().is_terminal() {
        true => Stdin::Reader(Box::new(console.clone())),
        false => Stdin::Inherit,
    };
    let mut settings = Settings::new()
        .input(input)
        .output(console)
        .arguments(arguments.argv());
    for Directory { host, guest, perms } in &arguments.dir {
        settings = settings
            .directory(host, guest, *perms)
            .map_err(|error| format!("cannot grant `{host}`: {error}"))?;
    }
    let engine = Python::engine();
    let mut python = match &arguments.thaw {
        Some(path) => Python::thaw(&engine, settings, &read(path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?,
        None => Python::new(&engine, &module(arguments, &engine)?, settings)?,
    };
    for (name, path) in &arguments.guest {
        let wrong = |error| format!("{}: {error}", path.display());
        let module = Module::new(&engine, read(path)?).map_err(wrong)?;
        python.add_module(name, &module).map_err(wrong)?;
    }
    Ok(python)
}

/// MicroPython.
fn module(arguments: &Arguments, engine: &Engine) -> Outcome<Module> {
    let path = match &arguments.micropython {
        Some(path) => path.clone(),
        None => ch24_python::micropython()?,
    };
    let module = Module::new(engine, read(&path)?);
    Ok(module.map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Executes code. Its exit code.
fn execute(python: &mut Python, code: &str, name: &str) -> Outcome<i32> {
    match python.exec(code) {
        Ok(()) => Ok(0),
        Err(Failed::Exception(exception)) => match exception.exit_code() {
            Some(code) => {
                eprint!("{}", exception.exit_text().unwrap_or_default());
                Ok(code)
            }
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
