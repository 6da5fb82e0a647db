//! What a page's own text must be: the template's headings, its length, its fences.

use std::ops::Range;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::finding::Finding;

/// The sections of a chapter's page, in their order.
const SECTIONS: [&str; 10] = [
    "You need",
    "Predict",
    "Steps",
    "Run it",
    "Step through it",
    "What just happened",
    "Exercises",
    "Checkpoint",
    "How the standard says it",
    "Speaker's box",
];

/// So many words a chapter's page has, without what its directives fetch.
const WORDS: std::ops::RangeInclusive<usize> = 1_100..=2_100;

/// The languages that a fence may name.
const LANGUAGES: [&str; 5] = ["text", "sh", "wat", "toml", "console"];

/// Markdown as mdBook reads it, as far as a check looks.
pub(super) fn markdown(source: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_FOOTNOTES;
    Parser::new_ext(source, options).into_offset_iter()
}

/// The line of a byte, from 1.
pub(super) fn line_at(source: &str, offset: usize) -> usize {
    source[..offset].matches('\n').count() + 1
}

/// The title and the sections must be those of the template.
pub(super) fn template(place: &Path, source: &str, title: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let headings = headings(source);
    let at = |line, wrong: String, mend: String| Finding::new(place, wrong, mend).at(line);
    match headings.iter().find(|(_, level, _)| *level == HeadingLevel::H1) {
        None => findings.push(at(
            1,
            "the page has no title".into(),
            format!("begin it with `# {title}`"),
        )),
        Some((line, _, words)) if words != title => findings.push(at(
            *line,
            format!("the title is `{words}`, and `{title}` in the crate's metadata"),
            "let both say the same".into(),
        )),
        Some(_) => {}
    }
    let sections: Vec<_> =
        headings.iter().filter(|(_, level, _)| *level == HeadingLevel::H2).collect();
    for (line, _, words) in &sections {
        if !SECTIONS.contains(&words.as_str()) {
            let mend = format!(
                "the template has {}; use a heading of the third level",
                SECTIONS.join(", ")
            );
            findings.push(at(*line, format!("`{words}` is no section of the template"), mend));
        }
    }
    let mut last = 0;
    for (number, section) in SECTIONS.iter().enumerate() {
        let mut found = sections.iter().filter(|(_, _, words)| words == section);
        match (found.next(), found.next()) {
            (None, _) => {
                let before = number.checked_sub(1).map_or("the title", |number| SECTIONS[number]);
                let mend = format!("write `## {section}` after {before}");
                findings.push(Finding::new(
                    place,
                    format!("there is no section `{section}`"),
                    mend,
                ));
            }
            (Some((line, ..)), None) if *line < last => {
                let mend = format!("the order is {}", SECTIONS.join(", "));
                findings.push(at(*line, format!("`{section}` stands too early"), mend));
            }
            (Some((line, ..)), None) => last = *line,
            (_, Some((line, ..))) => {
                findings.push(at(
                    *line,
                    format!("`{section}` stands there twice"),
                    "make it one section".into(),
                ));
            }
        }
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

/// The page must not be too short or too long.
pub(super) fn length(place: &Path, source: &str) -> Option<Finding> {
    let words = words(source);
    let (least, most) = (WORDS.start(), WORDS.end());
    let mend = match () {
        () if words < *least => {
            format!("a chapter has at least {least}; say what is behind the code")
        }
        () if words > *most => format!("a chapter has at most {most}; cut, or divide the chapter"),
        () => return None,
    };
    Some(Finding::new(place, format!("the page has {words} words"), mend))
}

/// The words of the text, without code blocks, pictures and directives.
fn words(source: &str) -> usize {
    let directive = |line: &&str| !line.trim_start().starts_with("{{#");
    let source: Vec<&str> = source.lines().filter(directive).collect();
    let source = source.join("\n");
    let mut words = 0;
    let mut in_code = false;
    for (event, _) in markdown(&source) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(text) | Event::Code(text) if !in_code => {
                let word = |word: &&str| word.chars().any(char::is_alphanumeric);
                words += text.split_whitespace().filter(word).count();
            }
            _ => {}
        }
    }
    words
}

/// A block of code of a page.
pub(super) struct Fence {
    /// The line of its first line of code, from 1.
    pub line: usize,
    /// What it says behind its ticks; nothing where it is only indented.
    pub info: Option<String>,
    /// What is in it.
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

/// Each fence must name its language, and none may hold Rust.
pub(super) fn fences(place: &Path, source: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut wrong = |line: usize, wrong: String, mend: &str| {
        findings.push(Finding::new(place, wrong, mend).at(line));
    };
    const BY_DIRECTIVE: &str = "let `{{#listing FILE ITEM}}` or `{{#step N}}` fetch it from a crate, where a compiler reads it";
    for block in blocks(source) {
        let info = block.info.as_deref().map(|info| info.split([',', ' ']).next().unwrap_or(""));
        match info {
            None => wrong(
                block.line,
                "a block of code is indented and names no language".into(),
                "put it into a fence: ```text",
            ),
            Some("") => wrong(
                block.line - 1,
                "the fence names no language".into(),
                "name one of text, sh, wat, toml, console",
            ),
            Some("rust" | "rs") => {
                wrong(block.line - 1, "Rust is pasted here".into(), BY_DIRECTIVE)
            }
            Some(language) if !LANGUAGES.contains(&language) => wrong(
                block.line - 1,
                format!("`{language}` is no language of the book"),
                "name one of text, sh, wat, toml, console",
            ),
            Some("text") => {
                if let Some(at) = block.text.lines().position(is_rust) {
                    wrong(block.line + at, "this text is Rust".into(), BY_DIRECTIVE);
                }
            }
            Some(_) => {}
        }
    }
    for (event, range) in markdown(source) {
        if let Event::Html(html) | Event::InlineHtml(html) = event
            && (html.contains("<pre") || html.contains("language-rust"))
        {
            wrong(line_at(source, range.start), "code is pasted here as HTML".into(), BY_DIRECTIVE);
        }
    }
    findings
}

/// Whether the line can be nothing else than Rust.
fn is_rust(line: &str) -> bool {
    let line = line.trim();
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let opens = ["fn ", "impl ", "impl<", "enum ", "struct ", "match ", "trait "];
    let ends = ["let ", "use "];
    opens.iter().any(|word| line.starts_with(word)) && line.ends_with('{')
        || ends.iter().any(|word| line.starts_with(word)) && line.ends_with(';')
        || line.starts_with("#[") && line.ends_with(']')
}
