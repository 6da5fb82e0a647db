//! What a check finds: the place, what is wrong there, and how to mend it.

use std::fmt;
use std::path::{Path, PathBuf};

/// Something that has drifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file, below the workspace's root.
    pub file: PathBuf,
    /// The line in it, from 1; nothing where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong.
    pub wrong: String,
    /// What to do about it.
    pub mend: String,
}

impl Finding {
    /// Something wrong with a whole file.
    pub fn new(
        file: impl AsRef<Path>,
        wrong: impl Into<String>,
        mend: impl Into<String>,
    ) -> Finding {
        let file = file.as_ref().to_owned();
        Finding { file, line: None, wrong: wrong.into(), mend: mend.into() }
    }

    /// The same, in a line of the file.
    pub fn at(self, line: usize) -> Finding {
        Finding { line: Some(line), ..self }
    }
}

/// All that was found, as one error. Its text is the list.
#[derive(Debug)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// # Errors
    /// The findings, where there are any.
    pub fn none_of(findings: Vec<Finding>) -> Result<(), Findings> {
        if findings.is_empty() { Ok(()) } else { Err(Findings(findings)) }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} found", self.0.len())?;
        self.0.iter().try_for_each(|finding| write!(f, "\n{finding}"))
    }
}

impl std::error::Error for Findings {}

/// `book/src/ch05-branches.md:12: there is no step 9; mend: …`, with `/` in the path on every system.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> =
            self.file.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        write!(f, "{}:", parts.join("/"))?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}\n    mend: {}", self.wrong, self.mend)
    }
}
