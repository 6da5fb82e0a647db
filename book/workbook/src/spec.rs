//! `cargo workbook spec`: the official test suite on the engines.
//!
//! The runner is a package of its own: it knows every engine, other people's too, and the tool knows none.

use std::path::Path;
use std::process::{self, Command};

use anyhow::{Context, Result};

use crate::workspace;

/// What `cargo workbook spec` is told.
#[derive(clap::Args)]
#[command(long_about = "Run the official test suite on the engines, and say what held.

For each suite and engine it prints how many files were run, and how many assertions passed, failed and were skipped; \
before that, what failed: file, line, what was wanted and what came. Each suite runs as its version of the standard has it: \
what came later is an error to it. It ends with 1 where an assertion failed on an engine of ours, and, if all suites were run on all engines, \
where the scoreboard of README.md is another one.

What is compared: results, bit by bit, with the patterns for NaN; the messages of traps, of exhaustion and of what cannot be linked; \
that an exception is not caught. Of what is malformed or not valid it is compared that it is refused, and not with what message: \
the words are wasmparser's and wat's. Skipped is what an engine does not have, with the reason; never what came out wrong.")]
pub struct Arguments {
    /// Only the files that fit: `i32`, `simd_*`, `gc/array*`, or a suite. May be given more than once.
    #[arg(long, value_name = "GLOB")]
    pub filter: Vec<String>,
    /// Only this engine. May be given more than once.
    #[arg(long, value_name = "NAME")]
    pub engine: Vec<String>,
    /// Print only the numbers, as JSON: an array of suite, engine, files, passed, failed, skipped.
    #[arg(long)]
    pub json: bool,
    /// Write the scoreboard of README.md.
    #[arg(long, conflicts_with_all = ["filter", "engine"])]
    pub readme: bool,
}

/// Runs the command in the workspace that lies at `root`. Where an assertion failed, the runner has said so, and the process
/// ends as the runner did.
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
    fn what_the_command_is_told_the_runner_is_told() {
        let parse = |words: &[&str]| Command::try_parse_from([&["spec"], words].concat());
        let told = |given: &[&str]| {
            words(&parse(given).unwrap_or_else(|error| panic!("{error}")).arguments)
        };
        assert_eq!(told(&[]), [""; 0]);
        assert_eq!(
            told(&["--filter", "gc/*", "--engine", "tree", "--engine=wasmi", "--json"]),
            ["--filter=gc/*", "--engine=tree", "--engine=wasmi", "--json"]
        );
        assert_eq!(told(&["--readme"]), ["--readme"]);
        assert!(parse(&["--readme", "--engine", "tree"]).is_err());
    }
}
