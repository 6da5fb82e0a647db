//! `steps.toml` as it is written.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepsFile {
    /// The crate whose files are there at first, or `nothing`.
    pub start: Spanned<String>,
    /// What is there before the first step.
    #[serde(default)]
    pub given: Vec<Given>,
    /// The steps.
    #[serde(default)]
    pub step: Vec<Spanned<StepEntry>>,
}

/// What nobody has to type.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The reason.
    pub why: String,
    /// Which part of the difference.
    pub hunks: Vec<Spanned<Selector>>,
    /// What is there at first and goes with a step.
    #[serde(default)]
    pub draft: Vec<Spanned<Draft>>,
}

/// One step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepEntry {
    /// What it is about.
    pub title: String,
    /// `runs`, `compiles` or `fails`.
    pub status: Status,
    /// The compiler's code, where it fails.
    pub error: Option<String>,
    /// Words of the compiler's message.
    pub saying: Option<String>,
    /// What is shown.
    pub hunks: Vec<Spanned<Selector>>,
    /// What comes along, folded.
    #[serde(default)]
    pub along: Vec<Spanned<Selector>>,
    /// What comes and goes again.
    #[serde(default)]
    pub draft: Vec<Spanned<Draft>>,
    /// What the demo prints then.
    pub prints: Option<String>,
}

/// What a step leaves behind.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A crate whose demo runs.
    Runs,
    /// A crate that compiles.
    Compiles,
    /// A crate that does not compile, on purpose.
    Fails,
}

/// Some changed lines of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// The file, below the crate's folder.
    pub file: String,
    /// Within these items only.
    pub item: Option<Words>,
    /// The hunks with a changed line that contains this.
    pub with: Option<Words>,
    /// The changed lines that contain this.
    pub line: Option<Words>,
    /// The changed lines from the one that contains this …
    pub from: Option<String>,
    /// … to the next that contains this.
    pub to: Option<String>,
}

/// A text, or a list of texts.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
pub enum Words {
    /// One.
    One(String),
    /// Each of these.
    Many(Vec<String>),
}

impl Words {
    /// The list.
    pub fn list(&self) -> &[String] {
        match self {
            Words::One(words) => std::slice::from_ref(words),
            Words::Many(words) => words,
        }
    }
}

/// Lines that come with a step, or are given, and go with a later one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The file, below the crate's folder.
    pub file: String,
    /// Within this item only.
    pub item: Option<String>,
    /// Behind the line that contains this.
    pub after: Option<String>,
    /// Or before the line that contains this.
    pub before: Option<String>,
    /// The step with which they go.
    pub until: usize,
    /// The lines.
    pub text: String,
    /// Whether they come and go along, folded: imports, for instance.
    #[serde(default)]
    pub along: bool,
}

impl StepsFile {
    /// Reads the file's text.
    ///
    /// # Errors
    /// The line and what is wrong there.
    pub fn read(text: &str) -> Result<Self, (Option<usize>, String)> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let line = error.span().map(|span| line_of(text, &span));
            (line, error.message().to_owned())
        })
    }
}

/// The line, from 1, in which a span begins.
pub fn line_of(text: &str, span: &Range<usize>) -> usize {
    let before = text.as_bytes().get(..span.start).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}
