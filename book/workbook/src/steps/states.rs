//! Builds and runs the state after each step, in a scratch workspace.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::{FILE, Status, Step, Steps};
use crate::errors;
use crate::finding::Finding;
use crate::outputs::missing_guest;
use crate::scratch::{BuildError, Built, Scratch, indented, mirror, write};
use crate::workspace::{Chapter, Workspace};

/// Checks the steps of `chapters`: each change belongs to a step, a copy of the earlier crate with
/// what is given compiles, and each state does what its step declares.
///
/// # Errors
/// If a crate cannot be read, or the scratch workspace cannot be written.
pub fn check(workspace: &Workspace, chapters: &[&Chapter]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for chapter in chapters {
        let place = Path::new("chapters").join(&chapter.name).join(FILE);
        let Some(steps) = Steps::read(workspace, chapter)? else {
            findings.push(Finding::new(
                place,
                "the chapter has no steps",
                "write them; book/README.md describes the format",
            ));
            continue;
        };
        findings.extend(steps.findings.iter().cloned());
        let guest = missing_guest(workspace, chapter);
        if let Some(guest) = guest {
            println!(
                "skipped: what {} prints after its steps: `cargo workbook guests {guest}` fetches what it runs",
                chapter.name
            );
        }
        let scratch = prepare(workspace, chapter, &steps)?;
        if steps.start.is_some() {
            write_state(&scratch, &steps, 0)?;
            let built = scratch.cargo(&["build", "-p", &chapter.name])?;
            if let Some(first) = built.errors.first() {
                let problem =
                    format!("before step 1 the copy doesn't compile:\n{}", indented(&first.text));
                findings.push(Finding::new(&place, problem, "add what is missing to `given`"));
            }
        }
        for (number, step) in (1..).zip(&steps.steps) {
            write_state(&scratch, &steps, number)?;
            // `build` even if `check` were enough: otherwise Cargo would compile the dependencies
            // for both.
            let built = scratch.cargo(&["build", "-p", &chapter.name])?;
            if let Err((problem, help)) = check_state(&scratch, &built, step, guest.is_some())? {
                let problem = format!("step {number}, `{}`: {problem}", step.title);
                findings.push(Finding::new(&place, problem, help).at(step.line));
            }
            findings.extend(errors::check(chapter, &steps, number, &built.errors)?);
        }
    }
    Ok(findings)
}

/// The compiler's errors after a step.
///
/// # Errors
/// If a crate cannot be read, or the scratch workspace cannot be written.
pub fn errors(
    workspace: &Workspace,
    chapter: &Chapter,
    steps: &Steps,
    step: usize,
) -> Result<Vec<BuildError>> {
    let scratch = prepare(workspace, chapter, steps)?;
    write_state(&scratch, steps, step)?;
    Ok(scratch.cargo(&["build", "-p", &chapter.name])?.errors)
}

/// A scratch workspace with the other chapters, but without the files of this one.
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
    // Cargo expects the exercises that a manifest names, also those of the crate that the steps
    // start from.
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

/// What is wrong with a state, and how to fix it.
type Problem = (String, String);

