//! The commands that the reader types: whatever they name must exist.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use cargo_metadata::{MetadataCommand, TargetKind};
use clap::Parser;

use super::text::blocks;
use crate::finding::Finding;
use crate::workspace::Workspace;

/// Programs besides Cargo that a reader has.
const PROGRAMS: [&str; 13] = [
    "cat", "cd", "cp", "diff", "echo", "git", "head", "less", "ls", "mkdir", "rustup", "tail",
    "time",
];

/// What is wrong with a command, and how to fix it.
type Problem = (String, String);

/// A package's target: its kind and its name.
type Target = (TargetKind, String);

/// The parts of a workspace that commands can name.
pub(super) struct Commands {
    root: PathBuf,
    /// The targets of each package.
    packages: BTreeMap<String, Vec<Target>>,
}

impl Commands {
    /// Reads the packages from Cargo's metadata.
    pub(super) fn read(workspace: &Workspace) -> Result<Commands> {
        let mut command = MetadataCommand::new();
        let metadata = command.manifest_path(workspace.root.join("Cargo.toml")).no_deps().exec()?;
        let mut packages = BTreeMap::new();
        for package in metadata.packages {
            let targets = package.targets.into_iter();
            let targets =
                targets.filter_map(|target| Some((target.kind.first()?.clone(), target.name)));
            packages.insert(package.name.to_string(), targets.collect());
        }
        Ok(Commands { root: workspace.root.clone(), packages })
    }

    /// The problems of the commands in the `sh` fences of a page.
    pub(super) fn check(&self, place: &Path, source: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        for block in blocks(source) {
            let info = block.info.as_deref().unwrap_or_default();
            if info.split([',', ' ']).next() != Some("sh") {
                continue;
            }
            for (number, line) in block.text.lines().enumerate() {
                let line = line.split(" #").next().unwrap_or_default().trim();
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                for command in line.split(['|', ';']).flat_map(|command| command.split("&&")) {
                    if let Err((problem, help)) = self.command(command) {
                        findings.push(Finding::new(place, problem, help).at(block.line + number));
                    }
                }
            }
        }
        findings
    }

    fn command(&self, command: &str) -> Result<(), Problem> {
        let words: Vec<&str> = command.split_whitespace().collect();
        // Variables before the command, and the redirection of its output, are not part of the
        // command.
        let is_setting = |word: &&&str| word.contains('=') && !word.starts_with('-');
        let set = words.iter().take_while(is_setting).count();
        let words = &words[set..];
        let end = words.iter().position(|word| word.contains('>')).unwrap_or(words.len());
        let words = &words[..end];
        let Some((program, rest)) = words.split_first() else { return Ok(()) };
        if *program == "cargo" {
            return self.cargo(command.trim(), rest);
        }
        if !PROGRAMS.contains(program) {
            return Err((
                format!("the reader may not have the program `{program}`"),
                format!("use cargo, or one of {}", PROGRAMS.join(", ")),
            ));
        }
        if ["git", "cp", "mkdir", "echo"].contains(program) { Ok(()) } else { self.files(rest) }
    }

    fn cargo(&self, command: &str, words: &[&str]) -> Result<(), Problem> {
        let Some((subcommand, rest)) = words.split_first() else { return Ok(()) };
        if *subcommand == "workbook" {
            let words = ["cargo workbook"].into_iter().chain(rest.iter().copied());
            return match crate::Arguments::try_parse_from(words) {
                Err(error) if error.use_stderr() => {
                    let error = error.to_string();
                    let first = error.lines().next().unwrap_or_default();
                    Err((
                        format!("`{command}` is rejected: {first}"),
                        "`cargo workbook --help` lists the commands".into(),
                    ))
                }
                _ => Ok(()),
            };
        }
        // What it reads may be what another command has fetched.
        if *subcommand == "wasm" {
            let name = rest.first().copied().unwrap_or_default();
            let file = self.root.join("cli/src/commands").join(name);
            return match file.is_dir() || file.with_extension("rs").is_file() {
                true => Ok(()),
                false => Err((
                    format!("`cargo wasm` has no command `{name}`"),
                    "`cargo wasm --help` lists the commands".into(),
                )),
            };
        }
        if !["run", "test", "build", "check", "doc", "fmt", "clippy"].contains(subcommand) {
            return Err((
                format!("the book doesn't use `cargo {subcommand}`"),
                "use run, test, build, check, doc, fmt, clippy, workbook or wasm".into(),
            ));
        }
        let end = rest.iter().position(|word| *word == "--").unwrap_or(rest.len());
        let (mine, programs) = rest.split_at(end);
        let mut package = None;
        let mut words = mine.iter();
        while let Some(word) = words.next() {
            let (option, value) = match word.split_once('=') {
                Some((option, value)) => (option, Some(value)),
                None => (*word, None),
            };
            let mut value = || value.or_else(|| words.next().copied()).unwrap_or_default();
            let kind = match option {
                "-p" | "--package" => {
                    package = Some(self.package(value())?);
                    continue;
                }
                "--example" => TargetKind::Example,
                "--test" => TargetKind::Test,
                "--bin" => TargetKind::Bin,
                "--bench" => TargetKind::Bench,
                "--manifest-path" => {
                    self.files(&[value()])?;
                    continue;
                }
                _ => continue,
            };
            let name = value();
            let named = |targets: &Vec<Target>| targets.contains(&(kind.clone(), name.to_owned()));
            let found = match package {
                Some((_, targets)) => named(targets),
                None => self.packages.values().any(named),
            };
            if !found {
                let of = package.map_or("the workspace", |(name, _)| name);
                return Err((
                    format!("{of} has no {kind} `{name}`"),
                    "name a target that exists; an exercise needs an [[example]]".into(),
                ));
            }
        }
        self.files(programs.get(1..).unwrap_or_default())
    }

    fn package(&self, name: &str) -> Result<(&str, &Vec<Target>), Problem> {
        match self.packages.get_key_value(name) {
            Some((name, targets)) => Ok((name, targets)),
            None => {
                let close = self.packages.keys().find(|package| {
                    let number = |name: &str| name.split('-').next().map(str::to_owned);
                    number(package) == number(name)
                });
                let help = close.map_or("name a package of the workspace".to_owned(), |close| {
                    format!("did you mean `{close}`?")
                });
                Err((format!("there is no package `{name}`"), help))
            }
        }
    }

    /// Words that look like files must be files.
    fn files(&self, words: &[&str]) -> Result<(), Problem> {
        const ENDINGS: [&str; 7] = [".rs", ".wat", ".wasm", ".toml", ".keys", ".md", ".json"];
        for word in words {
            let path = word.trim_matches(['"', '\'']);
            let looks = path.contains('/') && !path.contains("://")
                || ENDINGS.iter().any(|ending| path.ends_with(ending));
            if looks && !path.starts_with('-') && !self.root.join(path).exists() {
                return Err((
                    format!("there is no file {path}"),
                    "name an existing file, relative to the repository's root".into(),
                ));
            }
        }
        Ok(())
    }
}
