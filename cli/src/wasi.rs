//! What `wasm run` gives a program of the world.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Result, anyhow};
use ch23_wasi::{DirPerms, Stdin, WasiCtx};

use crate::program::Program;
use crate::terminal::printable;

/// The options for a program that uses WASI.
#[derive(clap::Args)]
pub struct Wasi {
    /// Grant a directory by a name; `:ro` to read only.
    #[arg(long, value_name = "HOST::GUEST", value_parser = directory)]
    dir: Vec<Directory>,
    /// Set a variable of the environment.
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable)]
    env: Vec<(String, String)>,
    /// The program's name, before its words; else FILE.
    #[arg(long, value_name = "NAME")]
    argv0: Option<String>,
    /// Read this instead of the standard input.
    #[arg(long, value_name = "FILE")]
    stdin: Option<PathBuf>,
}

/// A directory that is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Directory {
    host: PathBuf,
    guest: String,
    perms: DirPerms,
}

impl Wasi {
    /// What the program gets.
    ///
    /// # Errors
    ///
    /// A directory or a file can't be opened, or two directories have the same name.
    pub fn context(&self, program: &Program) -> Result<WasiCtx> {
        let mut builder = WasiCtx::builder();
        let name = program.file.display().to_string();
        builder.inherit_stdio().arg(self.argv0.as_ref().unwrap_or(&name)).args(program.words());
        for (name, value) in &self.env {
            builder.env(name, value);
        }
        for Directory { host, guest, perms } in &self.dir {
            let granted = builder.preopened_dir(host, guest, *perms);
            granted.map_err(|error| {
                let (host, guest) = (host.display().to_string(), printable(guest));
                anyhow!("--dir {}::{guest}: {error}", printable(&host))
            })?;
        }
        if let Some(file) = &self.stdin {
            let opened = File::open(file);
            let opened = opened.map_err(|error| {
                anyhow!("--stdin {}: {error}", printable(&file.display().to_string()))
            })?;
            builder.stdin(Stdin::Reader(Box::new(opened)));
        }
        Ok(builder.build())
    }
}

/// A directory of the host, and its name for the program: `data::/`, `data::/:ro`, or `data` for both.
fn directory(word: &str) -> Result<Directory, String> {
    let (names, perms) = match word.strip_suffix(":ro") {
        Some(names) => (names, DirPerms::ReadOnly),
        None => (word, DirPerms::ReadWrite),
    };
    let (host, guest) = names.split_once("::").unwrap_or((names, names));
    match host.is_empty() || guest.is_empty() {
        true => Err("write a directory and its name for the program, such as data::/".to_owned()),
        false => Ok(Directory { host: host.into(), guest: guest.to_owned(), perms }),
    }
}

/// A name and a value: `LANG=C`.
fn variable(word: &str) -> Result<(String, String), String> {
    match word.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write a name and a value, such as LANG=C".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_a_name_and_may_be_for_reading_only() {
        let of = |word| {
            let Directory { host, guest, perms } = directory(word).unwrap();
            (host.display().to_string(), guest, perms == DirPerms::ReadOnly)
        };
        let is = |host: &str, guest: &str, only| (host.to_owned(), guest.to_owned(), only);
        assert_eq!(of("data::/"), is("data", "/", false));
        assert_eq!(of("data::/:ro"), is("data", "/", true));
        assert_eq!(of("."), is(".", ".", false));
        assert_eq!(of("data:ro"), is("data", "data", true));
        assert_eq!(of("C:\\x::/a::b"), is("C:\\x", "/a::b", false));
        assert!(directory("").is_err() && directory("::/").is_err() && directory("a::").is_err());
    }

    #[test]
    fn a_variable_has_a_name() {
        assert_eq!(variable("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
        assert_eq!(variable("A="), Ok(("A".to_owned(), String::new())));
        assert!(variable("A").is_err() && variable("=b").is_err());
    }
}
