//! The built pages: the target of each link must exist, and no page may fetch anything from the
//! network.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Written;
use super::token::{Tag, tags};
use crate::finding::Finding;

/// A built book: its files, by their paths with `/`, and the tags of its pages.
pub struct Site {
    /// The pages that are not written yet. A link to one of them is correct: the missing page
    /// itself is one finding.
    missing: Vec<String>,
    files: BTreeMap<String, Vec<Tag>>,
    /// The text of the style sheets.
    styles: BTreeMap<String, String>,
}

impl Site {
    /// Reads the book in `folder`.
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

    /// The problems of the pages whose source file is `asked` for.
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
                    findings.push(written.finding(
                        &[&format!("id=\"{id}\""), &format!("{{#{id}}}")],
                        format!("two elements have the id `{id}`"),
                        "change one of them",
                    ));
                }
                if tag.name == "img" && tag.get("alt").is_none_or(|alt| alt.trim().is_empty()) {
                    let source = tag.get("src").unwrap_or_default();
                    findings.push(written.finding(
                        &[source],
                        format!("the picture {source} has no alt text"),
                        "describe what it shows in its alt text",
                    ));
                }
                // The pictures of mdBook itself are on buttons, which have labels.
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
                            "start the <svg> with a <title> that describes what it shows",
                        );
                        findings.push(Finding { line, ..finding });
                    }
                }
            }
        }
        // mdBook writes a picture that can be enlarged twice.
        let mut seen: Vec<Finding> = Vec::new();
        findings.retain(|finding| {
            let is_new = !seen.contains(finding);
            seen.extend(is_new.then(|| finding.clone()));
            is_new
        });
        for (name, style) in &self.styles {
            if ["url(http", "url(\"http", "url('http", "url(//", "@import \"http"]
                .iter()
                .any(|far| style.contains(far))
            {
                let problem = format!("the style sheet {name} fetches something from the network");
                findings.push(Finding::new(
                    "book/theme",
                    problem,
                    "put what it needs into the same folder",
                ));
            }
        }
        findings
    }

    /// The problem of a link within the book, if there is one.
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
        let (problem, help) = match self.files.get(&file) {
            None if self.missing.contains(&file) => return None,
            None => (
                format!("the target of the link `{target}` is missing: there is no {file}"),
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
                    format!(
                        "the target of the link `{target}` is missing: {file} has no `{anchor}`"
                    ),
                    "write a heading as mdBook does: lower case, with `-` for spaces",
                )
            }
        };
        let source = target.replace(".html", ".md");
        let with = |target: &str| [format!("]({target})"), format!("\"{target}\"")];
        let places: Vec<String> = [with(&source), with(target)].concat();
        let places: Vec<&str> = places.iter().map(String::as_str).collect();
        Some(written.finding(&places, problem, help))
    }
}

/// The problem of a tag for which the browser fetches a file from the network.
fn foreign(written: &Written<'_>, tag: &Tag) -> Option<Finding> {
    // A browser follows a link only when the reader does.
    if tag.name == "a" {
        return None;
    }
    let attributes = ["src", "href", "xlink:href", "data", "poster", "srcset", "action"];
    let target =
        attributes.iter().filter_map(|name| tag.get(name)).find(|target| is_foreign(target))?;
    Some(written.finding(
        &[target],
        format!("<{}> fetches {target} from the network", tag.name),
        "put the file below book/src: the book must work without a network",
    ))
}

fn is_foreign(target: &str) -> bool {
    ["http:", "https:", "//"].iter().any(|scheme| target.starts_with(scheme))
}

/// Whether the last of these tags is inside the page's content.
fn inside_main(before: &[Tag]) -> bool {
    before.iter().rfind(|tag| tag.name == "main").is_some_and(|tag| tag.opens)
}

/// Whether the picture at the start of these tags has a title.
fn has_title(tags: &[Tag]) -> bool {
    let inside = tags.iter().take_while(|tag| tag.opens || tag.name != "svg");
    inside.into_iter().any(|tag| tag.opens && tag.name == "title")
}

fn nth_line_with(source: &str, words: &str, n: usize) -> Option<usize> {
    let lines = source.lines().enumerate().filter(|(_, line)| line.contains(words));
    lines.map(|(line, _)| line + 1).nth(n - 1)
}

/// The file for the relative `path` on `page`, below the book's folder.
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

/// Decodes `%20` and the like.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        (rest, _) = match byte {
            Some(byte) if *first == b'%' => (&after[2..], bytes.push(byte)),
            _ => (after, bytes.push(*first)),
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
