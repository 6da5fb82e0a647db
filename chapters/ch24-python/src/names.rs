//! Completion of what is typed.

use std::cell::RefCell;
use std::rc::Rc;

use ch24_python::Python;
use rustyline::completion::Completer;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{Context, Helper};

/// Completes names by asking Python.
pub struct Names(pub Rc<RefCell<Python>>);

impl Completer for Names {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = &line[..position];
        let is_name = |it: char| it.is_alphanumeric() || "_.".contains(it);
        let start = before
            .char_indices()
            .rfind(|(_, it)| !is_name(*it))
            .map_or(0, |(at, it)| at + it.len_utf8());
        let text = &before[start..];
        if text.is_empty() {
            return Ok((position, vec!["    ".to_owned()]));
        }
        // Whatever goes wrong here isn't worth an interruption.
        let names = self.0.borrow_mut().complete(text);
        Ok((start, names.unwrap_or_default()))
    }
}

impl Helper for Names {}
impl Highlighter for Names {}
impl Validator for Names {}

impl Hinter for Names {
    type Hint = String;
}
