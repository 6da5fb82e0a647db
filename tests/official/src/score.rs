//! The score: what comes of the suites on the engines.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ch12_instance::StoreLimits;
use engines::EngineRow;
use script::{Failure, Report, Skip, run};
use serde::Serialize;

use crate::{File, SUPERSEDED, Suite};

/// What came of a suite on an engine.
#[derive(Clone, Debug)]
pub struct Score {
    /// The name of the suite.
    pub suite: &'static str,
    /// The name of the engine.
    pub engine: &'static str,
    /// What came of each file, by its name.
    pub files: BTreeMap<String, Report>,
}

/// A score in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// The suite.
    pub suite: &'static str,
    /// The engine.
    pub engine: &'static str,
    /// How many files were run.
    pub files: usize,
    /// How many assertions held.
    pub passed: usize,
    /// How many did not hold.
    pub failed: usize,
    /// How many ask for what the engine does not have.
    pub skipped: usize,
}

/// Runs suites on engines, on all cores. `progress` is told how many of how many files are done.
pub fn scores(
    suites: &[Suite],
    engines: &[&'static EngineRow],
    progress: impl Fn(usize, usize) + Sync,
) -> Vec<Score> {
    let mut work: Vec<(&EngineRow, &Suite, &File)> = Vec::new();
    for engine in engines {
        for suite in suites {
            work.extend(suite.files.iter().map(|file| (*engine, suite, file)));
        }
    }
    // The long ones first, so that nobody waits for one of them at the end.
    work.sort_by_key(|(_, _, file)| usize::MAX - file.text.len());
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let reports = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        let work_on = || {
            while let Some((engine, suite, file)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                let report = report(suite, file, engine);
                let key = (suite.name, engine.name, file.name.clone());
                reports.lock().expect("no worker panics").insert(key, report);
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, work.len());
            }
        };
        let others = thread::available_parallelism().map_or(1, |cores| cores.get()) - 1;
        (0..others).for_each(|_| _ = scope.spawn(work_on));
        work_on();
    });
    let mut reports = reports.into_inner().expect("no worker panics");
    let mut scores = Vec::new();
    for suite in suites {
        for engine in engines {
            let take = |file: &File| {
                let key = (suite.name, engine.name, file.name.clone());
                Some((file.name.clone(), reports.remove(&key)?))
            };
            let files = suite.files.iter().filter_map(take).collect();
            scores.push(Score { suite: suite.name, engine: engine.name, files });
        }
    }
    scores
}

/// Runs a file of a suite on an engine. What is superseded and does not hold is skipped. A file that cannot be read is one failure.
fn report(suite: &Suite, file: &File, engine: &EngineRow) -> Report {
    let outcome = run(file.text, || (engine.make)(file.features, StoreLimits::default()));
    let mut report = outcome.unwrap_or_else(|error| Report {
        failed: vec![Failure {
            line: error.span().linecol_in(file.text).0 + 1,
            wanted: "a script".to_owned(),
            got: error.message(),
        }],
        ..Report::default()
    });
    for superseded in SUPERSEDED {
        if (superseded.suite, superseded.file) == (suite.name, file.name.as_str()) {
            let is_this = |failure: &mut Failure| failure.line == superseded.line;
            report.skipped.extend(report.failed.extract_if(.., is_this).map(|failure| Skip {
                line: failure.line,
                reason: format!("superseded: {}", superseded.why),
            }));
        }
    }
    report
}

impl Score {
    /// The score in numbers.
    pub fn numbers(&self) -> Numbers {
        let sum = |count: fn(&Report) -> usize| self.files.values().map(count).sum();
        Numbers {
            suite: self.suite,
            engine: self.engine,
            files: self.files.len(),
            passed: sum(|report| report.passed),
            failed: sum(|report| report.failed.len()),
            skipped: sum(|report| report.skipped.len()),
        }
    }

    /// All that did not hold, with the name of its file.
    pub fn failures(&self) -> impl Iterator<Item = (&str, &Failure)> {
        let of_file = |(name, report)| (AsRef::<str>::as_ref(name), report);
        let files = self.files.iter().map(of_file);
        files.flat_map(|(name, report): (_, &Report)| {
            report.failed.iter().map(move |failure| (name, failure))
        })
    }

    /// All that did not hold, a line each.
    pub fn failures_in_words(&self) -> impl Iterator<Item = String> {
        let Score { suite, engine, .. } = self;
        self.failures().map(move |(file, failure)| {
            format!("{suite}/{file}:{} on {engine}: {failure}", failure.line)
        })
    }

    /// Why what is skipped is skipped, with how many there are of each.
    pub fn reasons(&self) -> BTreeMap<&str, usize> {
        reasons(self.files.values())
    }

