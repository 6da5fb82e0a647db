//! The rules for a page's own text: the headings of the template, the length, the fences.

use std::ops::Range;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::finding::Finding;

/// The sections of a chapter's page, in their order.
const SECTIONS: [Section; 13] = [
    Section::one("You need"),
    Section::one("Predict"),
    Section { more: Some("Steps: "), ..Section::one("Steps") },
    Section::one("Run it"),
    Section::one("Step through it"),
    Section::one("What just happened"),
    Section::one("Exercises"),
    Section::one("Checkpoint"),
    Section::one("How the standard says it"),
    Section::optional("Design note: "),
    Section::one("Speaker's box"),
    Section::optional("The end of Part "),
    Section { counts: false, ..Section::one("Next") },
];

/// A section of a chapter's page.
struct Section {
    /// Its heading, or the beginning of it.
    name: &'static str,
    /// Whether only the beginning of the heading is given.
    goes_on: bool,
    /// There may be several, whose headings begin with this.
    more: Option<&'static str>,
    /// Whether each page has it.
    is_needed: bool,
    /// Whether its words count.
    counts: bool,
}

impl Section {
    const fn one(name: &'static str) -> Section {
        Section { name, goes_on: false, more: None, is_needed: true, counts: true }
    }

    const fn optional(name: &'static str) -> Section {
        Section { name, goes_on: true, more: None, is_needed: false, counts: false }
    }

    fn has(&self, heading: &str) -> bool {
        heading == self.name
            || self.more.is_some_and(|words| heading.starts_with(words))
            || self.goes_on && heading.starts_with(self.name)
    }

    /// The section with this heading.
    fn of(heading: &str) -> Option<&'static Section> {
        SECTIONS.iter().find(|section| section.has(heading))
    }

    fn name_in_help(&self) -> String {
        match self.is_needed {
            true => self.name.to_owned(),
            false => format!("[{}{}]", self.name, if self.goes_on { "…" } else { "" }),
        }
    }
}

/// How many words a chapter's page may have, without the text that its directives fetch.
const WORDS: std::ops::RangeInclusive<usize> = 1_100..=2_100;

/// The languages that a fence may name.
const LANGUAGES: [&str; 5] = ["text", "sh", "wat", "toml", "console"];

/// Parses Markdown like mdBook, as far as the checks need it.
pub(super) fn markdown(source: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_FOOTNOTES;
    Parser::new_ext(source, options).into_offset_iter()
}

/// The line of a byte, from 1.
pub(super) fn line_at(source: &str, offset: usize) -> usize {
    source[..offset].matches('\n').count() + 1
}

/// Checks that the title is the chapter's, and that the sections are those of the template.
pub(super) fn template(place: &Path, source: &str, title: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let headings = headings(source);
    let at = |line, problem: String, help: String| Finding::new(place, problem, help).at(line);
    match headings.iter().find(|(_, level, _)| *level == HeadingLevel::H1) {
        None => findings.push(at(
            1,
            "the page has no title".into(),
            format!("start it with `# {title}`"),
        )),
        Some((line, _, words)) if words != title => findings.push(at(
            *line,
            format!("the title is `{words}`, but `{title}` in the crate's metadata"),
            "use the same title in both".into(),
        )),
        Some(_) => {}
    }
    let sections: Vec<_> =
        headings.iter().filter(|(_, level, _)| *level == HeadingLevel::H2).collect();
    let order = SECTIONS.each_ref().map(Section::name_in_help).join(", ");
    for (line, _, words) in &sections {
        if Section::of(words).is_none() {
            let help = format!("the template has {order}; use a heading of the third level");
            findings.push(at(*line, format!("`{words}` is not a section of the template"), help));
        }
    }
    let mut last = 0;
    let mut before = "the title";
    for section in &SECTIONS {
        let mut found = sections.iter().filter(|(_, _, words)| section.has(words)).peekable();
        if found.peek().is_none() && section.is_needed {
            let help = format!("write `## {}` after {before}", section.name);
            let problem = format!("there is no section `{}`", section.name);
            findings.push(Finding::new(place, problem, help));
        }
        let mut is_second = false;
        for (line, _, words) in found {
            if is_second && section.more.is_none_or(|more| !words.starts_with(more)) {
                let problem = format!("`{words}` is there twice");
                findings.push(at(*line, problem, "merge the sections".into()));
            } else if *line < last {
                let problem = format!("`{words}` comes too early");
                findings.push(at(*line, problem, format!("the order is {order}")));
            } else {
                last = *line;
            }
            is_second = true;
        }
        before = section.name;
    }
    findings
}

/// The headings: line, level, words.
fn headings(source: &str) -> Vec<(usize, HeadingLevel, String)> {
    let mut headings = Vec::new();
    let mut inside = false;
    for (event, range) in markdown(source) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                inside = true;
                headings.push((line_at(source, range.start), level, String::new()));
            }
            Event::End(TagEnd::Heading(_)) => inside = false,
            Event::Text(text) | Event::Code(text) if inside => {
                if let Some((_, _, words)) = headings.last_mut() {
                    words.push_str(&text);
                }
            }
            _ => {}
        }
    }
    headings
}

