//! The list of the book's pages, generated from the workspace.

use crate::workspace::{Chapter, Leaf, Workspace};

/// The titles of the parts, in the order of the book.
const PARTS: [&str; 6] = [
    "Part I: The toy machine",
    "Part II: Becoming WebAssembly",
    "Part III: The whole standard",
    "Annexes",
    "Part IV: A fast engine",
    "Part V: Out in the world",
];

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its file below `book/src`.
    pub file: String,
    /// Its title.
    pub title: String,
    /// Its place in the book.
    pub place: Place,
}

/// The place of a page in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before the chapters.
    Front,
    /// Before the chapters of the part with this number, from 1.
    Part(usize),
    /// A page of the chapter with this index: the one at this position, from 1.
    Chapter(usize, usize),
    /// After the chapters.
    Back,
}

impl Page {
    /// The chapter, if this is a page of one.
    pub fn chapter<'w>(&self, workspace: &'w Workspace) -> Option<&'w Chapter> {
        match self.place {
            Place::Chapter(index, _) => workspace.chapters.get(index),
            Place::Front | Place::Part(_) | Place::Back => None,
        }
    }

    /// The same as one of the chapter's pages.
    pub fn leaf<'w>(&self, workspace: &'w Workspace) -> Option<Leaf<'w>> {
        let Place::Chapter(index, position) = self.place else { return None };
        let leaves = workspace.chapters.get(index)?.leaves();
        leaves.into_iter().find(|leaf| leaf.position == position)
    }

    /// Whether it is not one of a chapter's further pages.
    pub fn is_first(&self) -> bool {
        !matches!(self.place, Place::Chapter(_, 2..))
    }
}

/// The page that opens a part, from 1. The annexes have none.
pub(super) fn opening(part: usize) -> Option<String> {
    let number = title_of_part(part).strip_prefix("Part ")?.split(':').next()?;
    let number = ["I", "II", "III", "IV", "V"].iter().position(|roman| *roman == number)?;
    Some(format!("part-{}.md", number + 1))
}

/// All pages, in their order. `heading` is the first heading of a file, if the file exists: the
/// pages that open a part, and the afterword, are there only then.
pub fn pages(workspace: &Workspace, heading: impl Fn(&str) -> Option<String>) -> Vec<Page> {
    let page =
        |file: &str, title: &str, place| Page { file: file.into(), title: title.into(), place };
    let mut pages = vec![page("preface.md", "Welcome", Place::Front)];
    let mut part = 0;
    for (index, chapter) in workspace.chapters.iter().enumerate() {
        if part != chapter.part() {
            part = chapter.part();
            let opening = opening(part).and_then(|file| Some((heading(&file)?, file)));
            if let Some((heading, file)) = opening {
                // In the sidebar it is below the part's title.
                let short = heading.split(':').next().unwrap_or_default();
                let title = if heading == title_of_part(part) { short } else { &heading };
                pages.push(page(&file, title, Place::Part(part)));
            }
        }
        for leaf in chapter.leaves() {
            let place = Place::Chapter(index, leaf.position);
            pages.push(page(&leaf.file(), leaf.title, place));
        }
    }
    if heading("afterword.md").is_some() {
        pages.push(page("afterword.md", "Afterword", Place::Back));
    }
    pages.push(page("glossary.md", "Glossary", Place::Back));
    pages.push(page("cheat-sheet.md", "Cheat sheet", Place::Back));
    pages.push(page("schedule.md", "Schedule", Place::Back));
    pages
}

/// The summary, mdBook's table of contents. A page that does not exist yet is a title without a
/// link.
pub fn summary(workspace: &Workspace, pages: &[Page], exists: impl Fn(&Page) -> bool) -> String {
    let mut text = String::from("# Summary\n\n");
    let mut part = 0;
    for page in pages {
        let title = page.title.replace(['[', ']', '<', '>'], "");
        let link = match exists(page) {
            true => format!("[{title}]({})", page.file),
            false => format!("[{title}]()"),
        };
        let its_part = match page.place {
            Place::Part(part) => Some(part),
            _ => page.chapter(workspace).map(Chapter::part),
        };
        match its_part {
            Some(its_part) => {
                if part != its_part {
                    part = its_part;
                    text += &format!("\n# {}\n\n", title_of_part(part));
                }
                let indent = if page.is_first() { "" } else { "  " };
                text += &format!("{indent}- {link}\n");
            }
            // mdBook has no entry without a link outside the numbered chapters.
            None if !exists(page) => {}
            None if page.place == Place::Back && part != 0 => {
                part = 0;
                text += &format!("\n---\n\n{link}\n");
            }
            None => text += &format!("{link}\n"),
        }
    }
    text
}

/// The title of a part, from 1.
pub fn title_of_part(part: usize) -> &'static str {
    PARTS.get(part.wrapping_sub(1)).unwrap_or(&"More chapters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_has_every_chapter_under_its_part() {
        let workspace = Workspace::read(crate::workspace()).unwrap();
        let heading = |file: &str| match file {
            "part-1.md" => Some("Part I: The toy machine".to_owned()),
            "part-2.md" => Some("From toy to standard".to_owned()),
            "afterword.md" => Some("Landed".to_owned()),
            _ => None,
        };
        let pages = pages(&workspace, heading);
        let text = summary(&workspace, &pages, |page| page.file != "ch02-machine.md");
        let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("no {words} in {text}"));
        let order = [
            "[Welcome](preface.md)",
            "# Part I: The toy machine",
            "- [Part I](part-1.md)",
            "- [A stack](ch01-stack.md)",
            "- [A machine]()",
            "# Part II: ",
            "- [From toy to standard](part-2.md)",
            "- [Values](ch07-values.md)",
            "- [Control](ch11-control.md)",
            "- [Validation](annex-validation.md)",
            "- [Instances](ch12-instance.md)",
            "# Part III: ",
            "# Annexes",
            "---",
            "[Afterword](afterword.md)",
            "[Glossary](glossary.md)",
        ];
        assert!(order.map(at).is_sorted(), "{text}");
    }
}
