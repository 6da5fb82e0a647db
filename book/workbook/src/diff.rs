//! `cargo workbook diff`: what a chapter changes, step by step.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use anyhow::{Result, bail};

use crate::finding::Findings;
use crate::steps::{Kind, Listing, Part, Status, Steps};
use crate::workspace::Workspace;

/// The arguments of `cargo workbook diff`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The chapter: `ch05-branches`, `ch05` or `5`.
    pub chapter: String,
    /// Show only this step; 0 shows what is given before step 1.
    #[arg(long)]
    pub step: Option<usize>,
}

const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const FILE: Style = AnsiColor::Cyan.on_default();
const HEAD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// Shows the steps of a chapter in the workspace in `root`.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let chapter = workspace.chapter(&arguments.chapter)?;
    let steps = match Steps::read(&workspace, chapter)? {
        Some(steps) => steps,
        None if arguments.step.is_some() => bail!("{} has no steps.toml", chapter.name),
        None => Steps::plain(&workspace, chapter)?,
    };
    let shown = show(&mut anstream::stdout().lock(), &steps, arguments.step)?;
    Findings::none_of(steps.findings)?;
    if !shown {
        bail!("{} has no step {}", chapter.name, arguments.step.unwrap_or_default());
    }
    Ok(())
}

/// Shows the changes of files, below a heading.
///
/// # Errors
/// If the output is closed.
pub fn show_change(
    heading: &str,
    before: &BTreeMap<String, Vec<u8>>,
    after: &BTreeMap<String, Vec<u8>>,
) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{HEAD}{heading}{HEAD:#}")?;
    list(&mut out, &Steps::between(before, after).whole())
}

/// Prints the steps, or one of them. Returns whether the step exists.
fn show(out: &mut impl Write, steps: &Steps, only: Option<usize>) -> io::Result<bool> {
    let from = steps.start.as_deref().unwrap_or("nothing");
    writeln!(out, "{HEAD}{}{HEAD:#}, starting from {from}", steps.chapter)?;
    if steps.steps.is_empty() {
        list(out, &steps.whole())?;
        return Ok(only.is_none());
    }
    if only.is_none_or(|step| step == 0) {
        for (number, given) in steps.given.iter().enumerate() {
            writeln!(out, "\n{HEAD}Given{HEAD:#}: {}", given.why)?;
            list(out, &steps.listing(Part::Given(number)))?;
        }
    }
    for (number, step) in (1..).zip(&steps.steps) {
        if only.is_some_and(|only| only != number) {
            continue;
        }
        let status = match step.status {
            Status::Runs => "runs".to_owned(),
            Status::Compiles => "compiles".to_owned(),
            Status::Crashes => format!("crashes: {}", step.saying.as_deref().unwrap_or("")),
            Status::Fails => {
                let (code, saying) = (step.error.as_deref(), step.saying.as_deref());
                format!("fails: {} {}", code.unwrap_or(""), saying.unwrap_or(""))
            }
        };
        let changed = steps.changed(number);
        writeln!(out, "\n{HEAD}Step {number}. {}{HEAD:#} ({changed} lines, {status})", step.title)?;
        list(out, &steps.listing(Part::Shown(number)))?;
        let along = steps.listing(Part::Along(number));
        if !along.is_empty() {
            writeln!(out, "\n{FAINT}along with it:{FAINT:#}")?;
            list(out, &along)?;
        }
        if let Some(prints) = &step.prints {
            writeln!(out, "\n{FAINT}prints:{FAINT:#}\n{}", prints.trim_end())?;
        }
        for run in &step.runs {
            let (command, prints) = run.as_typed(&steps.chapter, &steps.chapter);
            writeln!(out, "\n{FAINT}{command}{FAINT:#}\n{}", prints.trim_end())?;
        }
    }
    Ok(only.is_none_or(|only| only <= steps.steps.len()))
}

fn list(out: &mut impl Write, listings: &[Listing]) -> io::Result<()> {
    for listing in listings {
        if listing.is_gone {
            writeln!(out, "{FILE}{} (deleted){FILE:#}", listing.file)?;
            continue;
        }
        let note = if listing.is_new { " (new)" } else { "" };
        for passage in &listing.passages {
            let within = passage.within.as_ref().map(|name| format!(", {name}"));
            writeln!(out, "{FILE}{}{}{note}{FILE:#}", listing.file, within.unwrap_or_default())?;
            for line in &passage.lines {
                match line.kind {
                    Kind::Context => writeln!(out, "  {}", line.text)?,
                    Kind::Added => writeln!(out, "{ADDED}+ {}{ADDED:#}", line.text)?,
                    Kind::Removed => writeln!(out, "{REMOVED}- {}{REMOVED:#}", line.text)?,
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    #[test]
    fn a_syntax_error_in_the_steps_is_not_reported_as_a_missing_step() {
        let sample = Sample::new();
        let arguments = |step| Arguments { chapter: "ch02".into(), step };
        let root = &sample.workspace().root;
        assert!(run(root, &arguments(Some(2))).is_ok());
        let error = |step| run(root, &arguments(step)).unwrap_err().to_string();
        assert_eq!(error(Some(9)), "ch02-two has no step 9");
        sample.write("chapters/ch02-two/steps.toml", "start = \"ch01-one");
        for step in [None, Some(2)] {
            assert!(error(step).contains("steps.toml:1: "), "{}", error(step));
        }
    }
}
