//! The glossary: each term is linked from a chapter, and links to the chapter where it is first
//! met.

use std::path::Path;

use super::Written;
use super::links::Site;
use super::text::{line_at, markdown};
use crate::book::Place;
use crate::finding::Finding;
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

const FILE: &str = "glossary.md";

/// A term.
struct Entry {
    term: String,
    line: usize,
    /// Whether it links to a chapter.
    met: bool,
}

/// The problems of the terms. (The check of the links finds links to missing terms.)
pub(super) fn check(site: &Site, written: &[Written<'_>]) -> Vec<Finding> {
    let Some(glossary) = written.iter().find(|written| written.page.file == FILE) else {
        return Vec::new();
    };
    let is_chapter = |target: &str| {
        written.iter().any(|written| {
            written.place.file_name() == Some(Path::new(target).as_os_str())
                && matches!(written.page.place, Place::Chapter(..))
        })
    };
    let tags = site.page("glossary.html");
    let anchors = tags
        .iter()
        .filter(|tag| tag.opens && tag.name == "h2")
        .map(|tag| tag.get("id").unwrap_or_default());
    let mut findings = Vec::new();
    for (entry, anchor) in
        entries(&glossary.source, &is_chapter).into_iter().zip(anchors.filter(|id| !id.is_empty()))
    {
        let mut problem = |problem: String, help: String| {
            findings.push(Finding::new(&glossary.place, problem, help).at(entry.line));
        };
        if !entry.met {
            problem(
                format!("`{}` doesn't link to the chapter where it is first met", entry.term),
                "end it with `First met in [A stack](ch01-stack.md).`".into(),
            );
        }
        let link = format!("{FILE}#{anchor}");
        let linked = |written: &&Written<'_>| {
            matches!(written.page.place, Place::Chapter(..) | Place::Part(_))
                && written
                    .source
                    .match_indices(&link)
                    .any(|(at, _)| written.source[at + link.len()..].starts_with([')', '"']))
        };
        if !written.iter().any(|written| linked(&written)) {
            problem(
                format!("no chapter links to `{}`", entry.term),
                format!("link it where it is first used: `[{}]({link})`", entry.term),
            );
        }
    }
    findings
}

fn entries(source: &str, is_chapter: &dyn Fn(&str) -> bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut in_heading = false;
    for (event, range) in markdown(source) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => {
                in_heading = true;
                entries.push(Entry {
                    term: String::new(),
                    line: line_at(source, range.start),
                    met: false,
                });
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Text(text) | Event::Code(text) if in_heading => {
                if let Some(entry) = entries.last_mut() {
                    entry.term.push_str(&text);
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let target = dest_url.split('#').next().unwrap_or_default();
                if let Some(entry) = entries.last_mut() {
                    entry.met |= is_chapter(target);
                }
            }
            _ => {}
        }
    }
    entries
}
