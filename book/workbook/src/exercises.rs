//! The exercises of a chapter: their texts, and the check that each is red as handed out and green when solved.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, Result};

use crate::checkout;
use crate::finding::Finding;
use crate::scratch::{Built, Scratch, indented, mirror, write};
use crate::workspace::{Chapter, Workspace};

/// An exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// The name of the example: `ch05-1-flag`.
    pub name: String,
    /// Its folder below the workspace's root.
    pub folder: PathBuf,
    /// What it is called.
    pub title: String,
    /// How long it takes.
    pub minutes: u32,
    /// What to do, in Markdown.
    pub task: String,
    /// The hints, each telling more than the one before.
    pub hints: Vec<String>,
    /// What is handed out.
    pub starter: String,
    /// The test of it.
    pub check: String,
    /// What solves it.
    pub solution: String,
}

/// The files of an exercise.
const FILES: [&str; 4] = ["README.md", "exercise.rs", "solution.rs", "check.rs"];

/// So few hints are no tiers.
const FEWEST_HINTS: usize = 2;

/// The exercises of `chapter` in their order, and what is wrong with their texts.
///
/// # Errors
/// Where they cannot be read.
pub fn read(chapter: &Chapter) -> Result<(Vec<Exercise>, Vec<Finding>)> {
    let (mut exercises, mut findings) = (Vec::new(), Vec::new());
    let below = Path::new("chapters").join(&chapter.name).join("exercises");
    for name in folders(&chapter.folder.join("exercises"))? {
        let folder = chapter.folder.join("exercises").join(&name);
        let place = below.join(&name);
        if !is_numbered(&name) {
            let wrong = format!("`{name}` is no name for an exercise");
            findings.push(Finding::new(
                &place,
                wrong,
                "name it `1-slug`, with a number that orders it",
            ));
            continue;
        }
        let missing: Vec<_> = FILES.iter().filter(|file| !folder.join(file).is_file()).collect();
        for file in &missing {
            let wrong = "the exercise lacks this file";
            findings.push(Finding::new(
                place.join(file),
                wrong,
                "write it; book/README.md says how",
            ));
        }
        let text = |file: &str| {
            checkout::read_text(&folder.join(file))
                .with_context(|| format!("cannot read {}", place.join(file).display()))
        };
        if !missing.is_empty() {
            continue;
        }
        let page = Page::read(&text("README.md")?);
        for (line, wrong, mend) in page.wrong() {
            let finding = Finding::new(place.join("README.md"), wrong, mend);
            findings.push(Finding { line, ..finding });
        }
        exercises.push(Exercise {
            name: format!("{}-{name}", chapter.short()),
            folder: place.clone(),
            title: page.title.unwrap_or_default(),
            minutes: page.minutes.unwrap_or_default(),
            task: page.task,
            hints: page.hints.into_iter().map(|(_, hint)| hint).collect(),
            starter: text("exercise.rs")?,
            check: text("check.rs")?,
            solution: text("solution.rs")?,
        });
    }
    if !(2..=3).contains(&exercises.len()) && findings.is_empty() {
        let wrong = format!("the chapter has {} exercises", exercises.len());
        findings.push(Finding::new(&below, wrong, "write two or three"));
    }
    findings.extend(entries(chapter, &exercises)?);
    Ok((exercises, findings))
}

/// The names of the folders, in their order.
fn folders(folder: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("cannot read {}", folder.display()))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// `1-slug`.
fn is_numbered(name: &str) -> bool {
    let slug = |slug: &str| {
        let char = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
        !slug.is_empty() && slug.chars().all(char)
    };
    matches!(name.split_once('-'), Some((number, rest)) if number.parse::<u8>().is_ok() && slug(rest))
}

