//! The built pages: each link must lead somewhere, and nothing may be fetched from elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Written;
use super::token::{Tag, tags};
use crate::finding::Finding;

/// A built book: its files, by their names with `/`, and the tags of its pages.
pub struct Site {
    /// The pages that nobody has written yet. A link to one of them is right, and that it is missing is told once.
    missing: Vec<String>,
    files: BTreeMap<String, Vec<Tag>>,
    /// The text of the style sheets.
    styles: BTreeMap<String, String>,
}

impl Site {
    /// Reads the book that lies in `folder`.
    pub fn read(folder: &Path, missing: Vec<String>) -> Result<Site> {
        let mut site = Site { missing, files: BTreeMap::new(), styles: BTreeMap::new() };
        site.read_below(folder, "")?;
        Ok(site)
    }

    fn read_below(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = format!("{prefix}{name}");
            if path.is_dir() {
                self.read_below(&path, &format!("{name}/"))?;
                continue;
            }
            let text = || fs::read_to_string(&path).with_context(|| name.clone());
            let tags = if name.ends_with(".html") { tags(&text()?) } else { Vec::new() };
            if name.ends_with(".css") {
                self.styles.insert(name.clone(), text()?);
            }
            self.files.insert(name, tags);
        }
        Ok(())
    }

    /// The tags of a page.
    pub fn page(&self, name: &str) -> &[Tag] {
        self.files.get(name).map_or(&[], Vec::as_slice)
    }

    /// What is wrong with the pages whose source `asked` names.
    pub fn check(&self, written: &[Written<'_>], asked: &dyn Fn(&str) -> bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        for written in written.iter().filter(|written| asked(&written.page.file)) {
            let name = written.page.file.replace(".md", ".html");
            let mut svgs = 0;
            let mut ids = BTreeSet::new();
            let tags = self.page(&name);
            for (number, tag) in tags.iter().enumerate().filter(|(_, tag)| tag.opens) {
                findings.extend(self.link(written, &name, tag));
                findings.extend(foreign(written, tag));
                if let Some(id) = tag.get("id").filter(|id| !ids.insert(*id)) {
                    findings.push(written.wrong(
                        &[&format!("id=\"{id}\""), &format!("{{#{id}}}")],
                        format!("two elements have the id `{id}`"),
                        "give one of them another",
                    ));
                }
                if tag.name == "img" && tag.get("alt").is_none_or(|alt| alt.trim().is_empty()) {
                    let source = tag.get("src").unwrap_or_default();
                    findings.push(written.wrong(
                        &[source],
                        format!("the picture {source} says nothing to those who do not see it"),
                        "say in its alt text what it shows",
                    ));
                }
                // Those that mdBook draws are its buttons, which have labels.
                if tag.name == "svg"
                    && tag.get("data-prefix").is_none()
                    && inside_main(&tags[..number])
                {
                    svgs += 1;
                    if !has_title(&tags[number..]) {
                        let line = nth_line_with(&written.source, "<svg", svgs);
                        let finding = Finding::new(
                            &written.place,
                            "the picture has no title",
                            "begin the <svg> with a <title> that says what it shows",
                        );
                        findings.push(Finding { line, ..finding });
                    }
                }
            }
        }
        // Of a picture that can be enlarged mdBook makes two.
        let mut told: Vec<Finding> = Vec::new();
        findings.retain(|finding| {
            let is_new = !told.contains(finding);
            told.extend(is_new.then(|| finding.clone()));
            is_new
        });
        for (name, style) in &self.styles {
            if ["url(http", "url(\"http", "url('http", "url(//", "@import \"http"]
                .iter()
                .any(|far| style.contains(far))
            {
                let wrong = format!("the style sheet {name} fetches something from the network");
                findings.push(Finding::new("book/theme", wrong, "put what it needs beside it"));
            }
        }
        findings
    }

    /// Whether a link within the book leads somewhere.
    fn link(&self, written: &Written<'_>, page: &str, tag: &Tag) -> Option<Finding> {
        let target = tag.get("href").or(tag.get("src")).or(tag.get("xlink:href"))?;
        if is_foreign(target)
            || ["mailto:", "data:", "javascript:"].iter().any(|scheme| target.starts_with(scheme))
        {
            return None;
        }
        let (path, anchor) =
            target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
        let path = path.split('?').next().unwrap_or_default();
        let file = if path.is_empty() { page.to_owned() } else { resolve(page, &decode(path)) };
        let (wrong, mend) = match self.files.get(&file) {
            None if self.missing.contains(&file) => return None,
            None => (
                format!("the link `{target}` leads to no page: there is no {file}"),
                "name a page of the book, or a file below book/src",
            ),
            Some(tags) => {
                let anchor = anchor.filter(|anchor| !anchor.is_empty()).map(decode)?;
                let is_it = |tag: &Tag| {
                    tag.opens
                        && (tag.get("id") == Some(&anchor) || tag.get("name") == Some(&anchor))
                };
                if !file.ends_with(".html") || tags.iter().any(is_it) {
                    return None;
                }
                (
                    format!("the link `{target}` leads nowhere: {file} has no `{anchor}`"),
                    "name a heading as mdBook does: lower case, with `-` for spaces",
                )
            }
        };
        let source = target.replace(".html", ".md");
        let with = |target: &str| [format!("]({target})"), format!("\"{target}\"")];
        let places: Vec<String> = [with(&source), with(target)].concat();
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        Some(written.wrong(&places, wrong, mend))
    }
}

/// Whether the browser fetches something from elsewhere for this.
fn foreign(written: &Written<'_>, tag: &Tag) -> Option<Finding> {
    // One follows a link oneself.
    if tag.name == "a" {
        return None;
    }
    let attributes = ["src", "href", "xlink:href", "data", "poster", "srcset", "action"];
    let target =
        attributes.iter().filter_map(|name| tag.get(name)).find(|target| is_foreign(target))?;
    Some(written.wrong(
        &[target],
        format!("<{}> fetches {target} from the network", tag.name),
        "put the file below book/src; the book works without a network",
    ))
}

fn is_foreign(target: &str) -> bool {
    ["http:", "https:", "//"].iter().any(|scheme| target.starts_with(scheme))
}

/// Whether the tags up to here have opened the page's content and not closed it.
fn inside_main(before: &[Tag]) -> bool {
    before.iter().rfind(|tag| tag.name == "main").is_some_and(|tag| tag.opens)
}

/// Whether the picture that the tags begin with has a title.
fn has_title(tags: &[Tag]) -> bool {
    let inside = tags.iter().take_while(|tag| tag.opens || tag.name != "svg");
    inside.into_iter().any(|tag| tag.opens && tag.name == "title")
}

fn nth_line_with(source: &str, words: &str, n: usize) -> Option<usize> {
    let lines = source.lines().enumerate().filter(|(_, line)| line.contains(words));
    lines.map(|(line, _)| line + 1).nth(n - 1)
}

/// The file that `path` means on `page`, both below the book's folder.
fn resolve(page: &str, path: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// `%20` and the like as what they mean.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let hex = behind.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        (rest, _) = match byte {
            Some(byte) if *first == b'%' => (&behind[2..], bytes.push(byte)),
            _ => (behind, bytes.push(*first)),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