/// Checks that what was built does what `step` declares. Without the guest that it needs, nothing
/// is run.
fn check_state(
    scratch: &Scratch,
    built: &Built,
    step: &Step,
    lacks_guest: bool,
) -> Result<Result<(), Problem>> {
    let problem = |problem: String, help: &str| Ok(Err((problem, help.to_owned())));
    match (step.status, built.errors.first()) {
        (Status::Fails, None) => {
            return problem(
                "it should fail, but it compiles".to_owned(),
                "declare that it runs or compiles",
            );
        }
        (Status::Fails, Some(first)) => {
            if errors::meant(&built.errors, step).is_some() {
                return Ok(Ok(()));
            }
            let saying = step.saying.as_deref().unwrap_or_default();
            let code = step.error.as_deref().unwrap_or("no code");
            let first = indented(&first.text);
            let declared =
                format!("it should fail with {code} `{saying}`, but it fails with\n{first}");
            return problem(declared, "declare this error, or fix the step");
        }
        (_, Some(first)) => {
            return problem(
                format!("it doesn't compile:\n{}", indented(&first.text)),
                "move what is missing to this step, or declare the error",
            );
        }
        (Status::Compiles, None) => return Ok(Ok(())),
        (Status::Runs | Status::Crashes, None) if lacks_guest => return Ok(Ok(())),
        (Status::Runs | Status::Crashes, None) => {}
    }
    let Some((_, program)) = built.programs.first() else {
        return problem("it has no program to run".to_owned(), "declare that it compiles");
    };
    for run in step.runs.iter().filter(|run| !run.ctrl_c || cfg!(unix)) {
        let outcome = scratch.run_with(program, &run.arguments, run.ctrl_c)?;
        let printed = outcome.stdout + &outcome.stderr;
        if outcome.stopped || !is_shown_by(&printed, &run.prints) {
            let (arguments, status) = (run.arguments.join(" "), outcome.status);
            let printed = indented(&printed);
            let found = format!("with `{arguments}` it ends with {status}, and prints\n{printed}");
            return problem(found, "correct the `prints` of this run");
        }
    }
    if !step.runs.is_empty() {
        return Ok(Ok(()));
    }
    let outcome = scratch.run(program)?;
    if let (Status::Crashes, Some(saying)) = (step.status, &step.saying) {
        if !outcome.success && outcome.stderr.contains(saying) {
            return Ok(Ok(()));
        }
        let said = indented(&outcome.stderr);
        return problem(
            format!(
                "it should crash with `{saying}`, but it ends with {}:\n{said}",
                outcome.status
            ),
            "declare that it runs, or what it says",
        );
    }
    if !outcome.success {
        let output = indented(&format!("{}{}", outcome.stdout, outcome.stderr));
        return problem(
            format!("it ends with {}:\n{output}", outcome.status),
            "declare that it compiles, or fix it",
        );
    }
    match &step.prints {
        Some(prints) if !is_shown_by(&outcome.stdout, prints) => {
            problem(format!("it prints\n{}", indented(&outcome.stdout)), "correct `prints`")
        }
        _ => Ok(Ok(())),
    }
}

/// Whether this is what is printed, except for line endings and white space at the end. A line `…` stands for any lines, or for
/// none.
fn is_shown_by(printed: &str, shown: &str) -> bool {
    let printed: Vec<&str> = printed.trim_end().lines().collect();
    let shown: Vec<&str> = shown.trim_end().lines().collect();
    let mut parts: Vec<&[&str]> = shown.split(|line| line.trim() == "…").collect();
    let last = parts.pop().unwrap_or_default();
    let Some((first, between)) = parts.split_first() else { return printed == last };
    let inner = printed.strip_prefix(*first).and_then(|rest| rest.strip_suffix(last));
    let Some(mut rest) = inner else { return false };
    between.iter().filter(|part| !part.is_empty()).all(|part| {
        let found = rest.windows(part.len()).position(|lines| lines == *part);
        found.inspect(|at| rest = &rest[at + part.len()..]).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::is_shown_by;

    #[test]
    fn a_line_of_three_dots_stands_for_any_lines() {
        let printed = "one\r\ntwo\nthree\nfour\nfive\n\n";
        for shown in [
            "one\ntwo\nthree\nfour\nfive",
            "…\nfive",
            "one\n…",
            "one\n…\nthree\n…\nfive",
            "…\ntwo\nthree\n…",
            "one\n…\ntwo\nthree\nfour\nfive",
        ] {
            assert!(is_shown_by(printed, shown), "{shown}");
        }
        for shown in [
            "",
            "one",
            "…\nfour",
            "two\n…",
            "…\nthree\n…\ntwo\n…",
            "one\n…\none\n…",
            "…\nfive\n…\nfive",
        ] {
            assert!(!is_shown_by(printed, shown), "{shown}");
        }
    }
}