/// Whether the manifest has an example for each exercise.
fn entries(chapter: &Chapter, exercises: &[Exercise]) -> Result<Vec<Finding>> {
    let place = Path::new("chapters").join(&chapter.name).join("Cargo.toml");
    let manifest = fs::read_to_string(chapter.folder.join("Cargo.toml"))?;
    let manifest: toml::Table = manifest.parse()?;
    let examples: Vec<(String, String)> = manifest
        .get("example")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .map(|entry| {
            let text = |key: &str| {
                entry.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
            };
            (text("name"), text("path"))
        })
        .collect();
    let missing = exercises.iter().filter_map(|exercise| {
        let slug = exercise.folder.file_name()?.to_string_lossy();
        let path = format!("exercises/{slug}/exercise.rs");
        let entry = (exercise.name.clone(), path.clone());
        let wrong = format!("the exercise `{}` is no example of the crate", exercise.name);
        let mend = format!("add\n[[example]]\nname = \"{}\"\npath = \"{path}\"", exercise.name);
        (!examples.contains(&entry)).then(|| Finding::new(&place, wrong, mend))
    });
    Ok(missing.collect())
}

/// The `README.md` of an exercise.
#[derive(Debug, Default)]
struct Page {
    title: Option<String>,
    minutes: Option<u32>,
    task: String,
    /// The line of each, and its text.
    hints: Vec<(usize, String)>,
    misnumbered: Option<usize>,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut page = Page::default();
        let mut fenced = false;
        for (number, line) in (1..).zip(text.lines()) {
            fenced ^= line.trim_start().starts_with("```");
            if fenced {
                // A heading in a fence is none.
            } else if let Some(title) = line.strip_prefix("# ").filter(|_| page.title.is_none()) {
                page.title = Some(title.trim().to_owned());
                continue;
            } else if let Some(minutes) =
                line.strip_prefix("Minutes:").filter(|_| page.minutes.is_none())
            {
                page.minutes = minutes.trim().parse().ok();
                continue;
            } else if let Some(hint) = line.strip_prefix("## Hint") {
                page.hints.push((number, String::new()));
                if hint.trim().parse() != Ok(page.hints.len()) {
                    page.misnumbered.get_or_insert(number);
                }
                continue;
            }
            let text = page.hints.last_mut().map_or(&mut page.task, |(_, hint)| hint);
            text.push_str(line);
            text.push('\n');
        }
        page.task = page.task.trim().to_owned();
        page.hints.iter_mut().for_each(|(_, hint)| *hint = hint.trim().to_owned());
        page
    }

    fn wrong(&self) -> Vec<(Option<usize>, String, &'static str)> {
        let mut wrong = Vec::new();
        if self.title.is_none() {
            wrong.push((Some(1), "the exercise has no title".to_owned(), "begin with `# Title`"));
        }
        if self.minutes.is_none_or(|minutes| minutes == 0) {
            let mend = "say `Minutes: 10` on a line";
            wrong.push((None, "the exercise does not say how long it takes".to_owned(), mend));
        }
        if self.task.is_empty() {
            wrong.push((
                None,
                "the exercise has no task".to_owned(),
                "say what to do, above the hints",
            ));
        }
        if self.hints.len() < FEWEST_HINTS {
            let wrong_is =
                format!("the exercise has {} hints, and needs {FEWEST_HINTS}", self.hints.len());
            wrong.push((None, wrong_is, "write `## Hint 1`, `## Hint 2`, each telling more"));
        }
        if let Some(line) = self.misnumbered {
            let mend = "number the hints from 1, one after the other";
            wrong.push((Some(line), "this hint has another number".to_owned(), mend));
        }
        for (line, hint) in &self.hints {
            if hint.is_empty() {
                wrong.push((Some(*line), "this hint is empty".to_owned(), "write it, or drop it"));
            }
        }
        wrong
    }
}

