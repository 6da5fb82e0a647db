//! The steps of a chapter: which part of the difference between two crates comes when.
//!
//! The difference is derived, `steps.toml` says which step brings which part of it, and everybody who shows or checks a step asks here.

mod difference;
mod file;
mod listing;
mod select;
mod states;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

use anyhow::{Context, Result};

pub use difference::{Entry, Fate, Part, hunks};
pub use file::Status;
pub use listing::{Kind, Listing};
pub use states::check;

use crate::checkout;
use crate::finding::Finding;
use crate::workspace::{Chapter, Workspace};
use file::{StepsFile, line_of};

/// The file beside a chapter's manifest.
pub const FILE: &str = "steps.toml";

/// More changed lines than this are two thoughts.
const MOST_LINES: usize = 35;

/// The steps of one chapter.
#[derive(Debug)]
pub struct Steps {
    /// The chapter's name.
    pub chapter: String,
    /// The crate whose files are there at first; nothing where there are none.
    pub start: Option<String>,
    /// Why which part is there before the first step.
    pub given: Vec<String>,
    /// The steps; step 1 is the first.
    pub steps: Vec<Step>,
    /// The files of both crates, by their names below the crate's folder, with `/` on every system.
    pub files: BTreeMap<String, Vec<Entry>>,
    /// What is wrong with them. Lines that nobody takes count as given.
    pub findings: Vec<Finding>,
}

/// One step.
#[derive(Debug)]
pub struct Step {
    /// What it is about.
    pub title: String,
    /// What it leaves behind.
    pub status: Status,
    /// The compiler's code, where it fails.
    pub error: Option<String>,
    /// Words of the compiler's message, where it fails.
    pub saying: Option<String>,
    /// What the demo prints then, where it runs.
    pub prints: Option<String>,
    /// Its line in `steps.toml`, from 1.
    pub line: usize,
}

impl Steps {
    /// Reads the steps of `chapter`; nothing where it has no `steps.toml`.
    ///
    /// # Errors
    /// Where a crate cannot be read. What is wrong with the steps themselves is in their `findings`.
    pub fn read(workspace: &Workspace, chapter: &Chapter) -> Result<Option<Self>> {
        let path = chapter.folder.join(FILE);
        let text = match checkout::read_text(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        Self::from_text(workspace, chapter, &text).map(Some)
    }

    /// The steps that `text` says, in place of the chapter's `steps.toml`.
    fn from_text(workspace: &Workspace, chapter: &Chapter, text: &str) -> Result<Self> {
        let place = Path::new("chapters").join(&chapter.name).join(FILE);
        let at = |line: usize, wrong: String, mend: &str| {
            Finding::new(&place, wrong, mend.to_owned()).at(line)
        };
        let file = match StepsFile::read(text) {
            Ok(file) => file,
            Err((line, message)) => {
                let mut steps = Steps::plain(workspace, chapter)?;
                let mend = "book/README.md says what may stand there";
                let finding = Finding { line, ..Finding::new(&place, message, mend) };
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
                    let wrong = format!("`{name}` is no earlier chapter");
                    let line = line_of(text, &file.start.span());
                    findings.push(at(
                        line,
                        wrong,
                        "name the crate that it starts from, or `nothing`",
                    ));
                    None
                }
            },
        };
        let mut files = differences(start.map(|start| &*start.folder), &chapter.folder)?;
        findings.extend(
            select::claim(&mut files, &file, text)
                .into_iter()
                .map(|problem| at(problem.line, problem.wrong, problem.mend)),
        );
        let steps = file.step.iter().map(|step| {
            let (line, step) = (line_of(text, &step.span()), step.get_ref());
            Step {
                title: step.title.clone(),
                status: step.status,
                error: step.error.clone(),
                saying: step.saying.clone(),
                prints: step.prints.clone(),
                line,
            }
        });
        let mut steps = Steps {
            chapter: chapter.name.clone(),
            start: start.map(|start| start.name.clone()),
            given: file.given.iter().map(|given| given.why.clone()).collect(),
            steps: steps.collect(),
            files,
            findings,
        };
        let wrong = steps.what_a_step_says().chain(steps.what_is_too_long());
        let wrong: Vec<Finding> = wrong.map(|(line, wrong, mend)| at(line, wrong, mend)).collect();
        steps.findings.extend(wrong);
        let nobody = steps.what_nobody_takes();
        steps.findings.extend(nobody);
        steps.findings.extend(steps.is_the_chapter(chapter)?);
        Ok(steps)
    }

