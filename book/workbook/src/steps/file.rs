//! The format of `steps.toml`.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepsFile {
    /// The crate that the first step starts from, or `nothing`.
    pub start: Spanned<String>,
    /// The parts that are given before the first step.
    #[serde(default)]
    pub given: Vec<Given>,
    /// The steps.
    #[serde(default)]
    pub step: Vec<Spanned<StepEntry>>,
}

/// A part that the reader does not have to type.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The reason why it is given.
    pub why: String,
    /// The page of the chapter that shows it, from 1.
    #[serde(default = "first")]
    pub page: usize,
    /// The lines of the difference that belong to it.
    pub hunks: Vec<Spanned<Selector>>,
    /// Lines that are there at first and that a step deletes.
    #[serde(default)]
    pub draft: Vec<Spanned<Draft>>,
}

fn first() -> usize {
    1
}

/// One step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepEntry {
    /// What it is about.
    pub title: String,
    /// `runs`, `compiles` or `fails`.
    pub status: Status,
    /// The compiler's code, if the step fails.
    pub error: Option<String>,
    /// Words of the compiler's message.
    pub saying: Option<String>,
    /// Whether the page shows the whole message, as it does for its first step that fails.
    #[serde(default)]
    pub whole: bool,
    /// The lines that are shown.
    pub hunks: Vec<Spanned<Selector>>,
    /// The lines that come along, folded.
    #[serde(default)]
    pub along: Vec<Spanned<Selector>>,
    /// Lines that this step adds and a later step deletes.
    #[serde(default)]
    pub draft: Vec<Spanned<Draft>>,
    /// What the demo prints after this step.
    pub prints: Option<String>,
    /// Runs with arguments, instead of the one without.
    #[serde(default)]
    pub run: Vec<Run>,
}

/// A run of the program with arguments.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The arguments. The chapter's name in them is that of the reader's crate on the page.
    pub arguments: Vec<String>,
    /// Whether Ctrl-C is pressed a moment after the program has printed something.
    #[serde(default)]
    pub ctrl_c: bool,
    /// What it prints, also to the standard error; it may fail.
    pub prints: String,
}

impl Run {
    /// The command by which the crate `own` is run so, and what it then prints. A long command has
    /// several lines.
    pub fn as_typed(&self, chapter: &str, own: &str) -> (String, String) {
        let mut command = format!("cargo run -p {own} --");
        let mut width = command.len();
        for argument in &self.arguments {
            let argument = quoted(&argument.replace(chapter, own));
            if width + argument.len() + 3 > WIDTH && argument.starts_with(['-', '"', '\'']) {
                command += " \\\n ";
                width = 1;
            }
            command = command + " " + &argument;
            width += 1 + argument.len();
        }
        (command, self.prints.replace(chapter, own))
    }
}

/// How long a line of a command may be.
const WIDTH: usize = 80;

/// An argument as one types it.
fn quoted(argument: &str) -> String {
    let plain = |it: char| it.is_alphanumeric() || "-_./=:".contains(it);
    match (argument.chars().all(plain), argument.contains('"')) {
        (true, _) => argument.to_owned(),
        (false, true) => format!("'{argument}'"),
        (false, false) => format!("\"{argument}\""),
    }
}

/// The state in which a step leaves the crate.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The demo runs.
    Runs,
    /// The crate compiles.
    Compiles,
    /// The demo crashes, on purpose.
    Crashes,
    /// The crate does not compile, on purpose.
    Fails,
}

/// Some changed lines of a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    /// The file, below the crate's folder.
    pub file: String,
    /// Only within these items.
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

/// Lines that a step adds, or that are given, and that a later step deletes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The file, below the crate's folder.
    pub file: String,
    /// Only within this item.
    pub item: Option<String>,
    /// Insert after the line that contains this.
    pub after: Option<String>,
    /// Or insert before the line that contains this.
    pub before: Option<String>,
    /// The step that deletes them.
    pub until: usize,
    /// The lines.
    pub text: String,
    /// Whether both changes are folded, for example for imports.
    #[serde(default)]
    pub along: bool,
}

impl StepsFile {
    /// Reads the file's text.
    ///
    /// # Errors
    /// The line, if it is known, and the problem.
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
