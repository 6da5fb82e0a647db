//! A conversation: a line, what comes of it, and what Python wants next.
//!
//! MicroPython reads from a terminal, one character at a time, and edits lines
//! itself. We give it whole lines, and hide what it does to edit them.

use ch22_embed::{Error, Val};

use crate::screen::PROMPTS;
use crate::value::Value;
use crate::{Failed, Python};

/// What Python wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// A statement.
    First,
    /// Another line of this block. It may begin with these spaces.
    More(String),
    /// Nothing: the program has called `sys.exit`.
    Over,
}

/// Deletes what is before the cursor.
const CLEAR: char = '\x15';
/// Gives a block up.
const GIVE_UP: char = '\x03';
/// Ends a line.
const ENTER: char = '\r';

/// Python returns this bit when it wants to end.
const EXIT: i32 = 0x100;

impl Python {
    /// Begins a conversation. Python greets.
    ///
    /// # Errors
    ///
    /// The machine can't go on.
    pub fn start_repl(&mut self) -> Result<(), Error> {
        self.screen.enter();
        self.short("mp_js_repl_init", &[]).map(|_| ())
    }

    /// Gives Python a line, and executes it if it ends a statement.
    ///
    /// # Errors
    ///
    /// The machine can't go on. Python has printed exceptions.
    pub fn line(&mut self, line: &str) -> Result<Prompt, Error> {
        self.start_line(line)?;
        match self.finish() {
            Ok(code) => Ok(self.prompt(&code)),
            Err(Failed::Machine(error)) => Err(error),
            Err(Failed::Exception(exception)) => Err(Error::new(exception)),
        }
    }

    /// The same, by [`Python::advance`]: what it ends with is for
    /// [`Python::prompt`].
    ///
    /// # Errors
    ///
    /// The machine can't go on.
    pub fn start_line(&mut self, line: &str) -> Result<(), Error> {
        self.screen.mute(true);
        self.press(CLEAR)?;
        for character in line.replace('\t', "    ").chars() {
            match character {
                ' '..='~' => self.press(character)?,
                // Its terminal knows only ASCII, but its texts know more.
                other => {
                    let code = u32::from(other);
                    let escape = match code {
                        ..0x1_0000 => format!("\\u{code:04x}"),
                        _ => format!("\\U{code:08x}"),
                    };
                    escape.chars().try_for_each(|it| self.press(it))?;
                }
            }
        }
        self.screen.enter();
        self.start_key(ENTER)
    }

    /// What Python wants after a line.
    pub fn prompt(&self, outcome: &Value) -> Prompt {
        match (outcome, self.screen.prompt()) {
            (Value::Int(code), _) if code & EXIT != 0 => Prompt::Over,
            (_, (prompt, after)) if prompt == PROMPTS[1] => Prompt::More(after),
            _ => Prompt::First,
        }
    }

    /// Forgets the lines of a block that hasn't ended.
    ///
    /// # Errors
    ///
    /// The machine can't go on.
    pub fn give_up(&mut self) -> Result<(), Error> {
        self.screen.mute(true);
        self.press(GIVE_UP)
    }

    fn press(&mut self, key: char) -> Result<(), Error> {
        let key = Val::I32(key as i32);
        self.short("mp_js_repl_process_char", &[key]).map(|_| ())
    }

    /// The names that a text may be the beginning of.
    ///
    /// # Errors
    ///
    /// An exception, or whatever else ends the call.
    pub fn complete(&mut self, text: &str) -> Result<Vec<String>, Failed> {
        let text = crate::python::quote(text);
        let call = format!("__import__('_ours').complete({text})");
        self.exec(&call)?;
        let names = self.store.data_mut().told.take().unwrap_or_default();
        Ok(names.lines().map(str::to_owned).collect())
    }
}
