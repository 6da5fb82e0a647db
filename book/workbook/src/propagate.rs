//! `cargo workbook propagate`: carries a fix in one chapter to the later ones that are made of it.
//!
//! A chapter of Part I is a copy of the one before, and some changes. So a fix is merged three ways: what the chapter was (as committed), what
//! it is now (in the working copy), and what the later one is (in the working copy). The later one's change is then carried on.

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
use merge::{Sides, merge};

/// What `cargo workbook propagate` is told.
#[derive(clap::Args)]
pub struct Arguments {
    /// The chapter that was mended and is not committed yet: `ch03-memory`, `ch03` or `3`.
    pub chapter: String,
    /// Show what would change, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
}

type Files = BTreeMap<String, Vec<u8>>;

/// What becomes of one later chapter.
#[derive(Debug)]
struct Carried<'a> {
    chapter: &'a Chapter,
    before: Files,
    after: Files,
}

/// A change that cannot be carried.
#[derive(Debug, PartialEq, Eq)]
struct Conflict {
    /// `chapters/ch04-functions/src/machine.rs`, and the line in it.
    place: String,
    /// What there is, and what was to come.
    sides: String,
}

/// Carries the fix in the workspace that lies at `root`.
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
            "{} conflicts; nothing was written. Mend these places in the later chapter by hand, as the fix has them, and carry on",
            conflicts.len()
        );
    }
    if carried.is_empty() {
        println!(
            "nothing to carry: no later chapter has what changed in {} since the last commit",
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
    // The fix itself may be such that a `steps.toml` does not know its lines.
    for chapter in [chapter].into_iter().chain(carried.iter().map(|carried| carried.chapter)) {
        for finding in
            Steps::read(&workspace, chapter)?.into_iter().flat_map(|steps| steps.findings)
        {
            println!("{finding}");
        }
    }
    println!("now look at the demos' snapshots: `cargo test --workspace`");
    Ok(())
}

/// What becomes of the later chapters, and what stands in the way.
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
        None if chapter.part() == 1 => chapter.says.follows.clone(),
        // The later parts import what they follow.
        None => None,
    })
}

/// What a file becomes that was `base`, is now `fixed`, and is `there` in the later chapter.
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
        // The later chapter has done away with it.
        (Some(_), _, None) => Ok(None),
        (Some(_), None, Some(_)) => {
            Err(vec![(1, "the fix removes this file, which is another here".to_owned())])
        }
        (base, Some(fixed), Some(there)) => {
            let text = |bytes| std::str::from_utf8(bytes);
            match (text(base.unwrap_or(&empty)), text(fixed), text(there)) {
                (Ok(base), Ok(fixed), Ok(there)) => {
                    merge(base, fixed, there).map(|text| Some(text.into_bytes()))
                }
                _ => Err(vec![(1, "this file is no text, and both have changed it".to_owned())]),
            }
        }
        (None, None, _) | (None, Some(_), None) => Ok(there.cloned()),
    }
}

/// The files of a chapter that a fix may be in: those of its steps, and its tests, but no snapshots, which the tests write.
fn files(folder: &Path) -> Result<Files> {
    let mut files = steps::files(folder)?;
    steps::read_folder(&folder.join("tests"), "tests", &mut files)?;
    files.retain(|name, _| is_carried(name));
    Ok(files)
}

fn is_carried(name: &str) -> bool {
    let rooms = ["src/", "programs/", "tests/"];
    (name == "Cargo.toml" || rooms.iter().any(|room| name.starts_with(room)))
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
