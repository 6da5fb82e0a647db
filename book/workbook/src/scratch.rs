//! A scratch workspace: a copy of some chapters in a state that the checkout does not have, to
//! build and run there.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{fs, io, thread};

use anyhow::{Context, Result};
use cargo_metadata::Message;
use cargo_metadata::diagnostic::DiagnosticLevel;
use wait_timeout::ChildExt;

use crate::workspace::{Workspace, cargo};

/// A program that runs longer than this is stopped.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The built game, below the root of a workspace.
const GAME: &str = "game/rocket.wasm";

/// What chapters read outside their own folder, if it is there: the game, a flight, and MicroPython.
const OUTSIDE: [&str; 3] =
    [GAME, "game/tests/flights/waves.keys", "target/guests/micropython.wasm"];

/// A scratch workspace.
pub struct Scratch {
    /// Its folder.
    pub root: PathBuf,
    /// The target folder. All scratch workspaces share it, so that their common dependencies are
    /// built once.
    target: PathBuf,
}

/// The result of a build.
#[derive(Debug, Default)]
pub struct Built {
    /// The errors of the compiler, or else of Cargo.
    pub errors: Vec<BuildError>,
    /// The programs: the name of each target, and the path of the executable.
    pub programs: Vec<(String, PathBuf)>,
}

/// An error of the compiler or of Cargo.
#[derive(Debug)]
pub struct BuildError {
    /// The compiler's code, for example `E0004`.
    pub code: Option<String>,
    /// The whole message, with its labels and notes.
    pub text: String,
}

/// How a program ended, and what it wrote.
#[derive(Debug)]
pub struct Outcome {
    /// Whether it ended by itself and reported success.
    pub success: bool,
    /// Whether it was stopped because its time was up.
    pub stopped: bool,
    /// For a reader: `exit status: 1`, or that the program was stopped.
    pub status: String,
    /// What it wrote to the standard output.
    pub stdout: String,
    /// What it wrote to the standard error.
    pub stderr: String,
}

impl Scratch {
    /// Creates or reuses the scratch workspace of this name. It has the manifest of `workspace`,
    /// but these members.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub fn new(workspace: &Workspace, name: &str, members: &[String]) -> Result<Self> {
        let folder = workspace.root.join("target/workbook");
        let scratch = Scratch { root: folder.join(name), target: folder.join("target") };
        let manifest = fs::read_to_string(workspace.root.join("Cargo.toml"))?;
        let mut manifest: toml::Table = manifest.parse()?;
        // The workspace's profile spends a minute on optimizing dependencies. That pays off for its
        // many tests, but not here. And nobody steps through what is built here.
        manifest.remove("profile");
        let profile = toml::toml! { dev = { debug = false } };
        manifest.insert("profile".to_owned(), profile.into());
        if let Some(toml::Value::Table(table)) = manifest.get_mut("workspace") {
            table.remove("default-members");
            table.insert("members".to_owned(), members.to_vec().into());
        }
        write(&scratch.root.join("Cargo.toml"), manifest.to_string().as_bytes())?;
        if let Ok(lock) = fs::read(workspace.root.join("Cargo.lock")) {
            write(&scratch.root.join("Cargo.lock"), &lock)?;
        }
        for file in OUTSIDE {
            if let Ok(bytes) = fs::read(workspace.root.join(file)) {
                write(&scratch.root.join(file), &bytes)?;
            }
        }
        Ok(scratch)
    }

    /// Runs a Cargo command that builds: `check`, `build`, `test --no-run`.
    ///
    /// # Errors
    /// If Cargo cannot be started.
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
        let mut built = Built::default();
        for message in Message::parse_stream(output.stdout.as_slice()) {
            match message? {
                Message::CompilerArtifact(artifact) => {
                    let program = artifact.executable.map(|program| program.into_std_path_buf());
                    built.programs.extend(program.map(|program| (artifact.target.name, program)));
                }
                Message::CompilerMessage(message) => {
                    let error = message.message;
                    if matches!(error.level, DiagnosticLevel::Error | DiagnosticLevel::Ice) {
                        built.errors.push(BuildError {
                            code: error.code.map(|code| code.code),
                            text: error.rendered.unwrap_or(error.message),
                        });
                    }
                }
                _ => {}
            }
        }
        if built.errors.is_empty() && !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            built.errors.push(BuildError { code: None, text });
        }
        Ok(built)
    }

    /// Runs a program that Cargo has built.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn run(&self, program: &Path) -> Result<Outcome> {
        self.run_with(program, &[], false)
    }

    /// The same with arguments. With `ctrl_c`, it is interrupted a moment after it has printed
    /// something.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn run_with(&self, program: &Path, arguments: &[String], ctrl_c: bool) -> Result<Outcome> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root);
        let interrupted: fn(u32) = if ctrl_c { interrupt } else { |_| {} };
        watch(TIME_LIMIT, &mut command, interrupted)
            .with_context(|| format!("cannot run {}", program.display()))
    }
}