    /// A line for each file.
    pub fn by_file(&self) -> String {
        let mut table = String::new();
        for (name, report) in &self.files {
            _ = write!(table, "{name:<36}{:>6} passed", report.passed);
            if !report.failed.is_empty() {
                _ = write!(table, "{:>6} failed", report.failed.len());
            }
            table.push('\n');
            for (reason, count) in reasons([report]) {
                _ = writeln!(table, "{count:>42} skipped: {reason}");
            }
        }
        table
    }
}

fn reasons<'a>(reports: impl IntoIterator<Item = &'a Report>) -> BTreeMap<&'a str, usize> {
    let mut reasons = BTreeMap::new();
    for skip in reports.into_iter().flat_map(|report| &report.skipped) {
        *reasons.entry(skip.reason.as_str()).or_default() += 1;
    }
    reasons
}

impl Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Numbers { suite, engine, files, passed, failed, skipped } = self;
        write!(f, "{suite:<38}{engine:<9}{files:>5}{passed:>8}{failed:>8}{skipped:>9}")
    }
}

/// What stands above the numbers.
pub const HEAD: &str =
    "suite                                 engine   files  passed  failed  skipped";

/// The scoreboard of the README, in Markdown: the versions and the sum of the proposals, and how many assertions passed on each engine.
pub fn markdown(numbers: &[Numbers]) -> String {
    let mut engines: Vec<&str> = Vec::new();
    for numbers in numbers {
        if !engines.contains(&numbers.engine) {
            engines.push(numbers.engine);
        }
    }
    let mut text = "| standard | files |".to_owned();
    engines.iter().for_each(|engine| _ = write!(text, " `{engine}` |"));
    text.push_str("\n|---|---|");
    engines.iter().for_each(|_| text.push_str("---|"));
    text.push('\n');
    for (row, suite) in
        [("1.0", "wasm-v1"), ("2.0", "wasm-v2"), ("3.0", "wasm-v3"), ("proposals", "")]
    {
        let of = |engine: &str| {
            let is_of_row = |numbers: &&Numbers| match suite {
                "" => !numbers.suite.starts_with("wasm-v"),
                suite => numbers.suite == suite,
            };
            let of_row = numbers.iter().filter(is_of_row).filter(|row| row.engine == engine);
            of_row.fold([0; 4], |[files, passed, failed, skipped], row| {
                [files + row.files, passed + row.passed, failed + row.failed, skipped + row.skipped]
            })
        };
        let files = engines.first().map_or(0, |engine| of(engine)[0]);
        _ = write!(text, "| {row} | {files} |");
        for engine in &engines {
            let [_, passed, failed, skipped] = of(engine);
            _ = write!(text, " {}", grouped(passed));
            for (count, what) in [(failed, "failed"), (skipped, "skipped")] {
                if count > 0 {
                    _ = write!(text, ", {} {what}", grouped(count));
                }
            }
            text.push_str(" |");
        }
        text.push('\n');
    }
    text
}

/// A number with a comma after each thousand.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The scoreboard of a README: the table below its heading, with `\n` at the end of each line.
pub fn scoreboard(readme: &str) -> Option<String> {
    let is_row = |line: &&str| line.starts_with('|');
    let below = readme.lines().skip_while(|line| *line != "## The scoreboard").skip(1);
    let rows = below.skip_while(|line| !is_row(line)).take_while(is_row);
    let table: String = rows.map(|row| format!("{row}\n")).collect();
    (!table.is_empty()).then_some(table)
}

/// Whether a scoreboard says what a table says, and beyond it only what comes of more engines.
pub fn extends(scoreboard: &str, table: &str) -> bool {
    scoreboard.lines().count() == table.lines().count()
        && scoreboard.lines().zip(table.lines()).all(|(longer, row)| longer.starts_with(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scoreboard_may_have_more_engines_than_a_table_and_no_other_numbers() {
        let scoreboard = "| a | 1 | 2 |\n| b | 3 | 4 |\n";
        assert!(extends(scoreboard, "| a | 1 |\n| b | 3 |\n"));
        assert!(!extends(scoreboard, "| a | 1 |\n| b | 4 |\n"));
        assert!(!extends(scoreboard, "| a | 1 |\n"));
        assert!(!extends("", "| a | 1 |\n"));
    }

    #[test]
    fn the_scoreboard_is_the_table_below_its_heading_whatever_the_line_endings() {
        let readme = "| a |\n\n## The scoreboard\n\nWords:\n\n| b |\n| c |\n\n| d |\n";
        assert_eq!(scoreboard(readme).as_deref(), Some("| b |\n| c |\n"));
        assert_eq!(scoreboard(&readme.replace('\n', "\r\n")).as_deref(), Some("| b |\n| c |\n"));
        assert_eq!(scoreboard("## The scoreboard\n\nWords.\n"), None);
    }
}
