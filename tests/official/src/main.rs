//! The official test suite on every engine: what `cargo workbook spec` runs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use anyhow::{Context, Result, bail};
use clap::Parser;
use engines::{ENGINES, EngineRow};
use glob::Pattern;
use official::{HEAD, Score, Suite, markdown, scoreboard, scores, suites};

/// Run the official test suite on the engines, and say what held.
#[derive(Parser)]
#[command(name = "official")]
struct Arguments {
    /// Only the files whose name fits, or suite and name, or suite.
    #[arg(long, value_name = "GLOB")]
    filter: Vec<Pattern>,
    /// Only this engine.
    #[arg(long, value_name = "NAME")]
    engine: Vec<String>,
    /// Print the numbers as JSON, and what failed to the standard error.
    #[arg(long)]
    json: bool,
    /// Write the scoreboard of the README.
    #[arg(long, conflicts_with_all = ["filter", "engine"])]
    readme: bool,
}

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const FAINT: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

fn main() -> ExitCode {
    match play(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Nobody reads on: `… | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("{BAD}error{BAD:#}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Runs what the arguments ask for, and says whether nothing failed.
fn play(arguments: &Arguments) -> Result<bool> {
    let engines = engines_of(&arguments.engine)?;
    let suites = filtered(suites(), &arguments.filter)?;
    let scores = scores(&suites, &engines, progress);
    let numbers: Vec<_> = scores.iter().map(Score::numbers).collect();
    if arguments.json {
        failures(&mut anstream::stderr().lock(), &scores)?;
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &numbers).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        let out = &mut anstream::stdout().lock();
        failures(out, &scores)?;
        table(out, &scores)?;
    }
    let is_whole = arguments.filter.is_empty() && arguments.engine.is_empty();
    let readme_holds = !is_whole || readme(&markdown(&numbers), arguments.readme)?;
    // What fails on other people's engines is shown, and is not our failure.
    let is_ours =
        |score: &&Score| engines.iter().any(|engine| engine.is_ours && engine.name == score.engine);
    Ok(readme_holds && scores.iter().filter(is_ours).all(|score| score.numbers().failed == 0))
}

/// Writes the scoreboard of the README, or says whether it is this one.
fn readme(table: &str, write: bool) -> Result<bool> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    // Git for Windows may have checked it out with CRLF.
    let readme = fs::read_to_string(&path).context("cannot read README.md")?.replace("\r\n", "\n");
    let said = scoreboard(&readme)
        .context("README.md has no scoreboard: a table below `## The scoreboard`")?;
    if said == table {
        return Ok(true);
    }
    if !write {
        anstream::eprintln!(
            "{BAD}README.md{BAD:#}: the scoreboard is another one: run `cargo workbook spec --readme`"
        );
        return Ok(false);
    }
    fs::write(&path, readme.replacen(&said, table, 1)).context("cannot write README.md")?;
    Ok(true)
}

/// The engines of these names, or all.
fn engines_of(names: &[String]) -> Result<Vec<&'static EngineRow>> {
    for name in names {
        if !ENGINES.iter().any(|engine| engine.name == name) {
            let known: Vec<&str> = ENGINES.iter().map(|engine| engine.name).collect();
            bail!("unknown engine `{name}`: there is {}", known.join(", "));
        }
    }
    let wanted =
        |engine: &&EngineRow| names.is_empty() || names.iter().any(|name| name == engine.name);
    Ok(ENGINES.iter().filter(wanted).collect())
}

/// The suites with only those files that one of the patterns fits.
fn filtered(mut suites: Vec<Suite>, patterns: &[Pattern]) -> Result<Vec<Suite>> {
    if patterns.is_empty() {
        return Ok(suites);
    }
    for pattern in patterns {
        let fits = |suite: &Suite| suite.files.iter().any(|file| fits(pattern, suite, &file.name));
        if !suites.iter().any(fits) {
            let names: Vec<&str> = suites.iter().map(|suite| suite.name).collect();
            bail!(
                "the filter `{pattern}` fits no file. It can name a file (`i32.wast`, `simd_*`), a suite and a file \
                 (`gc/array*`), or a suite. The suites: {}",
                names.join(", ")
            );
        }
    }
    for suite in &mut suites {
        let mut files = std::mem::take(&mut suite.files);
        files.retain(|file| patterns.iter().any(|pattern| fits(pattern, suite, &file.name)));
        suite.files = files;
    }
    suites.retain(|suite| !suite.files.is_empty());
    Ok(suites)
}

fn fits(pattern: &Pattern, suite: &Suite, file: &str) -> bool {
    let stem = file.trim_end_matches(".wast");
    let suite = suite.name;
    [
        suite.to_owned(),
        file.to_owned(),
        stem.to_owned(),
        format!("{suite}/{file}"),
        format!("{suite}/{stem}"),
    ]
    .iter()
    .any(|name| pattern.matches(name))
}

/// One line that changes, where somebody looks.
fn progress(done: usize, all: usize) {
    let mut out = io::stderr().lock();
    if out.is_terminal() {
        let end = if done == all { "\r\x1b[K" } else { "" };
        // What cannot be shown is not missed.
        _ = write!(out, "\r{done} of {all} files{end}");
        _ = out.flush();
    }
}

/// What failed: where, what was wanted, what came.
fn failures(out: &mut impl Write, scores: &[Score]) -> io::Result<()> {
    for score in scores {
        for (file, failure) in score.failures() {
            let (suite, engine, line) = (score.suite, score.engine, failure.line);
            writeln!(out, "{BAD}{suite}/{file}:{line}{BAD:#} on {engine}")?;
            writeln!(out, "  expected  {}", indented(&failure.wanted))?;
            writeln!(out, "  found     {}", indented(&failure.got))?;
        }
    }
    Ok(())
}

fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n            ")
}

/// The score of each suite on each engine, and why what is skipped is skipped.
fn table(out: &mut impl Write, scores: &[Score]) -> io::Result<()> {
    writeln!(out, "{BOLD}{HEAD}{BOLD:#}")?;
    let mut reasons: BTreeMap<(&str, &str), (usize, &str)> = BTreeMap::new();
    for score in scores {
        let numbers = score.numbers();
        let style = match (numbers.failed, numbers.skipped) {
            (0, 0) => GOOD,
            (0, _) => Style::new(),
            _ => BAD,
        };
        writeln!(out, "{style}{numbers}{style:#}")?;
        for (reason, count) in score.reasons() {
            reasons.entry((score.engine, reason)).or_insert((0, score.suite)).0 += count;
        }
    }
    for ((engine, reason), (count, first)) in reasons {
        writeln!(out, "{FAINT}skipped on {engine}: {count:>6}  {reason} ({first}){FAINT:#}")?;
    }
    Ok(())
}