/// What Ctrl-C does to a process, a moment from now.
fn interrupt(process: u32) {
    thread::sleep(Duration::from_millis(300));
    // If it has ended already, its output shows that.
    let _ = Command::new("kill").args(["-INT", &process.to_string()]).status();
}

/// Runs a command, and stops it when the time is up, with all that it has started.
pub fn run_within(limit: Duration, command: &mut Command) -> io::Result<Outcome> {
    watch(limit, command, |_| {})
}

/// The same, and calls `printed` with the process once it has printed something.
fn watch(limit: Duration, command: &mut Command, printed: fn(u32)) -> io::Result<Outcome> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let process = child.id();
    let stdout = child.stdout.take().map(|pipe| reader(pipe, move || printed(process)));
    let stderr = child.stderr.take().map(|pipe| reader(pipe, || {}));
    let status = child.wait_timeout(limit)?;
    if status.is_none() {
        #[cfg(unix)]
        Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status()?;
        child.kill()?;
        child.wait()?;
    }
    let text = |reader: Option<JoinHandle<String>>| {
        reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
    };
    let stopped = || format!("no end after {} seconds", limit.as_secs());
    Ok(Outcome {
        success: status.is_some_and(|status| status.success()),
        stopped: status.is_none(),
        status: status.map_or_else(stopped, |status| status.to_string()),
        stdout: text(stdout),
        stderr: text(stderr),
    })
}

/// Reads a pipe to its end in another thread, so that the child never waits for a full pipe. After
/// the first byte it calls `begun`.
fn reader(
    mut pipe: impl Read + Send + 'static,
    begun: impl FnOnce() + Send + 'static,
) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = vec![0];
        match pipe.read(&mut bytes) {
            Ok(1) => begun(),
            _ => bytes.clear(),
        }
        // If the pipe breaks, show what came before.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The text with each line indented, to be printed below a finding.
pub fn indented(text: &str) -> String {
    format!("    {}", text.trim_end().replace('\n', "\n    "))
}

/// Writes a file, unless it has this content already: Cargo rebuilds a package whose files are
/// newer than its build.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == content) {
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
    fn the_game_that_chapters_include_is_copied() {
        let sample = Sample::new();
        sample.write(GAME, "the game");
        let scratch = Scratch::new(&sample.workspace(), "test", &[]).unwrap();
        assert_eq!(fs::read(scratch.root.join(GAME)).unwrap(), b"the game");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_does_not_end_is_stopped() {
        let start = std::time::Instant::now();
        let outcome = run_within(Duration::from_secs(1), Command::new("sleep").arg("30")).unwrap();
        assert!(!outcome.success);
        assert_eq!(outcome.status, "no end after 1 seconds");
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    // Here `env` can undo it if whoever runs the tests ignores Ctrl-C, as a shell does for what it puts in the background.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_program_is_interrupted_after_it_has_printed_something() {
        let sample = Sample::new();
        let scratch = Scratch::new(&sample.workspace(), "test", &[]).unwrap();
        let script = "trap 'echo caught; exit 3' INT; echo begun; while :; do sleep 0.01; done";
        let arguments = ["--default-signal=INT", "sh", "-c", script].map(str::to_owned);
        let outcome = scratch.run_with(Path::new("env"), &arguments, true).unwrap();
        assert_eq!(outcome.stdout, "begun\ncaught\n");
        assert_eq!((outcome.success, outcome.stopped), (false, false));
    }

    #[test]
    fn an_error_has_the_code_and_the_text_of_the_compiler_or_of_cargo() {
        let sample = Sample::new();
        let package = "chapters/ch01-one".to_owned();
        let scratch = Scratch::new(&sample.workspace(), "test", &[package]).unwrap();
        mirror(&sample.path("chapters/ch01-one"), &scratch.root.join("chapters/ch01-one")).unwrap();
        let library = scratch.root.join("chapters/ch01-one/src/lib.rs");
        fs::write(library, "/// Two.\npub fn two() -> u8 { 2 + x }\n").unwrap();
        let first = |command: &[&str]| scratch.cargo(command).unwrap().errors.remove(0);
        let error = first(&["check", "--lib"]);
        assert_eq!(error.code.as_deref(), Some("E0425"));
        assert!(error.text.contains("cannot find value `x`"), "{}", error.text);
        let error = first(&["check", "-p", "ch99"]);
        assert!(error.code.is_none() && error.text.contains("ch99"), "{}", error.text);
    }
}
