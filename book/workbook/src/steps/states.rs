//! The state after each step, built and run in a workspace aside.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::{FILE, Status, Step, Steps};
use crate::finding::Finding;
use crate::scratch::{Scratch, indented, mirror, write};
use crate::workspace::{Chapter, Workspace};

/// Checks the steps of `chapters`: that each change is some step's, and that each state is what its step declares, and a copy
/// with what is given compiles.
///
/// # Errors
/// Where a crate cannot be read, or the workspace aside cannot be written.
pub fn check(workspace: &Workspace, chapters: &[&Chapter]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for chapter in chapters {
        let place = Path::new("chapters").join(&chapter.name).join(FILE);
        let Some(steps) = Steps::read(workspace, chapter)? else {
            findings.push(Finding::new(
                place,
                "the chapter has no steps",
                "write them; book/README.md says how",
            ));
            continue;
        };
        findings.extend(steps.findings.iter().cloned());
        let scratch = prepare(workspace, chapter, &steps)?;
        if steps.start.is_some() {
            write_state(&scratch, &steps, 0)?;
            let built = scratch.cargo(&["build", "-p", &chapter.name])?;
            if let Some(first) = built.errors.first() {
                let wrong =
                    format!("before step 1 the copy does not compile:\n{}", indented(&first.text));
                findings.push(Finding::new(&place, wrong, "let what is missing be `given`"));
            }
        }
        for (number, step) in (1..).zip(&steps.steps) {
            write_state(&scratch, &steps, number)?;
            if let Err((wrong, mend)) = check_state(&scratch, &chapter.name, step)? {
                let wrong = format!("step {number}, `{}`: {wrong}", step.title);
                findings.push(Finding::new(&place, wrong, mend).at(step.line));
            }
        }
    }
    Ok(findings)
}

/// A workspace that has the other chapters beside the one in question.
fn prepare(workspace: &Workspace, chapter: &Chapter, steps: &Steps) -> Result<Scratch> {
    let scratch = Scratch::new(workspace, "steps", &[format!("chapters/{}", chapter.name)])?;
    let chapters = scratch.root.join("chapters");
    for entry in fs::read_dir(workspace.root.join("chapters"))? {
        let entry = entry?;
        let folder = chapters.join(entry.file_name());
        if entry.path().is_dir() && entry.file_name() != *chapter.name {
            for (name, content) in super::files(&entry.path())? {
                write(&folder.join(name), &content)?;
            }
        }
    }
    // A manifest names its exercises, the one it starts from too, and Cargo wants them to be there.
    let start = steps.start.as_ref().map(|start| workspace.chapter(start)).transpose()?;
    for chapter in workspace.chapters.iter() {
        let here = chapters.join(&chapter.name).join("exercises");
        mirror(&chapter.folder.join("exercises"), &here)?;
    }
    for folder in start.into_iter().map(|start| start.folder.join("exercises")) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let name = entry?.file_name();
            let here = chapters.join(&chapter.name).join("exercises").join(&name);
            if let (Some(start), false) = (start, here.is_dir()) {
                mirror(&start.folder.join("exercises").join(&name), &here)?;
            }
        }
    }
    Ok(scratch)
}

/// Writes the state after `step`.
fn write_state(scratch: &Scratch, steps: &Steps, step: usize) -> Result<()> {
    let folder = scratch.root.join("chapters").join(&steps.chapter);
    let state = steps.state(step);
    let left = match folder.join("Cargo.toml").is_file() {
        true => super::files(&folder)?,
        false => Default::default(),
    };
    for name in left.keys().filter(|name| !state.contains_key(name.as_str())) {
        fs::remove_file(folder.join(name))?;
    }
    for (name, content) in state {
        write(&folder.join(name), &content)?;
    }
    Ok(())
}

/// What is wrong with a state, and how to mend it.
type Wrong = (String, String);

/// Whether the chapter is in the state that `step` declares.
fn check_state(scratch: &Scratch, chapter: &str, step: &Step) -> Result<Result<(), Wrong>> {
    // Not `check` where that were enough: what the chapter stands on would have to be compiled for both.
    let built = scratch.cargo(&["build", "-p", chapter])?;
    let wrong = |wrong: String, mend: &str| Ok(Err((wrong, mend.to_owned())));
    match (step.status, built.errors.first()) {
        (Status::Fails, None) => {
            return wrong("it is to fail, and it compiles".to_owned(), "let it run or compile");
        }
        (Status::Fails, Some(first)) => {
            let code = step.error.as_deref();
            let saying = step.saying.as_deref().unwrap_or_default();
            if built
                .errors
                .iter()
                .any(|error| error.code.as_deref() == code && error.text.contains(saying))
            {
                return Ok(Ok(()));
            }
            let code = code.unwrap_or("no code");
            let first = indented(&first.text);
            let declared =
                format!("it is to fail with {code} `{saying}`, and it fails with\n{first}");
            return wrong(declared, "declare that, or mend it");
        }
        (_, Some(first)) => {
            return wrong(
                format!("it does not compile:\n{}", indented(&first.text)),
                "move what is missing to this step, or declare the error",
            );
        }
        (Status::Compiles, None) => return Ok(Ok(())),
        (Status::Runs, None) => {}
    }
    let Some((_, program)) = built.programs.first() else {
        return wrong("it has no program to run".to_owned(), "let it only compile");
    };
    let outcome = scratch.run(program)?;
    if !outcome.success {
        let said = indented(&format!("{}{}", outcome.stdout, outcome.stderr));
        return wrong(
            format!("it ends with {}:\n{said}", outcome.status),
            "let it only compile, or mend it",
        );
    }
    match &step.prints {
        Some(prints) if !same_text(&outcome.stdout, prints) => {
            wrong(format!("it prints\n{}", indented(&outcome.stdout)), "say so in `prints`")
        }
        _ => Ok(Ok(())),
    }
}

/// Equal but for line endings and white space at the ends.
fn same_text(one: &str, other: &str) -> bool {
    one.trim_end().lines().eq(other.trim_end().lines())
}
