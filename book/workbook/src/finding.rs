//! A finding of a check: the place, the problem there, and how to fix it.

use std::fmt;
use std::path::{Path, PathBuf};

/// A place where the book and the crates disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, below the workspace's root.
    pub file: PathBuf,
    /// The line in it, from 1; `None` for the whole file.
    pub line: Option<usize>,
    /// What the problem is.
    pub problem: String,
    /// How to fix it.
    pub help: String,
}

impl Finding {
    /// A problem of a whole file.
    pub fn new(
        file: impl AsRef<Path>,
        problem: impl Into<String>,
        help: impl Into<String>,
    ) -> Finding {
        let file = file.as_ref().to_owned();
        Finding { file, line: None, problem: problem.into(), help: help.into() }
    }

    /// The same finding, in a line of the file.
    pub fn at(self, line: usize) -> Finding {
        Finding { line: Some(line), ..self }
    }
}

/// All findings, as one error. Its text is the list.
#[derive(Debug)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// # Errors
    /// The findings, if there are any.
    pub fn none_of(findings: Vec<Finding>) -> Result<(), Findings> {
        if findings.is_empty() { Ok(()) } else { Err(Findings(findings)) }
    }
}

/// The number of problems, in words.
pub fn problems(count: usize) -> String {
    if count == 1 { "1 problem".to_owned() } else { format!("{count} problems") }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} found", problems(self.0.len()))?;
        self.0.iter().try_for_each(|finding| write!(f, "\n{finding}"))
    }
}

impl std::error::Error for Findings {}

/// `book/src/ch05-branches.md:12: there is no step 9`, and below it `help: …`. The path has `/` on
/// every system.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> =
            self.file.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        write!(f, "{}:", parts.join("/"))?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}\n    help: {}", self.problem, self.help)
    }
}
