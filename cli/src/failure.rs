//! What ends a command early, and its exit code.

use std::{fmt, io};

use crate::words;

/// An error of the command line itself. Its exit code is 2; every other error's is 1.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Whether the reader of a pipe has stopped reading, as `head` does. Then the command has done its
/// job.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let cause = cause.downcast_ref::<io::Error>();
        cause.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// An error of `clap` in one line: what is wrong, what the user might have meant, and where to look.
pub fn in_one_line(error: &clap::Error) -> String {
    let text = words::plain(&error.render().to_string());
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = |line: &&str| !line.starts_with("Usage:") && !line.starts_with("For more");
    let mut line = String::new();
    for part in text.lines().take_while(end).map(str::trim).filter(|part| !part.is_empty()) {
        if part.starts_with("tip: ") {
            line.push(';');
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += part.strip_prefix("tip: ").unwrap_or(part);
    }
    line + "; see `--help`"
}
