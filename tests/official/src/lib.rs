//! The official test suite: its scripts, run on any engine behind the [`Engine`] seam.
//!
//! A script is a row of directives: it makes modules, calls what they export, and asserts what comes of it.
//! [`run`] holds an engine against a script and says which assertions held. What the engine answers with
//! "not yet" counts as skipped, never as passed.
//!
//! Specification: the reference interpreter's README, *Scripts*.

mod expect;
mod score;
mod script;
mod spectest;
mod suite;

use annex_embedding::Engine;
use script::Script;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::Span;
use wast::{Wast, WastDirective};

pub use score::{HEAD, Numbers, Score, extends, markdown, scoreboard, scores};
pub use suite::{File, SUPERSEDED, Suite, Superseded, suites};

/// What came of a script.
///
/// It counts assertions. A directive that asserts nothing, such as a module, counts only where it could not be
/// done: then it has failed, or is skipped.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many assertions held.
    pub passed: usize,
    /// What did not come out as the script wants it.
    pub failed: Vec<Failure>,
    /// What the engine does not know yet.
    pub skipped: Vec<Skip>,
}

/// A directive that did not come out as the script wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line of the script, counted from 1.
    pub line: usize,
    /// What the script wants.
    pub wanted: String,
    /// What the engine did.
    pub got: String,
}

/// A directive that asks for what the engine does not know yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// The line of the script, counted from 1.
    pub line: usize,
    /// What it is that the engine does not know.
    pub reason: String,
}

/// Why an assertion did not hold.
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

/// Runs a script on an engine of its own. A script that cannot be read is one failure.
pub fn run(name: &str, text: &str, engine: impl FnOnce() -> Box<dyn Engine>) -> Report {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let unread = |error: wast::Error| {
        let failure = failure(
            text,
            error.span(),
            format!("`{name}` is a script"),
            format!("it cannot be read: {}", error.message()),
        );
        Report { failed: vec![failure], ..Report::default() }
    };
    let buffer = match ParseBuffer::new_with_lexer(lexer) {
        Ok(buffer) => buffer,
        Err(error) => return unread(error),
    };
    let directives = match parser::parse::<Wast>(&buffer) {
        Ok(script) => script.directives,
        Err(error) => return unread(error),
    };
    let mut report = Report::default();
    let mut script = match script::guarded(|| Ok(Script::new(engine))) {
        Ok(script) => script,
        Err(NotPassed::Failed { wanted, got }) => {
            report.failed.push(Failure { line: 1, wanted, got });
            return report;
        }
        Err(NotPassed::Skipped(reason)) => {
            report.skipped.push(Skip { line: 1, reason });
            return report;
        }
    };
    // Why a call was skipped that the script makes for its effects alone: they are missing from then on.
    let mut missing_effects = None;
    for directive in directives {
        let span = directive.span();
        let asserts = script::asserts(&directive);
        let is_call = matches!(directive, WastDirective::Invoke(_));
        let mut outcome = script.directive(directive);
        match (&outcome, &missing_effects) {
            (Err(NotPassed::Skipped(reason)), _) if is_call => {
                missing_effects = Some(reason.clone())
            }
            (Err(NotPassed::Failed { .. }), Some(reason)) => {
                outcome = Err(NotPassed::Skipped(format!("what follows from {reason}")));
            }
            _ => {}
        }
        match outcome {
            Ok(()) => report.passed += usize::from(asserts),
            Err(NotPassed::Failed { wanted, got }) => {
                report.failed.push(failure(text, span, wanted, got))
            }
            Err(NotPassed::Skipped(reason)) => {
                report.skipped.push(Skip { line: line(text, span), reason })
            }
        }
    }
    report
}

fn failure(text: &str, span: Span, wanted: String, got: String) -> Failure {
    Failure { line: line(text, span), wanted, got }
}

fn line(text: &str, span: Span) -> usize {
    span.linecol_in(text).0 + 1
}