    /// The difference from the crate that `chapter` follows, as if all of it were one step's.
    ///
    /// # Errors
    /// Where a crate cannot be read.
    pub fn plain(workspace: &Workspace, chapter: &Chapter) -> Result<Self> {
        let start = match &chapter.says.follows {
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

    /// The difference between any files.
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

    /// The files after `step`; step 0 is what is there before the first. A file without a line does not exist.
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

    /// How many lines step `step` changes, blank ones and what comes along aside.
    pub fn changed(&self, step: usize) -> usize {
        let shown = Part::Shown(step);
        let changed = |entry: &&Entry| {
            !entry.is_blank() && (entry.comes_with(shown) || entry.goes_with(shown))
        };
        self.files.values().flatten().filter(changed).count()
    }

    fn what_a_step_says(&self) -> impl Iterator<Item = (usize, String, &'static str)> {
        self.steps.iter().flat_map(|step| {
            let mut wrong = Vec::new();
            let fails = step.status == Status::Fails;
            if fails && (step.error.is_none() || step.saying.is_none()) {
                wrong.push((
                    step.line,
                    format!("the step `{}` fails, and does not say how", step.title),
                    "`error` is the compiler's code, `saying` words of its message",
                ));
            }
            if !fails && (step.error.is_some() || step.saying.is_some()) {
                wrong.push((
                    step.line,
                    format!("the step `{}` names an error and does not fail", step.title),
                    "drop `error` and `saying`, or set `status = \"fails\"`",
                ));
            }
            if step.prints.is_some() && step.status != Status::Runs {
                wrong.push((
                    step.line,
                    format!("the step `{}` prints, and does not run", step.title),
                    "drop `prints`, or set `status = \"runs\"`",
                ));
            }
            wrong
        })
    }

    fn what_is_too_long(&self) -> impl Iterator<Item = (usize, String, &'static str)> {
        (1..).zip(&self.steps).filter_map(|(number, step)| {
            let changed = self.changed(number);
            (changed > MOST_LINES).then(|| {
                let wrong =
                    format!("step {number} changes {changed} lines, and {MOST_LINES} is the most");
                (step.line, wrong, "make two steps of it, or let a part come `along`")
            })
        })
    }

    /// A finding for each run of changed lines that no entry takes.
    fn what_nobody_takes(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (name, entries) in &self.files {
            let nobodys = |entry: &Entry| {
                matches!(entry.fate, Fate::Goes(None) | Fate::Comes(None)).then_some(entry.hunk)
            };
            for run in entries.chunk_by(|a, b| nobodys(a) == nobodys(b)) {
                if nobodys(&run[0]).is_none() {
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
                let mend = format!("give it to a step in chapters/{}/{FILE}", self.chapter);
                let wrong = format!("no step brings this change:{text}");
                findings.push(Finding::new(path, wrong, mend).at(line.unwrap_or(0) + 1));
            }
        }
        findings
    }

    /// The last state against the chapter's files, as they are on the disk.
    fn is_the_chapter(&self, chapter: &Chapter) -> Result<Vec<Finding>> {
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
                "the last step leaves another file than the chapter's",
                "let a `draft` end with the last step at the latest",
            )
        };
        Ok(names.into_iter().filter(differs).map(finding).collect())
    }
}

/// Each file of the two crates, and what became of it.
fn differences(start: Option<&Path>, chapter: &Path) -> Result<BTreeMap<String, Vec<Entry>>> {
    let before = start.map(files).transpose()?.unwrap_or_default();
    Ok(compare(&before, &files(chapter)?))
}

/// Each file, and what became of it.
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

/// The files of a crate that steps are about: its manifest, its sources and its programs.
///
/// # Errors
/// Where they cannot be read.
pub fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let manifest = folder.join("Cargo.toml");
    let content =
        checkout::read(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    files.insert("Cargo.toml".to_owned(), content);
    for name in ["src", "programs"] {
        read_folder(&folder.join(name), name, &mut files)?;
    }
    Ok(files)
}

/// Adds the files below a folder, which may be missing; `name` is what it is called.
///
/// # Errors
/// Where it cannot be read.
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
