//! `cargo workbook spec`: the official test suite on the engines.
//!
//! The runner is a package of its own, because it depends on every engine, and the tool may not.

use std::path::Path;
use std::process::{self, Command};

use anyhow::{Context, Result};

use crate::workspace;

/// The arguments of `cargo workbook spec`.
#[derive(clap::Args)]
#[command(
    long_about = "Run the official test suite on the engines, and print what passed and failed.

For each suite and engine it prints how many files were run, and how many assertions passed, failed and were skipped. \
Before that it lists the failures: the file, the line, what was expected and what was found. Each suite runs with the features of its \
version of the standard: later features are errors. The exit code is 1 if an assertion failed on one of our engines, or, if all suites \
were run on all engines, if the scoreboard in README.md differs.

It compares results bit by bit, with the patterns for NaN; the messages of traps, of exhaustion and of link errors; and that an \
exception is not caught. A malformed or invalid module must be rejected, but the message is not compared, because the words are \
wasmparser's and wat's. An assertion is skipped if the engine lacks a feature, with the reason, and never because its result was wrong."
)]
pub struct Arguments {
    /// Run only the matching files: `i32`, `simd_*`, `gc/array*`, or a suite. May be repeated.
    #[arg(long, value_name = "GLOB")]
    pub filter: Vec<String>,
    /// Run only on this engine. May be repeated.
    #[arg(long, value_name = "NAME")]
    pub engine: Vec<String>,
    /// Print only the numbers, as JSON: an array of suite, engine, files, passed, failed, skipped.
    #[arg(long)]
    pub json: bool,
    /// Write the scoreboard in README.md.
    #[arg(long, conflicts_with_all = ["filter", "engine"])]
    pub readme: bool,
}

/// Runs the command in the workspace in `root`. If an assertion failed, the runner has printed it,
/// and the process ends with the runner's exit code.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let mut command = Command::new(workspace::cargo());
    command.args(["run", "--release", "--package", "official", "--"]);
    command.args(words(arguments)).current_dir(root);
    let status = command.status().context("cannot run cargo")?;
    match status.success() {
        true => Ok(()),
        false => process::exit(status.code().unwrap_or(1)),
    }
}

/// The arguments as the runner takes them.
fn words(arguments: &Arguments) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(arguments.filter.iter().map(|glob| format!("--filter={glob}")));
    words.extend(arguments.engine.iter().map(|name| format!("--engine={name}")));
    words.extend(arguments.json.then(|| "--json".to_owned()));
    words.extend(arguments.readme.then(|| "--readme".to_owned()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn the_arguments_are_forwarded_to_the_runner() {
        let parse = |words: &[&str]| Command::try_parse_from([&["spec"], words].concat());
        let forwarded = |given: &[&str]| {
            words(&parse(given).unwrap_or_else(|error| panic!("{error}")).arguments)
        };
        assert_eq!(forwarded(&[]), [""; 0]);
        assert_eq!(
            forwarded(&["--filter", "gc/*", "--engine", "tree", "--engine=wasmi", "--json"]),
            ["--filter=gc/*", "--engine=tree", "--engine=wasmi", "--json"]
        );
        assert_eq!(forwarded(&["--readme"]), ["--readme"]);
        assert!(parse(&["--readme", "--engine", "tree"]).is_err());
    }
}
