//! A conversation in the terminal: lines that can be edited, recalled and
//! completed.

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;

use ch24_python::{Prompt, Python};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{Context, Editor, Helper};

/// Talks until the user or the program ends it. Python comes back, and an exit
/// code.
pub fn talk(
    python: Python,
    greets: bool,
) -> Result<(Python, i32), Box<dyn Error>> {
    let python = Rc::new(RefCell::new(python));
    if greets {
        python.borrow_mut().start_repl()?;
    }
    let mut editor = Editor::<Names, DefaultHistory>::new()?;
    editor.set_helper(Some(Names(Rc::clone(&python))));
    let mut prompt = Prompt::First;
    loop {
        let line = match &prompt {
            Prompt::First => editor.readline(">>> "),
            Prompt::More(spaces) => {
                editor.readline_with_initial("... ", (spaces, ""))
            }
            Prompt::Over => break,
        };
        prompt = match line {
            Ok(line) => {
                editor.add_history_entry(&line)?;
                // An empty line ends a block, whatever it is indented by.
                python.borrow_mut().line(line.trim_end())?
            }
            Err(ReadlineError::Interrupted) => {
                python.borrow_mut().give_up()?;
                Prompt::First
            }
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(error.into()),
        };
    }
    drop(editor);
    let python = Rc::into_inner(python);
    let python = python.ok_or("somebody still holds Python")?;
    Ok((python.into_inner(), 0))
}

/// Completes names by asking Python.
struct Names(Rc<RefCell<Python>>);

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
        let start = before.rfind(|it| !is_name(it));
        let start = start.map_or(0, |at| at + 1);
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
