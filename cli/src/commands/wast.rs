//! `wasm wast`: test scripts, on the engines.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use ch12_instance::StoreLimits;
use ch22_embed::Strategy;
use script::{Embed, Report};
use wasmparser::WasmFeatures;

use crate::features::Chosen;
use crate::terminal::{self, printable};
use crate::{input, setup};

const EXAMPLES: &str = "\
Examples:
  wasm wast numbers.wast
  wasm wast *.wast --engine fast

A script makes modules, calls their functions, and asserts the outcomes. The
standard's own tests are such scripts, and chapter 14 of the book explains them.
The numbers count assertions, and other directives where they fail. What cannot
be run, such as a thread, is skipped and named.";

/// The arguments of `wasm wast`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The scripts: files, or `-` for standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Only this engine: fast, slots, flat or tree; repeatable.
    #[arg(long, value_name = "NAME", value_parser = setup::engine(), hide_possible_values = true)]
    pub engine: Vec<Strategy>,
    #[command(flatten)]
    pub features: Chosen,
}

/// Runs each script on each engine, in a store of its own.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let chosen =
        |engine: &Strategy| arguments.engine.is_empty() || arguments.engine.contains(engine);
    let engines: Vec<Strategy> = Strategy::ALL.into_iter().filter(chosen).collect();
    let features = arguments.features.features();
    let mut out = terminal::stdout();
    let mut code = ExitCode::SUCCESS;
    for file in &arguments.files {
        let outcomes = input::script(file).and_then(|(name, text)| {
            let outcomes = outcomes(&name, &text, &engines, features)?;
            Ok((name, outcomes))
        });
        match outcomes {
            Ok((name, outcomes)) => {
                if !report(&mut out, &name, &outcomes)? {
                    code = ExitCode::FAILURE;
                }
            }
            Err(error) => {
                out.flush()?;
                terminal::complain(format_args!("{error:#}"));
                code = ExitCode::FAILURE;
            }
        }
    }
    out.flush()?;
    Ok(code)
}

/// What came of a script, and the name of the engine.
type Outcome = (Report, &'static str);

fn outcomes(
    name: &str,
    text: &str,
    engines: &[Strategy],
    features: WasmFeatures,
) -> Result<Vec<Outcome>> {
    let on = |engine: &Strategy| {
        let limits = StoreLimits::default();
        let report = script::run(text, || Box::new(Embed::new(*engine, features, limits)));
        let report = report.map_err(|error| anyhow!("{}", input::at(name, text, &error)))?;
        Ok((report, engine.name()))
    };
    engines.iter().map(on).collect()
}

/// A directive that didn't pass: its line, the word for it, and what happened.
type Miss = (usize, &'static str, String);

fn misses((report, engine): &Outcome) -> impl Iterator<Item = (Miss, &'static str)> {
    let failed = report.failed.iter();
    let failed = failed.map(|failure| (failure.line, "failed", failure.to_string()));
    let skipped = report.skipped.iter();
    let skipped = skipped.map(|skip| (skip.line, "skipped", skip.reason.clone()));
    failed.chain(skipped).map(|miss| (miss, *engine))
}

/// Prints each directive that didn't pass once, with the engines where it didn't, and then the
/// numbers. Returns whether nothing has failed.
fn report(out: &mut impl Write, name: &str, outcomes: &[Outcome]) -> Result<bool> {
    let mut misses = grouped(outcomes.iter().flat_map(misses));
    misses.sort_by_key(|((line, ..), _)| *line);
    for ((line, word, what), engines) in misses {
        let style = if word == "failed" { terminal::BAD } else { terminal::FAINT };
        let on = match engines.len() == outcomes.len() {
            true => String::new(),
            false => format!(" on {}", engines.join(", ")),
        };
        let what = printable(&what.replace('\n', " "));
        writeln!(out, "{name}:{line}: {style}{word}{style:#}{on}: {what}")?;
    }
    let numbers = outcomes.iter().map(|(report, engine)| {
        ((report.passed, report.failed.len(), report.skipped.len()), *engine)
    });
    for ((passed, failed, skipped), engines) in grouped(numbers) {
        let style = if failed == 0 { terminal::GOOD } else { terminal::BAD };
        write!(out, "{name}: {style}{passed} passed")?;
        if failed > 0 {
            write!(out, ", {failed} failed")?;
        }
        if skipped > 0 {
            write!(out, ", {skipped} skipped")?;
        }
        writeln!(out, "{style:#} on {}", engines.join(", "))?;
    }
    Ok(outcomes.iter().all(|(report, _)| report.failed.is_empty()))
}

/// The engines of each distinct item.
fn grouped<T: PartialEq>(
    items: impl Iterator<Item = (T, &'static str)>,
) -> Vec<(T, Vec<&'static str>)> {
    let mut groups: Vec<(T, Vec<&str>)> = Vec::new();
    for (item, engine) in items {
        match groups.iter_mut().find(|(known, _)| *known == item) {
            Some((_, engines)) => engines.push(engine),
            None => groups.push((item, vec![engine])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use script::{Failure, Skip};

    #[test]
    fn a_miss_on_some_engines_names_them() {
        let failure =
            |line, got: &str| Failure { line, wanted: "(i32 1)".to_owned(), got: got.to_owned() };
        let skipped = vec![Skip { line: 6, reason: "threads".to_owned() }];
        let outcome =
            |engine, failed| (Report { passed: 3, failed, skipped: skipped.clone() }, engine);
        let mut outcomes = [
            outcome("fast", vec![failure(9, "(i32 2)")]),
            outcome("flat", vec![failure(4, "(i32 3)"), failure(9, "(i32 2)")]),
            outcome("tree", vec![failure(9, "(i32 2)")]),
        ];
        outcomes[1].0.skipped.clear();
        let mut out = Vec::new();
        assert!(!report(&mut out, "x", &outcomes).unwrap());
        let out = anstream::adapter::strip_bytes(&out).into_vec();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "x:4: failed on flat: expected (i32 1), found (i32 3)\n\
             x:6: skipped on fast, tree: threads\n\
             x:9: failed: expected (i32 1), found (i32 2)\n\
             x: 3 passed, 1 failed, 1 skipped on fast, tree\n\
             x: 3 passed, 2 failed on flat\n"
        );
    }
}
