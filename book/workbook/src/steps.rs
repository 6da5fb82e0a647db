//! The steps of a chapter: which part of the difference between two crates comes in which step.
//!
//! The difference is computed, and `steps.toml` assigns its parts to steps. All code that shows or
//! checks a step uses this module.

mod difference;
mod file;
mod listing;
mod select;
pub mod states;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use anyhow::{Context, Result};

pub use difference::{Entry, Fate, Part, hunks};
pub use file::{Run, Status};
pub use listing::{Kind, Listing, extract};
pub use states::check;

use crate::checkout;
use crate::finding::Finding;
use crate::workspace::{Chapter, Workspace};
use file::{StepsFile, line_of};

/// The name of the file, which is in the same folder as the chapter's manifest.
pub const FILE: &str = "steps.toml";

/// The most lines, of 80 columns, that a step may change: more of them are two thoughts.
const MOST_LINES: usize = 52;

/// The steps of one chapter.
#[derive(Debug)]
pub struct Steps {
    /// The chapter's name.
    pub chapter: String,
    /// The crate that the first step starts from; `None` for an empty crate.
    pub start: Option<String>,
    /// The parts that are given before the first step.
    pub given: Vec<Given>,
    /// The steps; step 1 is the first.
    pub steps: Vec<Step>,
    /// The files of both crates, by their paths below the crate's folder, with `/` on every system.
    pub files: BTreeMap<String, Vec<Entry>>,
    /// The problems of the steps. A line that no entry takes counts as given.
    pub findings: Vec<Finding>,
}

/// A part that is given before the first step.
#[derive(Debug)]
pub struct Given {
    /// The reason why.
    pub why: String,
    /// The page of the chapter that shows it, from 1.
    pub page: usize,
}

/// One step.
#[derive(Debug)]
pub struct Step {
    /// What it is about.
    pub title: String,
    /// What state it leaves the crate in.
    pub status: Status,
    /// The compiler's code, if the step fails.
    pub error: Option<String>,
    /// Words of the compiler's message, if the step fails.
    pub saying: Option<String>,
    /// Whether the compiler's whole message is shown, even if another step of the page failed first.
    pub whole: bool,
    /// What the demo prints, if it runs.
    pub prints: Option<String>,
    /// Runs with arguments, instead of the one without.
    pub runs: Vec<Run>,
    /// Its line in `steps.toml`, from 1.
    pub line: usize,
}

