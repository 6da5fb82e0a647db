//! The workspace from the book's point of view: the chapters in order, from Cargo's metadata.

use std::env;
use std::ffi::OsString;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cargo_metadata::MetadataCommand;
use serde::Deserialize;

/// The workspace and its chapters.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Its folder.
    pub root: PathBuf,
    /// The chapters in the order of the book.
    pub chapters: Vec<Chapter>,
    /// The names of all its crates.
    pub packages: Vec<String>,
}

/// A chapter: a crate below `chapters` whose name is `chNN-idea`; or an annex, whose name is
/// `annex-idea`.
#[derive(Clone, Debug)]
pub struct Chapter {
    /// The name of the crate, and also of its folder and its first page: `ch05-branches`.
    pub name: String,
    /// Its number, from 1; `None` for an annex.
    pub number: Option<usize>,
    /// The one idea, from the crate's description.
    pub idea: String,
    /// The folder of its crate.
    pub folder: PathBuf,
    /// Its table in the manifest.
    pub metadata: Metadata,
}

/// The table `package.metadata.workbook` of a chapter's manifest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// The title of the first page.
    pub title: String,
    /// The chapter that this one follows in the story; `None` for the first.
    pub follows: Option<String>,
    /// Of an annex: the chapter after which it is read. Without it, that is after Part III.
    pub after: Option<String>,
    /// The chapters that a reader must know.
    pub needs: Vec<String>,
    /// The demo's arguments.
    #[serde(default)]
    pub demo: Vec<String>,
    /// The module of other people that the demo runs, by its name in `target/guests`.
    pub guest: Option<String>,
    /// Minutes to read the page.
    pub reading: u32,
    /// Minutes to type the steps and to do the exercises.
    pub doing: u32,
    /// Minutes that a speaker needs to show it.
    pub speaking: u32,
    /// The pages after the first one, of a chapter with more than one lesson.
    #[serde(default)]
    pub more: Vec<More>,
}

/// A further page of a chapter.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct More {
    /// The name of the page: `ch22-freeze`.
    pub page: String,
    /// Its title.
    pub title: String,
    /// Its idea.
    pub idea: String,
    /// The chapters that a reader must know.
    pub needs: Vec<String>,
    /// Minutes to read the page.
    pub reading: u32,
    /// Minutes to type its steps and to do its exercises.
    pub doing: u32,
    /// Minutes that a speaker needs to show it.
    pub speaking: u32,
    /// Its first step. The steps before it are on the pages before.
    pub step: usize,
    /// Its first exercise.
    pub exercise: usize,
}

/// A page of a chapter: its only one, or one of several.
#[derive(Clone, Debug)]
pub struct Leaf<'c> {
    /// The chapter.
    pub chapter: &'c Chapter,
    /// The page's position among those of the chapter, from 1.
    pub position: usize,
    /// Its title.
    pub title: &'c str,
    /// Its idea.
    pub idea: &'c str,
    /// The chapters that a reader must know.
    pub needs: &'c [String],
    /// Minutes to read it.
    pub reading: u32,
    /// Minutes to type its steps and to do its exercises.
    pub doing: u32,
    /// Minutes that a speaker needs to show it.
    pub speaking: u32,
    /// Its steps.
    pub steps: Range<usize>,
    /// Its exercises.
    pub exercises: Range<usize>,
    name: &'c str,
}

impl Leaf<'_> {
    /// Its number: 22, and 22.1 for the page after it. Empty for an annex.
    pub fn number(&self) -> Vec<u32> {
        let more = (self.position > 1).then(|| self.position as u32 - 1);
        let number = self.chapter.number.map(|number| number as u32);
        number.map_or_else(Vec::new, |number| [number].into_iter().chain(more).collect())
    }

    /// The same as text.
    pub fn number_text(&self) -> String {
        let number: Vec<String> = self.number().iter().map(u32::to_string).collect();
        number.join(".")
    }

    /// Its title in tables and links: `5. Branches`, `Annex: Vectors`.
    pub fn numbered_title(&self) -> String {
        match self.chapter.number {
            Some(_) => format!("{}. {}", self.number_text(), self.title),
            None if self.chapter.metadata.after.is_some() => self.title.to_owned(),
            None => format!("Annex: {}", self.title),
        }
    }

    /// Its file below `book/src`.
    pub fn file(&self) -> String {
        format!("{}.md", self.name)
    }
}

