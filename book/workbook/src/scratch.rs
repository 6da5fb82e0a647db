//! A workspace aside, in which chapters are built and run as they are not in the checkout.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::workspace::{Workspace, cargo};

/// What runs longer than this does not end.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The built game, below the root of a workspace.
const GAME: &str = "game/rocket.wasm";

/// The workspace aside.
pub struct Scratch {
    /// Its folder.
    pub root: PathBuf,
    /// Where Cargo builds, for all of them: what they have in common is built once.
    target: PathBuf,
}

/// What Cargo made of a package.
#[derive(Debug, Default)]
pub struct Built {
    /// The compiler's errors.
    pub errors: Vec<Diagnostic>,
    /// The programs: the name of the target, and where it lies.
    pub programs: Vec<(String, PathBuf)>,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Whether it ended well.
    pub well: bool,
    /// How: `exit status: 1`, or that it did not end.
    pub how: String,
    /// What it printed.
    pub printed: String,
    /// What it complained about.
    pub complained: String,
}

impl Scratch {
    /// The workspace aside of this name, with the manifest of `workspace` but other members.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn new(workspace: &Workspace, name: &str, members: &[String]) -> Result<Self> {
        let folder = workspace.root.join("target/workbook");
        let scratch = Scratch { root: folder.join(name), target: folder.join("target") };
        let manifest = fs::read_to_string(workspace.root.join("Cargo.toml"))?;
        let mut manifest: toml::Table = manifest.parse()?;
        // What the house builds fast for the sake of its many tests is not worth its minute here.
        manifest.remove("profile");
        if let Some(toml::Value::Table(table)) = manifest.get_mut("workspace") {
            table.remove("default-members");
            table.insert("members".to_owned(), members.to_vec().into());
        }
        write(&scratch.root.join("Cargo.toml"), manifest.to_string().as_bytes())?;
        if let Ok(lock) = fs::read(workspace.root.join("Cargo.lock")) {
            write(&scratch.root.join("Cargo.lock"), &lock)?;
        }
        // What chapters include from outside of theirs: the game.
        if let Ok(game) = fs::read(workspace.root.join(GAME)) {
            write(&scratch.root.join(GAME), &game)?;
        }
        Ok(scratch)
    }

    /// Runs a command of Cargo that builds: `check`, `build`, `test --no-run`.
    ///
    /// # Errors
    /// Where there is no Cargo.
    pub fn cargo(&self, command: &[&str]) -> Result<Built> {
        let output = Command::new(cargo())
            .args(command)
            .args(["--quiet", "--message-format=json", "--target-dir"])
            .arg(&self.target)
            .current_dir(&self.root)
            .stdin(Stdio::null())
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .context("cannot run cargo")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut built = Built::default();
        for message in text.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok()) {
            if let (Some(target), Some(program)) = (message.target, message.executable) {
                built.programs.push((target.name, program));
            }
            built.errors.extend(message.message.filter(|message| message.level == "error"));
        }
        if built.errors.is_empty() && !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            built.errors.push(Diagnostic { message, ..Default::default() });
        }
        Ok(built)
    }

    /// Runs a program that Cargo has built.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn run(&self, program: &Path) -> Result<Ended> {
        let mut child = Command::new(program)
            .current_dir(&self.root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let printed = child.stdout.take().map(reader);
        let complained = child.stderr.take().map(reader);
        let end = Instant::now() + TIME_LIMIT;
        let status = loop {
            match child.try_wait()? {
                Some(status) => break Some(status),
                None if Instant::now() > end => {
                    child.kill()?;
                    child.wait()?;
                    break None;
                }
                None => thread::sleep(Duration::from_millis(5)),
            }
        };
        let text = |reader: Option<JoinHandle<String>>| {
            reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
        };
        let limit = || format!("no end after {} seconds", TIME_LIMIT.as_secs());
        Ok(Ended {
            well: status.is_some_and(|status| status.success()),
            how: status.map_or_else(limit, |status| status.to_string()),
            printed: text(printed),
            complained: text(complained),
        })
    }
}

/// Reads a pipe to its end, aside.
fn reader(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could be read until the pipe broke is what there is to show.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// A line that Cargo prints for a program to read.
#[derive(Deserialize)]
struct Message {
    message: Option<Diagnostic>,
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// What the compiler says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Diagnostic {
    message: String,
    level: String,
    code: Option<Code>,
    rendered: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Code {
    code: String,
}

impl Diagnostic {
    /// Its code: `E0004`.
    pub fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|code| code.code.as_str())
    }

    /// All of it, with its labels and notes.
    pub fn text(&self) -> &str {
        self.rendered.as_deref().unwrap_or(&self.message)
    }
}

/// A text below a finding: each line indented.
pub fn indented(text: &str) -> String {
    format!("    {}", text.trim_end().replace('\n', "\n    "))
}

/// Writes a file, unless it has that content: what did not change is not built again.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// Makes the folder `to` equal to `from`, which may be missing.
pub fn mirror(from: &Path, to: &Path) -> Result<()> {
    let names = |folder: &Path| -> Result<Vec<std::ffi::OsString>> {
        match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            entries => {
                let entries =
                    entries.with_context(|| format!("cannot read {}", folder.display()))?;
                entries.map(|entry| Ok(entry?.file_name())).collect()
            }
        }
    };
    let wanted = names(from)?;
    for name in names(to)?.into_iter().filter(|name| !wanted.contains(name)) {
        let path = to.join(name);
        if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    for name in wanted {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() { mirror(&from, &to)? } else { write(&to, &fs::read(from)?)? }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    #[test]
    fn the_game_that_chapters_include_is_there() {
        let sample = Sample::new();
        sample.write(GAME, "the game");
        let scratch = Scratch::new(&sample.workspace(), "test", &[]).unwrap();
        assert_eq!(fs::read(scratch.root.join(GAME)).unwrap(), b"the game");
    }
}
