//! A conversation: a line, what comes of it, and what Python wants next.

use std::io::Write;
use std::mem;

use ch22_embed::Error;

use crate::inside::quote;
use crate::statement::{belongs, goes_on, indentation};
use crate::value::Value;
use crate::{Exception, Failed, Python};

/// What Python wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// A statement.
    First,
    /// Another line of this statement. It may begin with these spaces.
    More(String),
    /// Nothing: the program has called `sys.exit`, with this exit code.
    Over(i32),
}

impl Python {
    /// Begins a conversation. Python greets.
    ///
    /// # Errors
    ///
    /// The machine can't go on.
    pub fn start_repl(&mut self) -> Result<(), Error> {
        Ok(self.exec("__import__('_ours').greet()")?)
    }

    /// Gives Python a line, and executes it if it ends a statement.
    ///
    /// # Errors
    ///
    /// The machine can't go on. Python has printed exceptions.
    pub fn line(&mut self, line: &str) -> Result<Prompt, Error> {
        self.start_line(line)?;
        let outcome = match self.finish() {
            Ok(value) => Ok(value),
            Err(Failed::Exception(exception)) => Err(exception),
            Err(Failed::Machine(error)) => return Err(error),
        };
        self.prompt(outcome)
    }

    /// The same for several lines. A block ends before a line that isn't
    /// indented, as in a program.
    ///
    /// # Errors
    ///
    /// The machine can't go on.
    pub fn lines(&mut self, lines: &str) -> Result<Prompt, Error> {
        let mut prompt = self.wants();
        for line in lines.lines().map(str::trim_end) {
            let is_more = matches!(prompt, Prompt::More(_));
            if is_more && !belongs(line, &self.block) {
                if line.is_empty() {
                    continue;
                }
                prompt = self.line("")?;
            }
            if let Prompt::Over(_) = prompt {
                break;
            }
            prompt = self.line(line)?;
        }
        Ok(prompt)
    }

    /// [`Python::line`] by [`Python::advance`]: what it ends with is for
    /// [`Python::prompt`].
    ///
    /// # Errors
    ///
    /// There is no room for the line.
    pub fn start_line(&mut self, line: &str) -> Result<(), Error> {
        if !self.block.is_empty() {
            self.block.push('\n');
        }
        self.block += line;
        if goes_on(&self.block) {
            return Ok(());
        }
        let statement = quote(&mem::take(&mut self.block));
        self.start(&format!("__import__('_ours').run({statement})"))
    }

    /// What Python wants after a line. An exception is printed.
    ///
    /// # Errors
    ///
    /// It can't be printed.
    pub fn prompt(
        &mut self,
        outcome: Result<Value, Exception>,
    ) -> Result<Prompt, Error> {
        let Err(exception) = outcome else { return Ok(self.wants()) };
        let text = exception.exit_text();
        let text = text.unwrap_or_else(|| exception.traceback.clone());
        self.screen.write_all(text.as_bytes()).map_err(Error::new)?;
        Ok(exception.exit_code().map_or(Prompt::First, Prompt::Over))
    }

    /// What Python wants now: also after it was thawed.
    pub fn wants(&self) -> Prompt {
        match goes_on(&self.block) {
            true => Prompt::More(indentation(&self.block)),
            false => Prompt::First,
        }
    }

    /// Forgets the lines of a statement that hasn't ended.
    pub fn give_up(&mut self) {
        self.block.clear();
    }

    /// The names that a text may be the beginning of.
    ///
    /// # Errors
    ///
    /// An exception, or whatever else ends the call.
    pub fn complete(&mut self, text: &str) -> Result<Vec<String>, Failed> {
        let text = quote(text);
        let call = format!("__import__('_ours').complete({text})");
        self.exec(&call)?;
        let names = self.store.data_mut().told.take().unwrap_or_default();
        Ok(names.lines().map(str::to_owned).collect())
    }
}
