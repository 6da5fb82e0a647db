//! A conversation in the terminal: lines that can be edited, recalled and
//! completed.

use std::cell::RefCell;
use std::error::Error;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ch24_python::{Prompt, Python};
use directories::ProjectDirs;
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Editor, Event,
    EventContext, EventHandler, KeyEvent, RepeatCount,
};

use crate::console::Console;
use crate::names::Names;

/// The most lines that are kept.
const MOST_LINES: usize = 1000;

/// Ctrl-D on a line of blanks, which are ours: says that it was pressed. (An
/// editor only knows that it ends on a line of nothing.)
struct Ends(Arc<AtomicBool>);

impl ConditionalEventHandler for Ends {
    fn handle(
        &self,
        _: &Event,
        _: RepeatCount,
        _: bool,
        context: &EventContext<'_>,
    ) -> Option<Cmd> {
        let line = context.line();
        if line.is_empty() || !line.trim().is_empty() {
            return None;
        }
        self.0.store(true, Ordering::Relaxed);
        Some(Cmd::Interrupt)
    }
}

/// Talks until the user or the program ends it. Python comes back, and an exit
/// code.
pub fn talk(
    mut python: Python,
    console: &Console,
    greets: bool,
) -> Result<(Python, i32), Box<dyn Error>> {
    if greets {
        python.start_repl()?;
    }
    let interrupted = python.interrupt_handle();
    let python = Rc::new(RefCell::new(python));
    let config = Config::builder().completion_type(CompletionType::List);
    let config = config.max_history_size(MOST_LINES)?.build();
    let mut editor = Editor::<Names, DefaultHistory>::with_config(config)?;
    editor.set_helper(Some(Names(Rc::clone(&python))));
    let ends = Arc::new(AtomicBool::new(false));
    let handler = EventHandler::Conditional(Box::new(Ends(Arc::clone(&ends))));
    editor.bind_sequence(KeyEvent::ctrl('D'), handler);
    let history = history();
    if let Some(file) = &history {
        // Without a history, the prompt is as good as new.
        _ = editor.load_history(file);
    }
    let mut prompt = python.borrow().wants();
    let code = loop {
        // The prompt would overwrite what is there.
        console.end_line();
        let line = match &prompt {
            Prompt::First => editor.readline(">>> "),
            Prompt::More(spaces) => {
                editor.readline_with_initial("... ", (spaces, ""))
            }
            Prompt::Over(code) => break *code,
        };
        // Whatever was pressed before was for another line.
        interrupted.store(false, Ordering::Relaxed);
        let mut python = python.borrow_mut();
        prompt = match line {
            Ok(line) => {
                editor.add_history_entry(&line)?;
                match line.contains('\n') {
                    true => python.lines(&line)?,
                    // An empty line ends a block, whatever it is indented by.
                    false => python.line(line.trim_end())?,
                }
            }
            Err(ReadlineError::Interrupted) if ends.load(Ordering::Relaxed) => {
                break 0;
            }
            Err(ReadlineError::Interrupted) => {
                python.give_up();
                Prompt::First
            }
            Err(ReadlineError::Eof) => break 0,
            Err(error) => return Err(error.into()),
        };
    };
    if let Some(file) = &history {
        _ = editor.append_history(file);
    }
    drop(editor);
    let python = Rc::into_inner(python);
    let python = python.ok_or("somebody still holds Python")?;
    Ok((python.into_inner(), code))
}

/// The file of the history: where this user's programs keep such things, and
/// only if somebody types.
fn history() -> Option<PathBuf> {
    if !io::stdin().is_terminal() {
        return None;
    }
    let directories = ProjectDirs::from("", "", "ch24-python")?;
    let folder = directories.state_dir();
    let folder = folder.unwrap_or_else(|| directories.data_dir());
    std::fs::create_dir_all(folder).ok()?;
    Some(folder.join("history.txt"))
}
