//! `wasm repl`: a prompt on an instance that stays alive.

mod editor;
mod line;
mod operands;
mod session;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use ch23_wasi::{I32Exit, Stdin};

use crate::ending::{Ended, interrupted, tell_calls};
use crate::failure::Usage;
use crate::interrupt::{self, Cause, Running};
use crate::setup::Setup;
use crate::terminal::{self, printable};
use crate::wasi::Wasi;
use editor::{Input, PROMPT, Prompt};
use session::{Session, Then, Trouble};

const EXAMPLES: &str = "\
Examples:
  wasm repl simple.wasm
  echo 'add(3, 4)' | wasm repl simple.wat

Lines at the prompt:
  add(3, 4)              memory[16..48]          count = 5
  table[0]               memory[16] = \"Hello\"    instr i32.const 2

`help` shows all of them. Lines that come through a pipe are read without a
prompt; if one of them has failed, the exit code is 1.";

/// The arguments of `wasm repl`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The module.
    file: PathBuf,
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    wasi: Wasi,
}

/// Makes an instance, and reads lines until there are no more.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.file.as_os_str() == "-" {
        bail!(Usage(
            "the lines come from the standard input; name a file for the module".to_owned()
        ));
    }
    let is_terminal = io::stdin().is_terminal();
    // The lines come from the standard input, so a program has another one or none.
    let mut wasi = arguments.wasi.context(&arguments.file, &[])?;
    if let Some(file) = arguments.wasi.input()? {
        wasi.stdin(Stdin::Reader(Box::new(file)));
    }
    let mut world = arguments.setup.world(None, wasi.build());
    interrupt::on_ctrl_c(move || {
        // At a prompt, the editor sees the key itself, and the terminal is as it needs it.
        if !is_terminal {
            std::process::exit(Cause::CtrlC.code().into());
        }
    })?;
    let loaded = world.load(&arguments.file)?;
    let running = Running::new(world.handle());
    // The start function runs here, so it can be interrupted, too.
    let made = arguments.setup.preload(&mut world).and_then(|()| world.instantiate(&loaded));
    let cause = running.cause();
    drop(running);
    let unnamed = arguments.setup.stem(&arguments.file);
    let instance = match made {
        Ok(instance) => instance,
        Err(error) => return error.downcast::<Ended>()?.tell(cause, None, &unnamed),
    };
    let stem = arguments.file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let session = Session::new(world, loaded, instance, stem);
    match is_terminal {
        true => at_a_terminal(session, &unnamed),
        false => from_a_pipe(session, &unnamed),
    }
}

/// Reads lines at a prompt. A line that fails is told, and the next one may do better.
fn at_a_terminal(mut session: Session, unnamed: &str) -> Result<ExitCode> {
    let mut prompt = Prompt::new(session.words())?;
    terminal::note("`help` shows what to write here, and `exports` what the module exports")?;
    loop {
        let text = match prompt.read()? {
            Input::Line(text) => text,
            Input::GivenUp => continue,
            Input::End => return Ok(ExitCode::SUCCESS),
        };
        let mut out = terminal::stdout();
        let outcome = session.line(&text, &mut out);
        out.flush()?;
        match outcome {
            Ok(Then::GoOn) => {}
            Ok(Then::End) => return Ok(ExitCode::SUCCESS),
            Err(Trouble::Wrong(wrong)) => {
                // Below the place, if it is on the line above.
                let column = text[..text.floor_char_boundary(wrong.at)].chars().count();
                if !text.contains('\n') {
                    terminal::note(format_args!("{}^", " ".repeat(PROMPT.len() + column)))?;
                }
                terminal::complain(printable(&wrong.what));
            }
            Err(trouble) => _ = tell(trouble, "", unnamed)?,
        }
    }
}

/// Reads lines without a prompt, until one says `quit`. An error names the line and the column.
fn from_a_pipe(mut session: Session, unnamed: &str) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    let mut out = terminal::stdout();
    let mut text = String::new();
    let mut first = 1;
    let mut lines = (1..).zip(io::stdin().lock().lines()).peekable();
    while let Some((number, line)) = lines.next() {
        let line = line.map_err(|error| anyhow::anyhow!("standard input: {error}"))?;
        if text.is_empty() {
            first = number;
        } else {
            text.push('\n');
        }
        text += &line;
        // What is open at the end is wrong.
        if line::is_open(&text) && lines.peek().is_some() {
            continue;
        }
        let outcome = session.line(&text, &mut out);
        out.flush()?;
        match outcome {
            Ok(Then::GoOn) => {}
            Ok(Then::End) => return Ok(code),
            Err(trouble) => {
                if !trouble.is_success() {
                    code = ExitCode::FAILURE;
                }
                let place = match &trouble {
                    Trouble::Wrong(wrong) => {
                        let before = &text[..text.floor_char_boundary(wrong.at)];
                        let line = first + before.matches('\n').count();
                        let column = before.chars().rev().take_while(|char| *char != '\n').count();
                        format!("{line}:{}: ", column + 1)
                    }
                    _ => format!("{first}: "),
                };
                if let Some(cause) = tell(trouble, &place, unnamed)? {
                    return Ok(cause.into());
                }
            }
        }
        text.clear();
    }
    Ok(code)
}

/// Prints what went wrong, in one line, and the calls that were active. Returns why the line was
/// interrupted, if it was.
fn tell(trouble: Trouble, place: &str, unnamed: &str) -> Result<Option<Cause>> {
    match trouble {
        Trouble::Wrong(wrong) => {
            terminal::complain(format_args!("{place}{}", printable(&wrong.what)));
        }
        Trouble::Ended(error, cause) => {
            if let Some(cause) = interrupted(&error, cause) {
                terminal::complain(format_args!("{place}{}", cause.words()));
                return Ok(Some(cause));
            }
            if let Some(I32Exit(code)) = error.downcast_ref() {
                terminal::note(format_args!("{place}the program has exited with code {code}"))?;
                return Ok(None);
            }
            terminal::complain(format_args!("{place}{}", printable(&error.to_string())));
            tell_calls(error.backtrace(), unnamed)?;
        }
        Trouble::Output(error) => bail!(error),
    }
    Ok(None)
}