/// The problem of a page that is too short or too long.
pub(super) fn length(place: &Path, source: &str) -> Option<Finding> {
    let words = words(source);
    let (least, most) = (WORDS.start(), WORDS.end());
    let help = match () {
        () if words < *least => {
            format!("a chapter has at least {least}; explain the code")
        }
        () if words > *most => {
            format!("a chapter has at most {most}; cut the text, or split the chapter")
        }
        () => return None,
    };
    Some(Finding::new(place, format!("the page has {words} words"), help))
}

/// The words of the text, without code blocks, pictures, directives, asides, and the sections that
/// don't count.
fn words(source: &str) -> usize {
    let directive = |line: &&str| !line.trim_start().starts_with("{{#");
    let source: Vec<&str> = source.lines().filter(directive).collect();
    let source = source.join("\n");
    let mut words = 0;
    let mut counts = true;
    let mut heading: Option<String> = None;
    let (mut in_code, mut in_aside) = (false, false);
    for (event, _) in markdown(&source) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Html(html) if html.trim() == "<aside>" => in_aside = true,
            Event::Html(html) if html.trim() == "</aside>" => in_aside = false,
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => {
                heading = Some(String::new());
            }
            Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
                let heading = heading.take().unwrap_or_default();
                counts = Section::of(&heading).is_none_or(|section| section.counts);
                words += if counts { count(&heading) } else { 0 };
            }
            Event::Text(text) | Event::Code(text) => match &mut heading {
                Some(heading) => heading.push_str(&text),
                None if in_code || in_aside || !counts => {}
                None => words += count(&text),
            },
            _ => {}
        }
    }
    words
}

fn count(text: &str) -> usize {
    let word = |word: &&str| word.chars().any(char::is_alphanumeric);
    text.split_whitespace().filter(word).count()
}

/// A block of code of a page.
pub(super) struct Fence {
    /// The line of its first line of code, from 1.
    pub line: usize,
    /// The words after its opening backticks; `None` if it is only indented.
    pub info: Option<String>,
    /// The code.
    pub text: String,
}

/// All blocks of code.
pub(super) fn blocks(source: &str) -> Vec<Fence> {
    let mut blocks: Vec<Fence> = Vec::new();
    let mut inside = false;
    for (event, range) in markdown(source) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                inside = true;
                let line = line_at(source, range.start);
                let (line, info) = match kind {
                    CodeBlockKind::Fenced(info) => (line + 1, Some(info.to_string())),
                    CodeBlockKind::Indented => (line, None),
                };
                blocks.push(Fence { line, info, text: String::new() });
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(text) if inside => {
                if let Some(block) = blocks.last_mut() {
                    block.text.push_str(&text);
                }
            }
            _ => {}
        }
    }
    blocks
}

/// Checks that each fence names its language, and that no fence contains Rust.
pub(super) fn fences(place: &Path, source: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut problem = |line: usize, problem: String, help: &str| {
        findings.push(Finding::new(place, problem, help).at(line));
    };
    const BY_DIRECTIVE: &str = "use `{{#listing FILE ITEM}}` or `{{#step N}}`, so that the code comes from a crate and a compiler checks it";
    for block in blocks(source) {
        let info = block.info.as_deref().map(|info| info.split([',', ' ']).next().unwrap_or(""));
        match info {
            None => problem(
                block.line,
                "an indented block of code names no language".into(),
                "put it into a fence: ```text",
            ),
            Some("") => problem(
                block.line - 1,
                "the fence names no language".into(),
                "name one of text, sh, wat, toml, console",
            ),
            Some("rust" | "rs") => {
                problem(block.line - 1, "Rust is pasted here".into(), BY_DIRECTIVE)
            }
            Some(language) if !LANGUAGES.contains(&language) => problem(
                block.line - 1,
                format!("`{language}` is not a language of the book"),
                "name one of text, sh, wat, toml, console",
            ),
            Some("text") => {
                if let Some(at) = block.text.lines().position(is_rust) {
                    problem(block.line + at, "this text is Rust".into(), BY_DIRECTIVE);
                }
            }
            Some(_) => {}
        }
    }
    for (event, range) in markdown(source) {
        if let Event::Html(html) | Event::InlineHtml(html) = event
            && (html.contains("<pre") || html.contains("language-rust"))
        {
            problem(
                line_at(source, range.start),
                "code is pasted here as HTML".into(),
                BY_DIRECTIVE,
            );
        }
    }
    findings
}

/// Whether the line is certainly Rust.
fn is_rust(line: &str) -> bool {
    let line = line.trim();
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let opens = ["fn ", "impl ", "impl<", "enum ", "struct ", "match ", "trait "];
    let ends = ["let ", "use "];
    opens.iter().any(|word| line.starts_with(word)) && line.ends_with('{')
        || ends.iter().any(|word| line.starts_with(word)) && line.ends_with(';')
        || line.starts_with("#[") && line.ends_with(']')
}