/// Checks the exercises of `chapters`: their texts, that each compiles and fails by its own test, and that the solution passes.
///
/// # Errors
/// Where they cannot be read, or the workspace aside cannot be written.
pub fn check(workspace: &Workspace, chapters: &[&Chapter]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut all = Vec::new();
    for chapter in chapters {
        let (exercises, wrong) = read(chapter)?;
        findings.extend(wrong);
        all.extend(exercises.into_iter().map(|exercise| (*chapter, exercise)));
    }
    let scratch = prepare(workspace, chapters, &all)?;
    let programs = build(&scratch, &all, &mut findings)?;
    for (_, exercise) in &all {
        if let Some(program) = programs.get(&exercise.name) {
            let outcome = scratch.run(program)?;
            let place = exercise.folder.join("exercise.rs");
            if outcome.success {
                let wrong = "the exercise passes as it is handed out";
                findings.push(Finding::new(
                    place,
                    wrong,
                    "take out what is to be found, or test it",
                ));
            } else if !outcome.stdout.contains("test result: FAILED") {
                let wrong = format!(
                    "the exercise does not fail by its test, but ends with {}:\n{}",
                    outcome.status,
                    indented(&outcome.stderr)
                );
                findings.push(Finding::new(place, wrong, "let the test find what is missing"));
            }
        }
        if let Some(program) = programs.get(&solved(&exercise.name)) {
            let outcome = scratch.run(program)?;
            let place = exercise.folder.join("solution.rs");
            if !outcome.success {
                let wrong =
                    format!("the solution ends with {}:\n{}", outcome.status, indented(&outcome.stdout));
                findings.push(Finding::new(place, wrong, "mend it, or its test"));
            } else if outcome.stdout.contains("running 0 tests") {
                let mend = "bring it in by `#[cfg(test)] #[path = \"check.rs\"] mod check;`";
                findings.push(Finding::new(place, "nothing tests the solution", mend));
            }
        }
    }
    Ok(findings)
}

/// The name of the example that is an exercise's solution, in the workspace aside.
fn solved(name: &str) -> String {
    format!("{name}-solved")
}

/// Copies the chapters aside, with the solutions as examples beside the exercises.
fn prepare(
    workspace: &Workspace,
    chapters: &[&Chapter],
    exercises: &[(&Chapter, Exercise)],
) -> Result<Scratch> {
    let members: Vec<String> =
        chapters.iter().map(|chapter| format!("chapters/{}", chapter.name)).collect();
    let scratch = Scratch::new(workspace, "exercises", &members)?;
    for entry in fs::read_dir(workspace.root.join("chapters"))? {
        let entry = entry?;
        if !entry.path().is_dir() {
            continue;
        }
        let folder = scratch.root.join("chapters").join(entry.file_name());
        for name in ["src", "programs", "exercises"] {
            mirror(&entry.path().join(name), &folder.join(name))?;
        }
        let manifest = fs::read_to_string(entry.path().join("Cargo.toml"))?;
        let mut manifest: toml::Table = manifest.parse()?;
        let mut examples = Vec::new();
        for (_, exercise) in
            exercises.iter().filter(|(chapter, _)| entry.file_name() == *chapter.name)
        {
            let Some(slug) = exercise.folder.file_name() else { continue };
            let slug = slug.to_string_lossy();
            for (name, file) in
                [(exercise.name.clone(), "exercise.rs"), (solved(&exercise.name), "solution.rs")]
            {
                let mut example = toml::Table::new();
                example.insert("name".to_owned(), name.into());
                example.insert("path".to_owned(), format!("exercises/{slug}/{file}").into());
                examples.push(toml::Value::Table(example));
            }
        }
        manifest.insert("example".to_owned(), examples.into());
        write(&folder.join("Cargo.toml"), manifest.to_string().as_bytes())?;
    }
    Ok(scratch)
}

/// Builds the tests of all exercises and solutions, and says where they lie. What does not compile is a finding.
fn build(
    scratch: &Scratch,
    exercises: &[(&Chapter, Exercise)],
    findings: &mut Vec<Finding>,
) -> Result<BTreeMap<String, PathBuf>> {
    if exercises.is_empty() {
        return Ok(BTreeMap::new());
    }
    let built = scratch.cargo(&["test", "--workspace", "--examples", "--no-run"])?;
    if built.errors.is_empty() {
        return Ok(built.programs.into_iter().collect());
    }
    // Cargo stops at the first that does not compile: ask for each.
    let mut programs = BTreeMap::new();
    for (chapter, exercise) in exercises {
        for (name, file) in
            [(exercise.name.clone(), "exercise.rs"), (solved(&exercise.name), "solution.rs")]
        {
            let command = ["test", "-p", &chapter.name, "--example", &name, "--no-run"];
            let Built { errors, programs: built } = scratch.cargo(&command)?;
            programs.extend(built);
            if let Some(error) = errors.first() {
                let wrong = format!("it does not compile:\n{}", indented(&error.text));
                let mend = "only the test may say what is missing";
                findings.push(Finding::new(exercise.folder.join(file), wrong, mend));
            }
        }
    }
    Ok(programs)
}

#[cfg(test)]
mod tests;
