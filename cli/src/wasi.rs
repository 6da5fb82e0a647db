//! What a program that uses WASI gets of the world.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use ch09_module as decoded;
use ch23_wasi::{DirPerms, WasiCtx, WasiCtxBuilder};

use crate::terminal::printable;

/// The directories of a program that uses WASI.
#[derive(clap::Args)]
pub struct Grants {
    /// Grant a directory by a name; `:ro` to read only.
    #[arg(long, value_name = "HOST::GUEST", value_parser = directory)]
    dir: Vec<Directory>,
}

/// The options for a program that uses WASI.
#[derive(clap::Args)]
pub struct Wasi {
    #[command(flatten)]
    grants: Grants,
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

/// Whether a module imports something of WASI.
pub fn uses_wasi(module: &decoded::Module) -> bool {
    module.imports.iter().any(|import| import.module.starts_with("wasi"))
}

impl Grants {
    /// Grants the directories.
    ///
    /// # Errors
    ///
    /// One of them can't be opened, or two have the same name.
    pub fn add_to(&self, builder: &mut WasiCtxBuilder) -> Result<()> {
        for Directory { host, guest, perms } in &self.dir {
            let granted = builder.preopened_dir(host, guest, *perms);
            granted.map_err(|error| {
                let (host, guest) = (host.display().to_string(), printable(guest));
                anyhow!("--dir {}::{guest}: {error}", printable(&host))
            })?;
        }
        Ok(())
    }
}

impl Wasi {
    /// What a program gets, apart from its input: both outputs, its words, variables, directories.
    ///
    /// # Errors
    ///
    /// A directory can't be opened, or two have the same name.
    pub fn context(&self, file: &Path, words: &[String]) -> Result<WasiCtxBuilder> {
        let mut builder = WasiCtx::builder();
        let name = file.display().to_string();
        builder.inherit_output().arg(self.argv0.as_ref().unwrap_or(&name)).args(words);
        for (name, value) in &self.env {
            builder.env(name, value);
        }
        self.grants.add_to(&mut builder)?;
        Ok(builder)
    }

    /// What is read instead of the standard input.
    ///
    /// # Errors
    ///
    /// The file can't be opened.
    pub fn input(&self) -> Result<Option<File>> {
        let open = |file: &PathBuf| {
            let name = file.display().to_string();
            File::open(file).map_err(|error| anyhow!("--stdin {}: {error}", printable(&name)))
        };
        self.stdin.as_ref().map(open).transpose()
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
