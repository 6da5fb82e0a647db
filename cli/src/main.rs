//! The command line of the machine: `wasm <command>`.
//!
//! This file parses the arguments. Each command has a module of its own in `commands`. The modules
//! beside it are shared: `input` reads files, `values` reads the arguments of a call, and `call`
//! makes the call.

mod call;
mod commands;
mod ending;
mod failure;
mod features;
mod functions;
mod input;
mod interrupt;
mod items;
mod pieces;
mod program;
mod setup;
mod terminal;
mod values;
mod wasi;
mod words;

use std::process::ExitCode;
use std::{env, io};

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use commands::{
    bindgen, compile, completions, freeze, inspect, print, profile, repl, run, thaw, trace,
    validate, wast,
};

use failure::{Usage, in_one_line, is_closed_pipe};

/// Run WebAssembly modules, look into them, check them, and watch them run.
#[derive(Parser)]
#[command(name = "wasm", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  wasm run hello.wasm
  wasm run add.wat --invoke add 1 2
  wasm repl add.wat

A module is a file in the binary format or the text format, or one that `wasm
compile` has written, or `-` for standard input. The exit code is 0 if all went
well, 1 if a module is bad or a call failed, and 2 if the command makes no
sense; `wasm run` has some more.";

#[derive(Subcommand)]
enum Command {
    /// Run a program, or call a function of a module.
    Run(run::Arguments),
    /// Talk to a module: call functions, read and write its memory.
    Repl(repl::Arguments),
    /// Run a program, and write what it is in the middle of to a file.
    Freeze(freeze::Arguments),
    /// Go on with a program that was frozen.
    Thaw(thaw::Arguments),
    /// Write a module and its translated functions to a file.
    Compile(compile::Arguments),
    /// Show what is in a module.
    Inspect(inspect::Arguments),
    /// Check that modules are valid.
    Validate(validate::Arguments),
    /// Print a module in the text format.
    Print(print::Arguments),
    /// Run test scripts on the engines.
    Wast(wast::Arguments),
    /// Call a function, and print each instruction as it is executed.
    Trace(trace::Arguments),
    /// Call a function, and count the instructions that are executed.
    Profile(profile::Arguments),
    /// Write Rust that calls a module with its own types.
    Bindgen(bindgen::Arguments),
    /// Print a script that completes this command line in a shell.
    Completions(completions::Arguments),
}

fn main() -> ExitCode {
    let command = match Arguments::try_parse_from(words::marked(env::args_os())) {
        Ok(Arguments { command }) => command,
        // Help and version aren't errors. Without a command, `wasm` prints its help.
        Err(error) if error.exit_code() == 0 || shows_help(&error) => error.exit(),
        Err(error) => {
            terminal::complain(in_one_line(&error));
            return ExitCode::from(2);
        }
    };
    let outcome = match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Repl(arguments) => repl::run(&arguments),
        Command::Freeze(arguments) => freeze::run(&arguments),
        Command::Thaw(arguments) => thaw::run(&arguments),
        Command::Compile(arguments) => compile::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Print(arguments) => print::run(&arguments),
        Command::Wast(arguments) => wast::run(&arguments),
        Command::Trace(arguments) => trace::run(&arguments),
        Command::Profile(arguments) => profile::run(&arguments),
        Command::Bindgen(arguments) => bindgen::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    match outcome {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        // Only writing to the standard output returns the bare error.
        Err(error) if error.is::<io::Error>() && error.chain().count() == 1 => {
            terminal::complain(format_args!("cannot write the output: {error}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            terminal::complain(format_args!("{error:#}"));
            match error.is::<Usage>() {
                true => ExitCode::from(2),
                false => ExitCode::FAILURE,
            }
        }
    }
}

fn shows_help(error: &clap::Error) -> bool {
    error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_readme_lists_each_command() {
        let readme = include_str!("../README.md");
        for command in Arguments::command().get_subcommands() {
            let row = format!("\n| `wasm {} ", command.get_name());
            assert_eq!(readme.matches(&row).count(), 1, "{row}");
        }
    }

    #[test]
    fn each_help_fits_in_80_columns_and_has_one_to_three_examples() {
        let mut command = Arguments::command();
        command.build();
        let commands = command.get_subcommands_mut().filter(|command| command.get_name() != "help");
        let mut helps: Vec<_> = commands
            .flat_map(|command| {
                let name = command.get_name().to_owned();
                [
                    (name.clone(), command.render_help().to_string()),
                    (name, command.render_long_help().to_string()),
                ]
            })
            .collect();
        helps.push(("wasm".to_owned(), Arguments::command().render_help().to_string()));
        for (name, help) in helps {
            let long: Vec<_> = help.lines().filter(|line| line.chars().count() > 80).collect();
            assert!(long.is_empty(), "{name}: {long:?}");
            let examples = help.split("Examples:\n").nth(1).expect(&name);
            let examples = examples.lines().take_while(|line| line.contains("wasm ")).count();
            assert!((1..=3).contains(&examples), "{name} has {examples} examples");
        }
    }
}
