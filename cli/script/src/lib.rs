//! Runs scripts in the format of the official test suite, on any engine behind the [`Engine`] seam.
//!
//! A script is a list of directives: they make modules, call what the modules export, and assert what
//! comes of it. [`run`] runs a script and reports which assertions hold. It knows all values and all
//! directives that an engine can know. The runner of chapter 14, from which it grows, knows numbers.
//!
//! Whatever can't be run is skipped, with its reason, and never counts as passed: threads, say, or what
//! an engine answers with "not yet".
//!
//! Specification: the reference interpreter's README, *Scripts*.

mod embed;
mod expect;
mod script;
mod spectest;

use std::fmt;

use annex_embedding::Engine;
use script::Script;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Span;
use wast::{Wast, WastDirective};

pub use embed::Embed;

/// What came of a script.
///
/// It counts assertions. Other directives, such as a module, assert nothing, so they only count where
/// they go wrong: then they have failed, or are skipped.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many assertions hold.
    pub passed: usize,
    /// The directives that don't have the outcome that the script expects.
    pub failed: Vec<Failure>,
    /// The directives that can't be run.
    pub skipped: Vec<Skip>,
}

/// A directive that doesn't have the outcome that the script expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line of the script, counted from 1.
    pub line: usize,
    /// What the script expects.
    pub wanted: String,
    /// What the engine did.
    pub got: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.wanted, self.got)
    }
}

/// A directive that can't be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The line of the script, counted from 1.
    pub line: usize,
    /// What the engine or the runner doesn't know.
    pub reason: String,
}

/// Why an assertion doesn't hold.
#[derive(Clone, Debug)]
enum NotPassed {
    Failed { wanted: String, got: String },
    Skipped(String),
}

impl NotPassed {
    fn failed(wanted: impl Into<String>, got: impl Into<String>) -> NotPassed {
        NotPassed::Failed { wanted: wanted.into(), got: got.into() }
    }
}

/// Runs a script on an engine of its own.
///
/// # Errors
///
/// The text is no script. The error names the place.
pub fn run(text: &str, engine: impl FnOnce() -> Box<dyn Engine>) -> Result<Report, wast::Error> {
    let mut lexer = Lexer::new(text);
    // The suite has names that look alike, on purpose.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer)?;
    let directives = parser::parse::<Wast<'_>>(&buffer)?.directives;
    let mut report = Report::default();
    let mut script = match script::guarded(|| Ok(Script::new(engine))) {
        Ok(script) => script,
        Err(miss) => {
            report.add(1, miss);
            return Ok(report);
        }
    };
    // Why a directive was skipped that the script has for its effects alone: they are missing from then on.
    let mut missing_effects = None;
    for directive in directives {
        let line = line(text, directive.span());
        let asserts = script::asserts(&directive);
        let acts = matches!(directive, WastDirective::Invoke(_) | WastDirective::Thread(_));
        let mut outcome = script.directive(directive);
        match (&outcome, &missing_effects) {
            (Err(NotPassed::Skipped(reason)), _) if acts => missing_effects = Some(reason.clone()),
            (Err(NotPassed::Failed { .. }), Some(reason)) => {
                outcome = Err(NotPassed::Skipped(format!("what follows from {reason}")));
            }
            _ => {}
        }
        match outcome {
            Ok(()) => report.passed += usize::from(asserts),
            Err(miss) => report.add(line, miss),
        }
    }
    Ok(report)
}

impl Report {
    fn add(&mut self, line: usize, miss: NotPassed) {
        match miss {
            NotPassed::Failed { wanted, got } => self.failed.push(Failure { line, wanted, got }),
            NotPassed::Skipped(reason) => self.skipped.push(Skip { line, reason }),
        }
    }
}

fn line(text: &str, span: Span) -> usize {
    span.linecol_in(text).0 + 1
}
