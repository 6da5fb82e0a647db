//! The workspace as the book sees it: the chapters, in their order, read from Cargo's own metadata.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;
use serde::Deserialize;

/// The workspace and its chapters.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The folder that everything is in.
    pub root: PathBuf,
    /// The chapters in the order of their numbers.
    pub chapters: Vec<Chapter>,
}

/// A chapter: a crate below `chapters` whose name is `chNN-idea`.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The crate's name, which is also that of its folder and of its page: `ch05-branches`.
    pub name: String,
    /// Its number, from 1.
    pub number: usize,
    /// The one idea, as the crate's description says it.
    pub idea: String,
    /// The folder of its crate.
    pub folder: PathBuf,
    /// What its manifest says to the book.
    pub says: Says,
}

/// The table `package.metadata.workbook` of a chapter's manifest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Says {
    /// The title of the page.
    pub title: String,
    /// The chapter that this one follows in the story; the first follows none.
    pub follows: Option<String>,
    /// The chapters that a reader must know.
    pub needs: Vec<String>,
    /// Minutes to read the page.
    pub reading: u32,
    /// Minutes to type the steps and to do the exercises.
    pub doing: u32,
    /// Minutes that a speaker takes to show it.
    pub speaking: u32,
}

impl Workspace {
    /// Asks Cargo what is in the workspace at `root`.
    ///
    /// # Errors
    /// Where Cargo cannot read it, or where a chapter's manifest says too little or too much to the book.
    pub fn read(root: &Path) -> Result<Self> {
        let mut command = MetadataCommand::new();
        let metadata = command.manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
        let mut chapters = Vec::new();
        for package in metadata.packages {
            let Some(number) = number(&package.name) else { continue };
            let manifest = &package.manifest_path;
            let says = package.metadata.get("workbook").cloned().unwrap_or_default();
            let says = serde_json::from_value(says)
                .with_context(|| format!("{manifest}: [package.metadata.workbook]"))?;
            let folder = manifest.parent().map(|folder| folder.as_std_path().to_owned());
            chapters.push(Chapter {
                number,
                idea: package.description.unwrap_or_default(),
                folder: folder.unwrap_or_default(),
                says,
                name: package.name.to_string(),
            });
        }
        chapters.sort_by_key(|chapter| chapter.number);
        Ok(Workspace { root: metadata.workspace_root.into(), chapters })
    }

    /// The chapter that `name` means: `ch05-branches`, `ch05`, or `5`.
    ///
    /// # Errors
    /// Where there is none; the error lists those that there are.
    pub fn chapter(&self, name: &str) -> Result<&Chapter> {
        let meant = |chapter: &&Chapter| {
            let short = chapter.name.split('-').next();
            chapter.name == name || short == Some(name) || name.parse() == Ok(chapter.number)
        };
        self.chapters.iter().find(meant).with_context(|| {
            let names: Vec<&str> =
                self.chapters.iter().map(|chapter| chapter.name.as_str()).collect();
            format!("there is no chapter `{name}`; there are {}", names.join(", "))
        })
    }
}

impl Chapter {
    /// The part of the book that it belongs to, from 1.
    pub fn part(&self) -> usize {
        match self.number {
            0..=6 => 1,
            7..=13 => 2,
            14..=18 => 3,
            19..=21 => 4,
            _ => 5,
        }
    }

    /// The file of its page below `book/src`.
    pub fn page(&self) -> String {
        format!("{}.md", self.name)
    }
}

/// The Cargo that has started the tool, or where nobody did, the one that is found by its name.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The number in `chNN-idea`; nothing for any other crate.
fn number(name: &str) -> Option<usize> {
    let (number, idea) = name.strip_prefix("ch")?.split_once('-')?;
    (number.len() == 2 && !idea.is_empty()).then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chapters_are_those_of_the_workspace() {
        let workspace = Workspace::read(crate::workspace()).unwrap();
        let numbers: Vec<usize> = workspace.chapters.iter().map(|chapter| chapter.number).collect();
        assert_eq!(numbers, (1..=workspace.chapters.len()).collect::<Vec<_>>());
        assert_eq!(workspace.chapter("ch05").unwrap().name, "ch05-branches");
        assert_eq!(workspace.chapter("5").unwrap().name, "ch05-branches");
        let error = workspace.chapter("ch99").unwrap_err().to_string();
        assert!(error.contains("`ch99`") && error.contains("ch01-stack"), "{error}");
    }
}
