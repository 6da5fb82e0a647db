//! `cargo workbook propagate`: carries a fix in one chapter to the later chapters that are copies
//! of it.
//!
//! A chapter of Part I is a copy of the one before, with changes. A fix is carried by a three-way
//! merge of the committed chapter, the chapter in the working copy, and the later chapter in the
//! working copy. The change of the later chapter is then carried on to the next.

mod committed;
mod merge;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, mem};

use anyhow::{Context, Result, bail};

use crate::checkout::with_lf;
use crate::steps::{self, Steps};
use crate::workspace::{Chapter, Workspace};
use crate::{diff, scratch};
use merge::Sides;
pub use merge::merge;

/// The arguments of `cargo workbook propagate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The chapter with the fix, which is not committed yet: `ch03-memory`, `ch03` or `3`.
    pub chapter: String,
    /// Show the changes without writing them.
    #[arg(long)]
    pub dry_run: bool,
}

type Files = BTreeMap<String, Vec<u8>>;

/// The change of one later chapter.
#[derive(Debug)]
struct Carried<'a> {
    chapter: &'a Chapter,
    before: Files,
    after: Files,
}

/// A change that cannot be merged.
#[derive(Debug, PartialEq, Eq)]
struct Conflict {
    /// `chapters/ch04-functions/src/machine.rs`, and the line in it.
    place: String,
    /// The lines of the chapter, and those of the fix.
    sides: String,
}

/// Carries the fix in the workspace in `root`.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let chapter = workspace.chapter(&arguments.chapter)?;
    let (carried, conflicts) = carry(&workspace, chapter)?;
    for Conflict { place, sides } in &conflicts {
        println!(
            "{place}: the fix and the chapter change the same lines:\n{}",
            scratch::indented(sides)
        );
    }
    if !conflicts.is_empty() {
        bail!(
            "conflicts: {}; no file was changed. Make the same fix at these places by hand, then run the command again",
            conflicts.len()
        );
    }
    if carried.is_empty() {
        println!(
            "nothing to do: no later chapter has the lines that changed in {} since the last commit",
            chapter.name
        );
        return Ok(());
    }
    for Carried { chapter, before, after } in &carried {
        diff::show_change(&format!("chapters/{}", chapter.name), before, after)?;
    }
    if arguments.dry_run {
        return Ok(());
    }
    for Carried { chapter, before, after } in &carried {
        write(&chapter.folder, before, after)?;
    }
    // The fix may have lines that no entry of a `steps.toml` takes.
    for chapter in [chapter].into_iter().chain(carried.iter().map(|carried| carried.chapter)) {
        for finding in
            Steps::read(&workspace, chapter)?.into_iter().flat_map(|steps| steps.findings)
        {
            println!("{finding}");
        }
    }
    println!("now check the snapshots of the demos: `cargo test --workspace`");
    Ok(())
}

/// The changes of the later chapters, and the conflicts.
fn carry<'a>(
    workspace: &'a Workspace,
    chapter: &'a Chapter,
) -> Result<(Vec<Carried<'a>>, Vec<Conflict>)> {
    let mut committed = committed::files(&workspace.root, &format!("chapters/{}", chapter.name))?;
    committed.retain(|name, _| is_carried(name));
    committed.values_mut().for_each(|content| *content = with_lf(mem::take(content)));
    let now = files(&chapter.folder)?;
    let (mut carried, mut conflicts) = (Vec::new(), Vec::new());
    let mut changes = BTreeMap::from([(chapter.name.clone(), (committed, now))]);
    for later in workspace.after(chapter) {
        let Some(start) = copied_from(workspace, later)? else { continue };
        let Some((base, fixed)) = changes.get(&start) else { continue };
        let before = files(&later.folder)?;
        let mut after = before.clone();
        for name in base.keys().chain(fixed.keys()).collect::<BTreeSet<_>>() {
            let (base, fixed, there) = (base.get(name), fixed.get(name), before.get(name));
            match merge_file(base, fixed, there) {
                Ok(Some(content)) => _ = after.insert(name.clone(), content),
                Ok(None) => _ = after.remove(name),
                Err(sides) => conflicts.extend(sides.into_iter().map(|(line, sides)| Conflict {
                    place: format!("chapters/{}/{name}:{line}", later.name),
                    sides,
                })),
            }
        }
        if before != after {
            changes.insert(later.name.clone(), (before.clone(), after.clone()));
            carried.push(Carried { chapter: later, before, after });
        }
    }
    Ok((carried, conflicts))
}

