//! The exercises of a chapter: their texts, and the check that each test fails for the starter code
//! and passes for the solution.

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
    /// Its title.
    pub title: String,
    /// How many minutes it takes.
    pub minutes: u32,
    /// The task, in Markdown.
    pub task: String,
    /// The hints. Each reveals more than the one before.
    pub hints: Vec<String>,
    /// The starter code.
    pub starter: String,
    /// The test.
    pub check: String,
    /// The solution.
    pub solution: String,
}

/// The files of an exercise.
const FILES: [&str; 4] = ["README.md", "exercise.rs", "solution.rs", "check.rs"];

/// An exercise has at least this many hints.
const FEWEST_HINTS: usize = 2;

/// The exercises of `chapter` in their order, and the problems of their texts.
///
/// # Errors
/// If they cannot be read.
pub fn read(chapter: &Chapter) -> Result<(Vec<Exercise>, Vec<Finding>)> {
    let (mut exercises, mut findings) = (Vec::new(), Vec::new());
    let below = Path::new("chapters").join(&chapter.name).join("exercises");
    for name in folders(&chapter.folder.join("exercises"))? {
        let folder = chapter.folder.join("exercises").join(&name);
        let place = below.join(&name);
        if !is_numbered(&name) {
            let problem = format!("`{name}` is not a name for an exercise");
            findings.push(Finding::new(
                &place,
                problem,
                "name it `1-slug`, starting with its number",
            ));
            continue;
        }
        let missing: Vec<_> = FILES.iter().filter(|file| !folder.join(file).is_file()).collect();
        for file in &missing {
            let problem = "the exercise lacks this file";
            findings.push(Finding::new(
                place.join(file),
                problem,
                "write it; book/README.md describes the format",
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
        for (line, problem, help) in page.problems() {
            let finding = Finding::new(place.join("README.md"), problem, help);
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
    for leaf in chapter.leaves() {
        let own = (1..=exercises.len()).filter(|number| leaf.exercises.contains(number)).count();
        if !(2..=3).contains(&own) && findings.is_empty() {
            let what = if leaf.position == 1 { "chapter" } else { leaf.title };
            let problem = format!("the {what} has {own} exercises");
            findings.push(Finding::new(&below, problem, "write two or three"));
        }
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
        let problem = format!("the exercise `{}` is not an example of the crate", exercise.name);
        let help = format!("add\n[[example]]\nname = \"{}\"\npath = \"{path}\"", exercise.name);
        (!examples.contains(&entry)).then(|| Finding::new(&place, problem, help))
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
                // A line in a fence is not a heading.
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

    fn problems(&self) -> Vec<(Option<usize>, String, &'static str)> {
        let mut problems = Vec::new();
        if self.title.is_none() {
            problems.push((
                Some(1),
                "the exercise has no title".to_owned(),
                "start with `# Title`",
            ));
        }
        if self.minutes.is_none_or(|minutes| minutes == 0) {
            let help = "add a line `Minutes: 10`";
            problems.push((None, "the exercise doesn't say how long it takes".to_owned(), help));
        }
        if self.task.is_empty() {
            problems.push((
                None,
                "the exercise has no task".to_owned(),
                "write what to do, above the hints",
            ));
        }
        if self.hints.len() < FEWEST_HINTS {
            let problem =
                format!("the exercise has {} hints; it needs {FEWEST_HINTS}", self.hints.len());
            problems.push((None, problem, "write `## Hint 1`, `## Hint 2`, each revealing more"));
        }
        if let Some(line) = self.misnumbered {
            let help = "number the hints 1, 2, and so on";
            problems.push((Some(line), "this hint has a wrong number".to_owned(), help));
        }
        for (line, hint) in &self.hints {
            if hint.is_empty() {
                problems.push((
                    Some(*line),
                    "this hint is empty".to_owned(),
                    "write it, or delete it",
                ));
            }
        }
        problems
    }
}

/// Checks the exercises of `chapters`: their texts, that the starter code compiles and fails its
/// test, and that the solution passes.
///
/// # Errors
/// If they cannot be read, or the scratch workspace cannot be written.
pub fn check(workspace: &Workspace, chapters: &[&Chapter]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut all = Vec::new();
    for chapter in chapters {
        let (exercises, problem) = read(chapter)?;
        findings.extend(problem);
        all.extend(exercises.into_iter().map(|exercise| (*chapter, exercise)));
    }
    let scratch = prepare(workspace, chapters, &all)?;
    let programs = build(&scratch, &all, &mut findings)?;
    for (_, exercise) in &all {
        if let Some(program) = programs.get(&exercise.name) {
            let outcome = scratch.run(program)?;
            let place = exercise.folder.join("exercise.rs");
            if outcome.success {
                let problem = "the test passes for the starter code";
                findings.push(Finding::new(
                    place,
                    problem,
                    "remove the solution from it, or test more",
                ));
            } else if !outcome.stdout.contains("test result: FAILED") {
                let problem = format!(
                    "the starter code doesn't fail its test, but ends with {}:\n{}",
                    outcome.status,
                    indented(&outcome.stderr)
                );
                findings.push(Finding::new(place, problem, "let an assertion of the test fail"));
            }
        }
        if let Some(program) = programs.get(&solved(&exercise.name)) {
            let outcome = scratch.run(program)?;
            let place = exercise.folder.join("solution.rs");
            if !outcome.success {
                let problem = format!(
                    "the solution ends with {}:\n{}",
                    outcome.status,
                    indented(&outcome.stdout)
                );
                findings.push(Finding::new(place, problem, "fix it, or its test"));
            } else if outcome.stdout.contains("running 0 tests") {
                let help = "add `#[cfg(test)] #[path = \"check.rs\"] mod check;`";
                findings.push(Finding::new(place, "the solution has no test", help));
            }
        }
    }
    Ok(findings)
}

/// The name of the example with an exercise's solution, in the scratch workspace.
fn solved(name: &str) -> String {
    format!("{name}-solved")
}

/// Copies the chapters to a scratch workspace, in which the solutions are examples like the
/// exercises.
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

/// Builds the tests of all exercises and solutions, and returns their paths. Code that does not
/// compile is a finding.
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
    // Cargo stops at the first error, so build each one by itself.
    let mut programs = BTreeMap::new();
    for (chapter, exercise) in exercises {
        for (name, file) in
            [(exercise.name.clone(), "exercise.rs"), (solved(&exercise.name), "solution.rs")]
        {
            let command = ["test", "-p", &chapter.name, "--example", &name, "--no-run"];
            let Built { errors, programs: built } = scratch.cargo(&command)?;
            programs.extend(built);
            if let Some(error) = errors.first() {
                let problem = format!("it doesn't compile:\n{}", indented(&error.text));
                let help = "only the test may fail, not the compiler";
                findings.push(Finding::new(exercise.folder.join(file), problem, help));
            }
        }
    }
    Ok(programs)
}

#[cfg(test)]
mod tests;