impl Workspace {
    /// Asks Cargo what is in the workspace at `root`.
    ///
    /// # Errors
    /// If Cargo cannot read it, or if the table of a chapter has a missing or an unknown key.
    pub fn read(root: &Path) -> Result<Self> {
        let mut command = MetadataCommand::new();
        let workspace = command.manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
        let mut chapters = Vec::new();
        let packages = workspace.packages.iter().map(|package| package.name.to_string()).collect();
        for package in workspace.packages {
            let number = number(&package.name);
            let metadata = package.metadata.get("workbook").cloned();
            // An annex without the table has no page: other crates use it.
            if number.is_none() && (metadata.is_none() || !package.name.starts_with(ANNEX)) {
                continue;
            }
            let manifest = &package.manifest_path;
            let metadata = serde_json::from_value(metadata.unwrap_or_default())
                .with_context(|| format!("{manifest}: [package.metadata.workbook]"))?;
            let folder = manifest.parent().map(|folder| folder.as_std_path().to_owned());
            chapters.push(Chapter {
                number,
                idea: package.description.unwrap_or_default(),
                folder: folder.unwrap_or_default(),
                metadata,
                name: package.name.to_string(),
            });
        }
        chapters.sort_by(|a: &Chapter, b| a.order().cmp(&b.order()));
        for chapter in &chapters {
            let after = chapter.metadata.after.as_ref();
            let is_fine = |after: &String| {
                let named = chapters.iter().find(|other| other.name == *after);
                chapter.number.is_none() && named.is_some_and(|named| named.number.is_some())
            };
            if let Some(after) = after.filter(|after| !is_fine(after)) {
                bail!(
                    "{}: `after = \"{after}\"`: only an annex has it, and it names a chapter with a number",
                    chapter.name
                );
            }
        }
        Ok(Workspace { root: workspace.workspace_root.into(), chapters, packages })
    }

    /// The chapter with this name: `ch05-branches`, `ch05`, or `5`; `annex-vector`.
    ///
    /// # Errors
    /// If there is none. The error lists all chapters.
    pub fn chapter(&self, name: &str) -> Result<&Chapter> {
        let matches = |chapter: &&Chapter| {
            let number = chapter.number.is_some() && name.parse().ok() == chapter.number;
            chapter.name == name || chapter.short() == name || number
        };
        self.chapters.iter().find(matches).with_context(|| {
            let names: Vec<&str> =
                self.chapters.iter().map(|chapter| chapter.name.as_str()).collect();
            format!("there is no chapter `{name}`; the chapters are {}", names.join(", "))
        })
    }

    /// The chapters with these names, or all if there are none.
    ///
    /// # Errors
    /// If one does not exist.
    pub fn chosen(&self, names: &[String]) -> Result<Vec<&Chapter>> {
        match names {
            [] => Ok(self.chapters.iter().collect()),
            names => names.iter().map(|name| self.chapter(name)).collect(),
        }
    }

    /// The chapters before one, in the order of the book.
    pub fn before(&self, chapter: &Chapter) -> &[Chapter] {
        &self.chapters[..self.position(chapter)]
    }

    /// The chapters after one, in the order of the book.
    pub fn after(&self, chapter: &Chapter) -> &[Chapter] {
        &self.chapters[self.position(chapter) + 1..]
    }

    fn position(&self, chapter: &Chapter) -> usize {
        self.chapters.partition_point(|other| other.order() < chapter.order())
    }
}

impl Chapter {
    /// The key by which chapters are sorted.
    fn order(&self) -> (usize, Option<usize>, bool, &str) {
        (self.part(), self.read_with(), self.number.is_none(), &self.name)
    }

    /// Its number, or the one of the chapter after which it is read.
    fn read_with(&self) -> Option<usize> {
        self.number.or_else(|| number(self.metadata.after.as_ref()?))
    }

    /// The part of the book that it belongs to, from 1. The annexes are a part of their own, after
    /// the part about the whole standard, but for those that are read after another chapter.
    pub fn part(&self) -> usize {
        match self.read_with() {
            Some(0..=6) => 1,
            Some(7..=13) => 2,
            Some(14..=18) => 3,
            None => 4,
            Some(19..=21) => 5,
            Some(_) => 6,
        }
    }

    /// The prefix of the names of its exercises: `ch05`, or the whole name of an annex.
    pub fn short(&self) -> &str {
        match self.number {
            Some(_) => self.name.split('-').next().unwrap_or(&self.name),
            None => &self.name,
        }
    }

