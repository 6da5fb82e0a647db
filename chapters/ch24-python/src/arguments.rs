//! The command line.

use std::path::PathBuf;

use ch23_wasi::DirPerms;
use clap::Parser;

const EXAMPLES: &str = "\
Examples:
  ch24-python                          a conversation
  ch24-python -c 'print(6 * 7)'
  ch24-python --dir .::/:ro greet.py Ada

In a conversation, Tab completes a name, Ctrl-C interrupts what runs, and
Ctrl-D ends it. The exit code is the program's own: that of `sys.exit`, 1 if
nothing has caught an exception, 2 if the command makes no sense.";

/// Executes Python in a WebAssembly machine: a program, or what you type.
#[derive(Debug, Parser)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Executes this code.
    #[arg(short, value_name = "CODE")]
    pub code: Option<String>,
    /// A directory that Python may use, and its path there; `:ro` to read only.
    #[arg(long, value_name = "HOST::GUEST", value_parser = directory)]
    pub dir: Vec<Directory>,
    /// A module in the same machine, which Python may import by this name.
    #[arg(long, value_name = "NAME=FILE", value_parser = guest)]
    pub guest: Vec<(String, PathBuf)>,
    /// Writes Python to this file at the end, with all that it knows.
    #[arg(long, value_name = "FILE")]
    pub freeze: Option<PathBuf>,
    /// Goes on with the Python of this file.
    #[arg(long, value_name = "FILE", conflicts_with = "micropython")]
    pub thaw: Option<PathBuf>,
    /// Shows three machines in one another, and their steps.
    #[arg(long, conflicts_with_all =
        ["code", "program", "dir", "guest", "freeze", "thaw", "small"])]
    pub scene: bool,
    /// Shows the module that catches what MicroPython throws, or this function
    /// of it.
    #[arg(long, value_name = "NAME", num_args = 0..=1, require_equals = true,
        default_missing_value = "")]
    pub small: Option<String>,
    /// MicroPython's module, if it isn't the one that was fetched.
    #[arg(long, value_name = "FILE")]
    pub micropython: Option<PathBuf>,
    /// The program.
    pub program: Option<PathBuf>,
    /// The program's arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<String>,
}

/// A directory that is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    pub host: String,
    pub guest: String,
    pub perms: DirPerms,
}

impl Arguments {
    /// `sys.argv`. After `-c`, the first word is an argument like the others.
    pub fn argv(&self) -> Vec<String> {
        let program = self.program.iter().map(|it| it.display().to_string());
        let first = match (&self.code, &self.program) {
            (Some(_), _) => Some("-c".to_owned()),
            (None, Some(_)) => None,
            (None, None) => Some(String::new()),
        };
        let words = first.into_iter().chain(program);
        words.chain(self.arguments.iter().cloned()).collect()
    }
}

fn directory(word: &str) -> Result<Directory, String> {
    let (names, perms) = match word.strip_suffix(":ro") {
        Some(names) => (names, DirPerms::ReadOnly),
        None => (word, DirPerms::ReadWrite),
    };
    let (host, guest) = names.split_once("::").unwrap_or((names, "/"));
    match host.is_empty() || !guest.starts_with('/') {
        true => Err("write a directory and its path for Python, such as \
                     data::/ or data::/:ro"
            .to_owned()),
        false => {
            let (host, guest) = (host.to_owned(), guest.to_owned());
            Ok(Directory { host, guest, perms })
        }
    }
}

fn guest(word: &str) -> Result<(String, PathBuf), String> {
    match word.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => {
            Ok((name.to_owned(), file.into()))
        }
        _ => {
            Err("write a name and a file, such as collatz=collatz.wat"
                .to_owned())
        }
    }
}