impl Steps {
    /// Reads the steps of `chapter`; `None` if it has no `steps.toml`.
    ///
    /// # Errors
    /// If a crate cannot be read. Problems of the steps themselves are in their `findings`.
    pub fn read(workspace: &Workspace, chapter: &Chapter) -> Result<Option<Self>> {
        let path = chapter.folder.join(FILE);
        let text = match checkout::read_text(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        Self::from_text(workspace, chapter, &text).map(Some)
    }

    /// The steps in `text`, which is read instead of the chapter's `steps.toml`.
    fn from_text(workspace: &Workspace, chapter: &Chapter, text: &str) -> Result<Self> {
        let place = Path::new("chapters").join(&chapter.name).join(FILE);
        let at = |line: usize, problem: String, help: &str| {
            Finding::new(&place, problem, help.to_owned()).at(line)
        };
        let file = match StepsFile::read(text) {
            Ok(file) => file,
            Err((line, message)) => {
                let mut steps = Steps::plain(workspace, chapter)?;
                let help = "book/README.md describes the format";
                let finding = Finding { line, ..Finding::new(&place, message, help) };
                steps.findings.push(finding);
                return Ok(steps);
            }
        };
        let mut findings = Vec::new();
        let start = match file.start.get_ref().as_str() {
            "nothing" => None,
            name => match workspace.before(chapter).iter().find(|other| other.name == name) {
                Some(start) => Some(start),
                None => {
                    let problem = format!("`{name}` is no earlier chapter");
                    let line = line_of(text, &file.start.span());
                    findings.push(at(
                        line,
                        problem,
                        "name the crate that the steps start from, or `nothing`",
                    ));
                    None
                }
            },
        };
        let mut files = differences(start.map(|start| &*start.folder), &chapter.folder)?;
        findings.extend(
            select::claim(&mut files, &file, text)
                .into_iter()
                .map(|problem| at(problem.line, problem.message, problem.help)),
        );
        let steps = file.step.iter().map(|step| {
            let (line, step) = (line_of(text, &step.span()), step.get_ref());
            Step {
                title: step.title.clone(),
                status: step.status,
                error: step.error.clone(),
                saying: step.saying.clone(),
                whole: step.whole,
                prints: step.prints.clone(),
                runs: step.run.clone(),
                line,
            }
        });
        let given =
            file.given.iter().map(|given| Given { why: given.why.clone(), page: given.page });
        let mut steps = Steps {
            chapter: chapter.name.clone(),
            start: start.map(|start| start.name.clone()),
            given: given.collect(),
            steps: steps.collect(),
            files,
            findings,
        };
        let problem = steps.contradictions().chain(steps.long_steps());
        let problem: Vec<Finding> =
            problem.map(|(line, problem, help)| at(line, problem, help)).collect();
        steps.findings.extend(problem);
        let unassigned = steps.unassigned_changes();
        steps.findings.extend(unassigned);
        steps.findings.extend(steps.last_state(chapter)?);
        Ok(steps)
    }

    /// The difference from the crate that `chapter` follows, without steps.
    ///
    /// # Errors
    /// If a crate cannot be read.
    pub fn plain(workspace: &Workspace, chapter: &Chapter) -> Result<Self> {
        let start = match &chapter.metadata.follows {
            Some(name) => Some(workspace.chapter(name)?),
            None => None,
        };
        Ok(Steps {
            chapter: chapter.name.clone(),
            start: start.map(|start| start.name.clone()),
            given: Vec::new(),
            steps: Vec::new(),
            files: differences(start.map(|start| &*start.folder), &chapter.folder)?,
            findings: Vec::new(),
        })
    }

    /// The difference between two sets of files.
    pub fn between(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) -> Self {
        Steps {
            chapter: String::new(),
            start: None,
            given: Vec::new(),
            steps: Vec::new(),
            files: compare(before, after),
            findings: Vec::new(),
        }
    }

    /// The files after `step`; step 0 is the state before the first step. A file without a line
    /// does not exist.
    pub fn state(&self, step: usize) -> BTreeMap<&str, Vec<u8>> {
        let mut files = BTreeMap::new();
        for (name, entries) in &self.files {
            let lines: Vec<&[u8]> = entries
                .iter()
                .filter(|entry| entry.lives_at(step))
                .map(|entry| &*entry.bytes)
                .collect();
            if !lines.is_empty() {
                files.insert(name.as_str(), lines.concat());
            }
        }
        files
    }

    /// How many lines a step changes, without blank lines and the lines that come `along`.
    pub fn changed(&self, step: usize) -> usize {
        let shown = Part::Shown(step);
        let changed = |entry: &&Entry| {
            !entry.is_blank() && (entry.comes_with(shown) || entry.goes_with(shown))
        };
        self.files.values().flatten().filter(changed).count()
    }

    fn contradictions(&self) -> impl Iterator<Item = (usize, String, &'static str)> {
        self.steps.iter().flat_map(|step| {
            let mut problem = Vec::new();
            let fails = step.status == Status::Fails;
            let crashes = step.status == Status::Crashes;
            if crashes && (step.saying.is_none() || step.error.is_some()) {
                problem.push((
                    step.line,
                    format!("the step `{}` crashes, but doesn't say how", step.title),
                    "add words that the demo ends with as `saying`, and no `error`",
                ));
            }
            if fails && (step.error.is_none() || step.saying.is_none()) {
                problem.push((
                    step.line,
                    format!("the step `{}` fails, but doesn't name its error", step.title),
                    "add the compiler's code as `error`, and words of its message as `saying`",
                ));
            }
            if !fails
                && ((!crashes && (step.error.is_some() || step.saying.is_some())) || step.whole)
            {
                problem.push((
                    step.line,
                    format!("the step `{}` names an error, but doesn't fail", step.title),
                    "delete `error`, `saying` and `whole`, or set `status = \"fails\"`",
                ));
            }
            if step.prints.is_some() && step.status != Status::Runs {
                problem.push((
                    step.line,
                    format!("the step `{}` has `prints`, but doesn't run", step.title),
                    "delete `prints`, or set `status = \"runs\"`",
                ));
            }
            if !step.runs.is_empty() && (step.status != Status::Runs || step.prints.is_some()) {
                problem.push((
                    step.line,
                    format!("the step `{}` has `run`, and another status or `prints`", step.title),
                    "set `status = \"runs\"`, and write `prints` into each `[[step.run]]`",
                ));
            }
            problem
        })
    }

    fn long_steps(&self) -> impl Iterator<Item = (usize, String, &'static str)> {
        (1..).zip(&self.steps).filter_map(|(number, step)| {
            let changed = self.changed(number);
            (changed > MOST_LINES).then(|| {
                let problem =
                    format!("step {number} changes {changed} lines; the limit is {MOST_LINES}");
                (step.line, problem, "split it into two steps, or let a part come `along`")
            })
        })
    }

    /// A finding for each run of changed lines that no entry takes.
    fn unassigned_changes(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (name, entries) in &self.files {
            let unassigned = |entry: &Entry| {
                matches!(entry.fate, Fate::Goes(None) | Fate::Comes(None)).then_some(entry.hunk)
            };
            for run in entries.chunk_by(|a, b| unassigned(a) == unassigned(b)) {
                if unassigned(&run[0]).is_none() {
                    continue;
                }
                let goes = |entry: &Entry| matches!(entry.fate, Fate::Goes(_));
                let (owner, line) = match run.iter().find(|entry| !goes(entry)) {
                    Some(comes) => (Some(&self.chapter), comes.after),
                    None => (self.start.as_ref(), run[0].before),
                };
                let lines = run.iter().map(|entry| {
                    format!("\n    {} {}", if goes(entry) { '-' } else { '+' }, entry.text())
                });
                let mut text: String = lines.take(12).collect();
                if run.len() > 12 {
                    text += &format!("\n    … and {} more lines", run.len() - 12);
                }
                let path = Path::new("chapters").join(owner.unwrap_or(&self.chapter)).join(name);
                let help = format!("assign it to a step in chapters/{}/{FILE}", self.chapter);
                let problem = format!("no step makes this change:{text}");
                findings.push(Finding::new(path, problem, help).at(line.unwrap_or(0) + 1));
            }
        }
        findings
    }

    /// Compares the last state with the chapter's files on the disk.
    fn last_state(&self, chapter: &Chapter) -> Result<Vec<Finding>> {
        let state = self.state(self.steps.len());
        let files = files(&chapter.folder)?;
        let names: BTreeSet<&str> =
            state.keys().copied().chain(files.keys().map(String::as_str)).collect();
        let differs = |name: &&str| {
            let content = files.get(*name).filter(|content| !content.is_empty());
            state.get(*name) != content
        };
        let finding = |name: &str| {
            let path = Path::new("chapters").join(&chapter.name).join(name);
            Finding::new(
                path,
                "the last step leaves a file that differs from the chapter's",
                "let each `draft` end with the last step at the latest",
            )
        };
        Ok(names.into_iter().filter(differs).map(finding).collect())
    }
}

/// The lines of each file of the two crates, and what happens to them.
fn differences(start: Option<&Path>, chapter: &Path) -> Result<BTreeMap<String, Vec<Entry>>> {
    let before = start.map(files).transpose()?.unwrap_or_default();
    Ok(compare(&before, &files(chapter)?))
}

/// The lines of each file, and what happens to them.
fn compare(
    before: &BTreeMap<String, Vec<u8>>,
    after: &BTreeMap<String, Vec<u8>>,
) -> BTreeMap<String, Vec<Entry>> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let difference = |name: &String| {
        let before = before.get(name).map_or(&[][..], Vec::as_slice);
        let after = after.get(name).map_or(&[][..], Vec::as_slice);
        (name.clone(), difference::entries(before, after))
    };
    names.into_iter().map(difference).collect()
}

/// The files of a crate that steps can change: its manifest, its build script, its sources and its
/// programs.
///
/// # Errors
/// If they cannot be read.
pub fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for name in ["Cargo.toml", "build.rs"] {
        let path = folder.join(name);
        if name == "Cargo.toml" || path.is_file() {
            let content =
                checkout::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(name.to_owned(), content);
        }
    }
    for name in ["src", "programs"] {
        read_folder(&folder.join(name), name, &mut files)?;
    }
    Ok(files)
}

/// Adds the files below a folder, if it exists. Their paths start with `name`.
///
/// # Errors
/// If the folder cannot be read.
pub fn read_folder(folder: &Path, name: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries.with_context(|| format!("cannot read {}", folder.display()))?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            read_folder(&path, &name, files)?;
        } else {
            let content =
                checkout::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(name, content);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
