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
        let start = start(before);
        let text = &before[start..];
        if text.is_empty() {
            return Ok((position, vec!["    ".to_owned()]));
        }
        // Whatever goes wrong here isn't worth an interruption.
        let names = self.0.borrow_mut().complete(text);
        Ok((start, names.unwrap_or_default()))
    }
}

/// Where that begins which is to be completed: names with dots between them,
/// perhaps after a text, or an empty list or dictionary.
fn start(before: &str) -> usize {
    let is_name = |it: char| it.is_alphanumeric() || "_.".contains(it);
    let object = before.trim_end_matches(is_name);
    let end = object.len();
    if !before[end..].starts_with('.') {
        return end;
    }
    let begins = match object.chars().next_back() {
        Some(quote @ ('"' | '\'')) => object[..end - 1].rfind(quote),
        Some(']') => object.ends_with("[]").then(|| end - 2),
        Some('}') => object.ends_with("{}").then(|| end - 2),
        _ => None,
    };
    begins.unwrap_or(end)
}

impl Helper for Names {}
impl Highlighter for Names {}
impl Validator for Names {}

impl Hinter for Names {
    type Hint = String;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_is_before_their_dots_are_completed() {
        for (before, text) in [
            ("pri", "pri"),
            ("x = sys.ar", "sys.ar"),
            ("f(größe", "größe"),
            ("f(x).a", ".a"),
            ("\"\".", "\"\"."),
            ("x = 'a b'.st", "'a b'.st"),
            ("print('a', 'ä'.up", "'ä'.up"),
            ("[].", "[]."),
            ("x = {}.k", "{}.k"),
            ("'a'", ""),
            ("", ""),
        ] {
            assert_eq!(&before[start(before)..], text, "{before}");
        }
    }
}