/// The chapter that this one is a copy of.
fn copied_from(workspace: &Workspace, chapter: &Chapter) -> Result<Option<String>> {
    Ok(match Steps::read(workspace, chapter)? {
        Some(steps) => steps.start,
        None if chapter.part() == 1 => chapter.metadata.follows.clone(),
        // A chapter of a later part imports the one that it follows.
        None => None,
    })
}

/// Merges a file: its committed version, its version with the fix, and its version in the later
/// chapter. `None` is no file.
fn merge_file(
    base: Option<&Vec<u8>>,
    fixed: Option<&Vec<u8>>,
    there: Option<&Vec<u8>>,
) -> Result<Option<Vec<u8>>, Sides> {
    if base == fixed || fixed == there {
        return Ok(there.cloned());
    }
    if base == there {
        return Ok(fixed.cloned());
    }
    let empty = Vec::new();
    match (base, fixed, there) {
        // The later chapter has deleted it.
        (Some(_), _, None) => Ok(None),
        (Some(_), None, Some(_)) => Err(vec![(
            1,
            "the fix deletes this file, which is different in this chapter".to_owned(),
        )]),
        (base, Some(fixed), Some(there)) => {
            let text = |bytes| std::str::from_utf8(bytes);
            match (text(base.unwrap_or(&empty)), text(fixed), text(there)) {
                (Ok(base), Ok(fixed), Ok(there)) => {
                    merge(base, fixed, there).map(|text| Some(text.into_bytes()))
                }
                _ => Err(vec![(1, "this file is not text, and both have changed it".to_owned())]),
            }
        }
        (None, None, _) | (None, Some(_), None) => Ok(there.cloned()),
    }
}

/// The files of a chapter that are merged: those of its steps, and its tests without the snapshots.
fn files(folder: &Path) -> Result<Files> {
    let mut files = steps::files(folder)?;
    steps::read_folder(&folder.join("tests"), "tests", &mut files)?;
    files.retain(|name, _| is_carried(name));
    Ok(files)
}

fn is_carried(name: &str) -> bool {
    let folders = ["src/", "programs/", "tests/"];
    (name == "Cargo.toml" || folders.iter().any(|folder| name.starts_with(folder)))
        && !name.ends_with(".snap")
        && !name.ends_with(".snap.new")
}

fn has_crlf(content: &[u8]) -> bool {
    content.windows(2).any(|pair| pair == b"\r\n")
}

fn with_crlf(content: &[u8]) -> Vec<u8> {
    let lines = content.split_inclusive(|byte| *byte == b'\n');
    let crlf = |line: &[u8]| match line.strip_suffix(b"\n") {
        Some(line) if !line.ends_with(b"\r") => [line, b"\r\n"].concat(),
        _ => line.to_vec(),
    };
    lines.flat_map(crlf).collect()
}

/// Writes the changed files. A file that has `\r\n` at the end of its lines keeps it.
fn write(folder: &Path, before: &Files, after: &Files) -> Result<()> {
    for (name, content) in
        after.iter().filter(|(name, content)| before.get(*name) != Some(*content))
    {
        let path = folder.join(name);
        let is_crlf = fs::read(&path).is_ok_and(|there| has_crlf(&there));
        let content = if is_crlf { &with_crlf(content) } else { content };
        scratch::write(&path, content)?;
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        let path = folder.join(name);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
