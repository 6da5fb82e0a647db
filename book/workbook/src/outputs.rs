//! The check of the outputs: a chapter's demo must print what its page shows.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::book::snapshot;
use crate::finding::Finding;
use crate::workspace::{Chapter, Workspace, cargo};

/// Runs the demos of `chapters`, and compares their output with their snapshots.
///
/// # Errors
/// If Cargo cannot be run, or a snapshot cannot be read.
pub fn check(workspace: &Workspace, chapters: &[&Chapter]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for chapter in chapters {
        if let Some(guest) = missing_guest(workspace, chapter) {
            println!(
                "skipped: the demo of {}: `cargo workbook guests {guest}` fetches what it runs",
                chapter.name
            );
            continue;
        }
        let command = ["run", "--quiet", "--package", &chapter.name];
        let output = Command::new(cargo())
            .args(command)
            .arg("--")
            .args(&chapter.metadata.demo)
            .current_dir(&workspace.root)
            .output()
            .with_context(|| format!("cannot run cargo {}", command.join(" ")))?;
        findings.extend(compare(
            chapter,
            output.status.success(),
            &String::from_utf8_lossy(&output.stdout),
        )?);
    }
    Ok(findings)
}

/// The module that a demo runs, if it hasn't been fetched.
pub fn missing_guest<'c>(workspace: &Workspace, chapter: &'c Chapter) -> Option<&'c str> {
    let guest = chapter.metadata.guest.as_deref()?;
    let is_there = workspace.root.join("target/guests").join(guest).is_file();
    (!is_there).then_some(guest)
}

/// The problem of a demo that has printed this, if there is one.
fn compare(chapter: &Chapter, success: bool, printed: &str) -> Result<Option<Finding>> {
    let place = Path::new("chapters").join(&chapter.name).join("tests").join("snapshots");
    let help = format!("run `cargo test -p {}`, and review the difference", chapter.name);
    if !success {
        return Ok(Some(Finding::new(place, "the demo doesn't run", help)));
    }
    let lines =
        |text: &str| text.trim_matches(['\n', '\r']).lines().map(str::to_owned).collect::<Vec<_>>();
    let printed = lines(printed);
    let names: Vec<String> = match snapshot::read(chapter, snapshot::DEMO)? {
        Some(_) => vec![snapshot::DEMO.to_owned()],
        // A demo with arguments has several snapshots.
        None => {
            snapshot::names(chapter).into_iter().filter(|name| name.starts_with("demo__")).collect()
        }
    };
    let mut first = None;
    for name in &names {
        let Some(text) = snapshot::read(chapter, name)? else { continue };
        let snapshot = lines(&text);
        if snapshot == printed {
            return Ok(None);
        }
        let differs =
            snapshot.iter().zip(&printed).position(|(snapshot, printed)| snapshot != printed);
        first = first.or(Some(differs.unwrap_or(snapshot.len().min(printed.len())) + 1));
    }
    Ok(Some(match (names.as_slice(), first) {
        ([name], Some(line)) => Finding::new(
            place.join(format!("{name}.snap")),
            format!("the output of the demo differs from line {line} on"),
            help,
        ),
        _ => Finding::new(place, "no snapshot contains what the demo prints", help),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    #[test]
    fn a_demo_whose_guest_is_not_there_is_skipped() {
        let sample = Sample::new();
        let key = "title = \"One\"\nguest = \"snake.wasm\"";
        sample.edit("chapters/ch01-one/Cargo.toml", "title = \"One\"", key);
        let workspace = sample.workspace();
        let [one, two] = ["ch01-one", "ch02-two"].map(|name| workspace.chapter(name).unwrap());
        assert_eq!(missing_guest(&workspace, one), Some("snake.wasm"));
        assert_eq!(missing_guest(&workspace, two), None);
        sample.write("target/guests/snake.wasm", "");
        assert_eq!(missing_guest(&workspace, one), None);
    }

    #[test]
    fn another_output_is_reported() {
        let sample = Sample::new();
        let snapshot = "chapters/ch01-one/tests/snapshots/demo__the_demo_prints_this.snap";
        sample.write(snapshot, "---\nsource: x\n---\n1\n2\n");
        let workspace = sample.workspace();
        let chapter = &workspace.chapters[0];
        assert_eq!(compare(chapter, true, "1\n2\n").unwrap(), None);
        let text = |finding: Option<Finding>| finding.unwrap().to_string();
        let other = text(compare(chapter, true, "1\n3\n").unwrap());
        assert!(
            other.contains("the_demo_prints_this.snap") && other.contains("from line 2"),
            "{other}"
        );
        let longer = text(compare(chapter, true, "1\n2\n3\n").unwrap());
        assert!(longer.contains("from line 3"), "{longer}");
        let fails = text(compare(chapter, false, "1\n2\n").unwrap());
        assert!(
            fails.contains("doesn't run") && fails.contains("cargo test -p ch01-one"),
            "{fails}"
        );
    }

    #[test]
    fn a_chapter_needs_a_snapshot_and_may_have_several() {
        let sample = Sample::new();
        let workspace = sample.workspace();
        let chapter = &workspace.chapters[0];
        let none = compare(chapter, true, "1\n").unwrap().unwrap().to_string();
        assert!(none.contains("no snapshot contains what the demo prints"), "{none}");
        for (name, text) in [("demo__a", "1"), ("demo__b", "2")] {
            let file = format!("chapters/ch01-one/tests/snapshots/{name}.snap");
            sample.write(&file, format!("---\nsource: x\n---\n{text}\n"));
        }
        assert_eq!(compare(chapter, true, "2\n").unwrap(), None);
        assert!(compare(chapter, true, "3\n").unwrap().is_some());
    }
}
