//! The tool behind the book: `cargo workbook <command>`.
//!
//! This file parses the arguments. Each command has a module of its own.

mod book;
mod build;
mod check;
mod checkout;
mod diff;
mod errors;
mod exercises;
mod finding;
mod guest;
mod guests;
mod item;
mod mutate;
mod outputs;
mod pages;
mod propagate;
#[cfg(test)]
mod sample;
mod scratch;
mod serve;
mod spec;
mod start;
mod stepper;
mod steps;
mod trial;
mod wasm32;
mod workspace;

use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The tool behind the book.
#[derive(Parser)]
#[command(name = "cargo workbook", bin_name = "cargo workbook", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a crate of your own, ready for you to type a chapter's steps.
    Start(start::Arguments),
    /// Run a chapter's tests on your own crate.
    Try(trial::Arguments),
    /// Show what a chapter changes, step by step.
    Diff(diff::Arguments),
    /// Serve the book at a local address, and rebuild it when a file changes.
    Serve(serve::Arguments),
    /// Build the book as HTML.
    Build(build::Arguments),
    /// Check that the book still matches the code.
    Check(check::Arguments),
    /// Record the compiler's message for the first step of each page that doesn't compile.
    Record(errors::Arguments),
    /// Carry a fix in one chapter to the later chapters that are copies of it.
    Propagate(propagate::Arguments),
    /// Break a crate in one line at a time, and count how often its own tests don't notice.
    Mutate(mutate::Arguments),
    /// Run the official test suite on the engines, and count what passes and fails.
    Spec(spec::Arguments),
    /// Run the engine in Node.js, compiled to wasm32: its limits, and the official test suite.
    Wasm32(wasm32::Arguments),
    /// Build the game's module from its source, or check that the committed one still matches it.
    Guest(guest::Arguments),
    /// Fetch the programs by other people that the tests and the bench run.
    Guests(guests::Arguments),
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let outcome = match command {
        Command::Guest(arguments) => guest::run(workspace(), &arguments),
        Command::Guests(arguments) => guests::run(&arguments),
        Command::Build(arguments) => build::run(workspace(), &arguments),
        Command::Serve(arguments) => serve::run(workspace(), &arguments),
        Command::Check(arguments) => check::run(workspace(), &arguments),
        Command::Diff(arguments) => diff::run(workspace(), &arguments),
        Command::Start(arguments) => start::run(workspace(), &arguments),
        Command::Try(arguments) => trial::run(workspace(), &arguments),
        Command::Record(arguments) => errors::run(workspace(), &arguments),
        Command::Propagate(arguments) => propagate::run(workspace(), &arguments),
        Command::Spec(arguments) => spec::run(workspace(), &arguments),
        Command::Mutate(arguments) => mutate::run(workspace(), &arguments),
        Command::Wasm32(arguments) => wasm32::run(workspace(), &arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe has stopped: `… | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The folder of the workspace, two levels above this package.
fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
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
    fn the_guest_command_takes_these_arguments() {
        let parse = |words: &[&str]| {
            Arguments::try_parse_from([&["cargo workbook", "guest"], words].concat())
        };
        let Ok(Arguments { command: Command::Guest(arguments) }) = parse(&["--check", "--require"])
        else {
            panic!("`guest --check --require` is refused");
        };
        assert!(arguments.check && arguments.require);
        assert!(parse(&[]).is_ok());
        assert!(parse(&["--own"]).is_ok());
        assert!(parse(&["--own", "--check"]).is_err());
        assert!(parse(&["--chek"]).is_err());
    }

    #[test]
    fn require_needs_check() {
        let error = Arguments::try_parse_from(["cargo workbook", "guest", "--require"])
            .err()
            .expect("refused");
        assert!(error.to_string().contains("--check"), "{error}");
    }
}