    /// Its pages, in their order. Most chapters have one.
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let Metadata { title, needs, reading, doing, speaking, more, .. } = &self.metadata;
        let first = Leaf {
            chapter: self,
            position: 1,
            title,
            idea: &self.idea,
            needs,
            reading: *reading,
            doing: *doing,
            speaking: *speaking,
            steps: 1..usize::MAX,
            exercises: 1..usize::MAX,
            name: &self.name,
        };
        let mut leaves = vec![first];
        for more in more {
            let position = leaves.len() + 1;
            if let Some(before) = leaves.last_mut() {
                before.steps.end = more.step;
                before.exercises.end = more.exercise;
            }
            leaves.push(Leaf {
                chapter: self,
                position,
                title: &more.title,
                idea: &more.idea,
                needs: &more.needs,
                reading: more.reading,
                doing: more.doing,
                speaking: more.speaking,
                steps: more.step..usize::MAX,
                exercises: more.exercise..usize::MAX,
                name: &more.page,
            });
        }
        leaves
    }

    /// The file of its first page below `book/src`.
    pub fn page(&self) -> String {
        format!("{}.md", self.name)
    }
}

/// The Cargo that has started this tool, or the one in the search path.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The prefix of the names of annexes.
const ANNEX: &str = "annex-";

/// The number in `chNN-idea`; `None` for any other crate.
fn number(name: &str) -> Option<usize> {
    let (number, idea) = name.strip_prefix("ch")?.split_once('-')?;
    (number.len() == 2 && !idea.is_empty()).then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    #[test]
    fn the_chapters_are_numbered_in_order() {
        let workspace = Workspace::read(crate::workspace()).unwrap();
        let numbers: Vec<usize> =
            workspace.chapters.iter().filter_map(|chapter| chapter.number).collect();
        assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
        assert!(workspace.chapters.is_sorted_by_key(Chapter::part));
        assert_eq!(workspace.chapter("ch05").unwrap().name, "ch05-branches");
        assert_eq!(workspace.chapter("5").unwrap().name, "ch05-branches");
        let error = workspace.chapter("ch99").unwrap_err().to_string();
        assert!(error.contains("`ch99`") && error.contains("ch01-stack"), "{error}");
    }

    #[test]
    fn an_annex_comes_after_part_three_and_has_no_number() {
        let sample = Sample::new();
        let manifest = sample.text("chapters/ch02-two/Cargo.toml");
        for name in ["ch19-flat", "ch18-heap", "annex-more"] {
            let short = name.split('-').next().unwrap();
            let manifest = manifest.replace("ch02-two", name).replace("ch02", short);
            sample.write(&format!("chapters/{name}/Cargo.toml"), manifest);
            sample.write(&format!("chapters/{name}/src/lib.rs"), "");
            sample.write(&format!("chapters/{name}/exercises/1-sum/exercise.rs"), "fn main() {}");
        }
        let no_page = "[package]\nname = \"annex-no-page\"\nedition.workspace = true\n";
        sample.write("chapters/annex-no-page/Cargo.toml", no_page);
        sample.write("chapters/annex-no-page/src/lib.rs", "");
        let workspace = sample.workspace();
        let names = |chapters: &[Chapter]| -> Vec<String> {
            chapters.iter().map(|chapter| chapter.name.clone()).collect()
        };
        let order = ["ch01-one", "ch02-two", "ch18-heap", "annex-more", "ch19-flat"];
        assert_eq!(names(&workspace.chapters), order);
        let annex = workspace.chapter("annex-more").unwrap();
        assert_eq!(names(workspace.before(annex)), order[..3]);
        assert_eq!(names(workspace.after(annex)), order[4..]);
        assert_eq!(annex.short(), "annex-more");
        let title = |chapter: &Chapter| chapter.leaves()[0].numbered_title();
        let more = sample.text("chapters/annex-more/Cargo.toml");
        let after = |name: &str| {
            let key = format!("follows = \"ch01-one\"\nafter = \"{name}\"");
            sample.write(
                "chapters/annex-more/Cargo.toml",
                more.replace("follows = \"ch01-one\"", &key),
            );
            Workspace::read(&workspace.root)
        };
        let early = after("ch01-one").unwrap();
        assert_eq!(
            names(&early.chapters),
            ["ch01-one", "annex-more", "ch02-two", "ch18-heap", "ch19-flat"]
        );
        let annex_after_one = early.chapter("annex-more").unwrap();
        assert_eq!((annex_after_one.part(), title(annex_after_one).as_str()), (1, "Two"));
        for wrong in ["ch03-three", "annex-more"] {
            let error = after(wrong).unwrap_err().to_string();
            assert!(error.contains(&format!("after = \"{wrong}\"")), "{error}");
        }
        assert_eq!(title(annex), "Annex: Two");
        assert_eq!(title(workspace.chapter("ch18").unwrap()), "18. Two");
        assert!(workspace.chapter("annex").is_err());
    }
}
