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

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::{env, io};

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

/// The workspace of the book in which the tool runs: the current folder, or one above it. Outside of
/// any it is the one that the tool was compiled in.
fn workspace() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = env::current_dir().ok().and_then(|here| workspace_above(&here));
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        here.unwrap_or_else(|| package.ancestors().nth(2).unwrap_or(package).to_owned())
    })
}

/// The closest folder that has a workspace with a book.
fn workspace_above(folder: &Path) -> Option<PathBuf> {
    let mut folders = folder.ancestors();
    let files = ["Cargo.toml", "book/book.toml"];
    folders.find(|folder| files.iter().all(|file| folder.join(file).is_file())).map(Path::to_owned)
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
    fn the_workspace_is_found_from_any_folder_in_it() {
        let sample = sample::Sample::new();
        sample.write("book/book.toml", "");
        let root = sample.path("");
        let found = |folder: &str| workspace_above(&sample.path(folder));
        for folder in ["", "book", "chapters/ch01-one/src"] {
            assert!(found(folder).is_some_and(|found| root.starts_with(found)), "{folder}");
        }
        std::fs::remove_file(sample.path("book/book.toml")).unwrap();
        assert_eq!(found("chapters/ch01-one"), None);
    }

    #[test]
    fn require_needs_check() {
        let error = Arguments::try_parse_from(["cargo workbook", "guest", "--require"])
            .err()
            .expect("refused");
        assert!(error.to_string().contains("--check"), "{error}");
    }
}
