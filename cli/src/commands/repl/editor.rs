//! A prompt for a terminal, with a history and completion.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use directories::ProjectDirs;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::line::is_open;

/// What is before each line.
pub const PROMPT: &str = "> ";

/// The most lines that are kept.
const MOST_LINES: usize = 1000;

/// A prompt.
pub struct Prompt {
    editor: Editor<Help, DefaultHistory>,
    /// Where the history is kept, if there is a place.
    history: Option<PathBuf>,
}

/// What a prompt has read.
pub enum Input {
    /// A line, or several of which only the last one isn't open.
    Line(String),
    /// Ctrl-C: the line is given up.
    GivenUp,
    /// Ctrl-D: the end.
    End,
}

impl Prompt {
    /// A prompt that completes these words.
    ///
    /// # Errors
    ///
    /// The terminal can't be used.
    pub fn new(words: Vec<String>) -> Result<Prompt> {
        let config = Config::builder().completion_type(CompletionType::List).auto_add_history(true);
        let config = config.max_history_size(MOST_LINES).context("a history has a size")?.build();
        let mut editor = Editor::with_config(config).context("cannot use the terminal")?;
        editor.set_helper(Some(Help { words }));
        // Without a history the prompt is as good as new.
        let history = history();
        if let Some(file) = &history {
            let _ = editor.load_history(file);
        }
        Ok(Prompt { editor, history })
    }

    /// Reads a line.
    ///
    /// # Errors
    ///
    /// The terminal can't be read.
    pub fn read(&mut self) -> Result<Input> {
        match self.editor.readline(PROMPT) {
            Ok(line) => Ok(Input::Line(line)),
            Err(ReadlineError::Interrupted) => Ok(Input::GivenUp),
            Err(ReadlineError::Eof) => Ok(Input::End),
            Err(error) => Err(error).context("cannot read the line"),
        }
    }
}

impl Drop for Prompt {
    fn drop(&mut self) {
        if let Some(file) = &self.history {
            let _ = self.editor.save_history(file);
        }
    }
}

/// The file of the history, in a folder that is there.
fn history() -> Option<PathBuf> {
    let directories = ProjectDirs::from("", "", "wasm-cli")?;
    let folder = directories.data_dir();
    fs::create_dir_all(folder).ok()?;
    Some(folder.join("history.txt"))
}

/// What the editor asks while a line is written.
struct Help {
    words: Vec<String>,
}

impl Helper for Help {}
impl Highlighter for Help {}

impl Hinter for Help {
    type Hint = String;
}

impl Validator for Help {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match is_open(context.input()) {
            true => ValidationResult::Incomplete,
            false => ValidationResult::Valid(None),
        })
    }
}

impl Completer for Help {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(complete(&self.words, line, position))
    }
}

/// The words that go on like the one before the cursor, and where it begins.
fn complete(words: &[String], line: &str, position: usize) -> (usize, Vec<String>) {
    let before = &line[..position];
    let ends = |char: char| char.is_whitespace() || "()[]=,\"$".contains(char);
    let is_id = |start: usize| before[..start].ends_with('$');
    let start = before
        .rfind(ends)
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let begun = &before[start..];
    let fitting = words.iter().filter(|word| word.starts_with(begun));
    let fitting = fitting.map(|word| match is_id(start) {
        true => word.trim_end_matches(['(', '[']).to_owned(),
        false => word.clone(),
    });
    (start, fitting.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_before_the_cursor_is_completed() {
        let words = ["add(", "address", "memory["].map(str::to_owned);
        let complete = |line: &str, position| {
            let (start, words) = complete(&words, line, position);
            (start, words.join(" "))
        };
        assert_eq!(complete("add", 3), (0, "add( address".to_owned()));
        assert_eq!(complete("mem = 1", 3), (0, "memory[".to_owned()));
        assert_eq!(complete("add(mem", 7), (4, "memory[".to_owned()));
        assert_eq!(complete("x", 1), (0, String::new()));
        // An identifier of the text format is a name alone.
        assert_eq!(complete("instr call $ad", 14), (12, "add address".to_owned()));
    }
}
