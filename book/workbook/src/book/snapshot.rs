//! Snapshots: the tests' record of what a program prints.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::checkout;
use crate::workspace::Chapter;

/// The name of the snapshot with the output of a chapter's demo, in `tests/snapshots`.
pub const DEMO: &str = "demo__the_demo_prints_this";

/// The file of a chapter's snapshot.
pub fn file(chapter: &Chapter, name: &str) -> PathBuf {
    let name = name.strip_suffix(".snap").unwrap_or(name);
    chapter.folder.join("tests").join("snapshots").join(format!("{name}.snap"))
}

/// The text of a chapter's snapshot; `None` if there is none with this name.
///
/// # Errors
/// If the file exists and cannot be read.
pub fn read(chapter: &Chapter, name: &str) -> Result<Option<String>> {
    let file = file(chapter, name);
    match checkout::read_text(&file) {
        Ok(text) => Ok(Some(content(&text).to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// The text after the snapshot's header, which is between two lines of `---`.
fn content(text: &str) -> &str {
    let head = text.find("---").and_then(|first| {
        let after = first + 3;
        text[after..].find("\n---").map(|second| after + second + 4)
    });
    let content = head.map_or(text, |head| &text[head..]);
    content.strip_prefix('\n').unwrap_or(content)
}

/// The names of a chapter's snapshots, for an error that lists them.
pub fn names(chapter: &Chapter) -> Vec<String> {
    let folder = chapter.folder.join("tests").join("snapshots");
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> =
        names.filter_map(|name| name.strip_suffix(".snap").map(str::to_owned)).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_of_a_snapshot_is_not_shown() {
        assert_eq!(content("---\nsource: a\n---\n\n  b --- c\n"), "\n  b --- c\n");
    }
}
