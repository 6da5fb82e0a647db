//! What came of a script.

use std::fmt;

/// What came of a script: an outcome for each directive, in their order.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What came of each directive.
    pub outcomes: Vec<Outcome>,
}

/// What came of a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The line of the script, counted from 1.
    pub line: usize,
    /// What the engine did, or what it should have done.
    pub result: Result<String, Failure>,
}

/// A directive whose outcome is not the one that the script expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What the script expects.
    pub wanted: String,
    /// What the engine did.
    pub got: String,
}

impl Failure {
    pub(crate) fn new(
        wanted: impl Into<String>,
        got: impl Into<String>,
    ) -> Failure {
        Failure { wanted: wanted.into(), got: got.into() }
    }
}

impl Report {
    /// The directives that failed, each with its line.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &Failure)> {
        self.outcomes.iter().filter_map(|outcome| {
            Some((outcome.line, outcome.result.as_ref().err()?))
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.result {
            Ok(did) => write!(f, "{:>4}  {did}", self.line),
            Err(failure) => write!(f, "{:>4}  FAILED: {failure}", self.line),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.wanted, self.got)
    }
}
