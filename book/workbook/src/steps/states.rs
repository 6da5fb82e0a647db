//! The state after each step, built and run in a workspace aside.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{FILE, Status, Step, Steps};
use crate::finding::Finding;
use crate::workspace::{Chapter, Workspace};

/// A demo that runs longer than this does not end.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Checks the steps of `chapters`: that each change is some step's, and that each state is what its step declares.
///
/// # Errors
/// Where a crate cannot be read, or the workspace aside cannot be written.
pub fn check(workspace: &Workspace, chapters: &[&Chapter]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let scratch = Scratch { root: workspace.root.join("target/workbook/steps") };
    for chapter in chapters {
        let place = Path::new("chapters").join(&chapter.name).join(FILE);
        let Some(steps) = Steps::read(workspace, chapter)? else {
            findings.push(Finding::new(
                place,
                "the chapter has no steps",
                "write them; book/README.md says how",
            ));
            continue;
        };
        let unreadable = steps.steps.is_empty() && !steps.findings.is_empty();
        findings.extend(steps.findings.iter().cloned());
        if unreadable {
            continue;
        }
        scratch.prepare(workspace, chapter, &steps)?;
        for (number, step) in (1..).zip(&steps.steps) {
            scratch.write(&steps, number)?;
            if let Err((wrong, mend)) = scratch.check(&chapter.name, step)? {
                let wrong = format!("step {number}, `{}`: {wrong}", step.title);
                findings.push(Finding::new(&place, wrong, mend).at(step.line));
            }
        }
    }
    Ok(findings)
}

/// A workspace that has the chapters up to the one in question, and that one in the state of a step.
struct Scratch {
    root: PathBuf,
}

impl Scratch {
    /// Copies what stands around a chapter.
    fn prepare(&self, workspace: &Workspace, chapter: &Chapter, steps: &Steps) -> Result<()> {
        let manifest = fs::read_to_string(workspace.root.join("Cargo.toml"))?;
        let mut manifest: toml::Table = manifest.parse()?;
        if let Some(toml::Value::Table(table)) = manifest.get_mut("workspace") {
            table.remove("default-members");
            let members = vec![format!("chapters/{}", chapter.name)];
            table.insert("members".to_owned(), members.into());
        }
        write(&self.root.join("Cargo.toml"), manifest.to_string().as_bytes())?;
        if let Ok(lock) = fs::read(workspace.root.join("Cargo.lock")) {
            write(&self.root.join("Cargo.lock"), &lock)?;
        }
        for entry in fs::read_dir(workspace.root.join("chapters"))? {
            let entry = entry?;
            let folder = self.root.join("chapters").join(entry.file_name());
            if entry.path().is_dir() && entry.file_name() != *chapter.name {
                for (name, content) in super::files(&entry.path())? {
                    write(&folder.join(name), &content)?;
                }
            }
            // A manifest names its exercises, and Cargo wants them to be there.
            copy(&entry.path().join("exercises"), &folder.join("exercises"))?;
        }
        if let Some(start) = &steps.start {
            let start = workspace.chapter(start)?;
            let here = self.root.join("chapters").join(&chapter.name);
            copy(&start.folder.join("exercises"), &here.join("exercises"))?;
        }
        Ok(())
    }

    /// Writes the state after `step`.
    fn write(&self, steps: &Steps, step: usize) -> Result<()> {
        let folder = self.root.join("chapters").join(&steps.chapter);
        let state = steps.state(step);
        let left = match folder.join("Cargo.toml").is_file() {
            true => super::files(&folder)?,
            false => Default::default(),
        };
        for name in left.keys().filter(|name| !state.contains_key(name.as_str())) {
            fs::remove_file(folder.join(name))?;
        }
        for (name, content) in state {
            write(&folder.join(name), &content)?;
        }
        Ok(())
    }

    /// Whether the chapter is in the state that `step` declares; what it is instead, and how to mend it.
    fn check(&self, chapter: &str, step: &Step) -> Result<Result<(), (String, String)>> {
        let command = if step.status == Status::Runs { "build" } else { "check" };
        let errors = self.compile(command, chapter)?;
        let wrong = |wrong: String, mend: &str| Ok(Err((wrong, mend.to_owned())));
        match (step.status, errors.first()) {
            (Status::Fails, None) => {
                return wrong("it is to fail, and it compiles".to_owned(), "let it run or compile");
            }
            (Status::Fails, Some(first)) => {
                let code = step.error.as_deref();
                let saying = step.saying.as_deref().unwrap_or_default();
                let declared =
                    |error: &&Diagnostic| error.code() == code && error.text().contains(saying);
                if errors.iter().find(declared).is_none() {
                    let code = code.unwrap_or("no code");
                    let declared =
                        format!("it is to fail with {code} `{saying}`, and it fails with");
                    return wrong(
                        format!("{declared}\n{}", first.shown()),
                        "declare that, or mend it",
                    );
                }
                return Ok(Ok(()));
            }
            (_, Some(first)) => {
                return wrong(
                    format!("it does not compile:\n{}", first.shown()),
                    "move what is missing to this step, or declare the error",
                );
            }
            (Status::Compiles, None) => return Ok(Ok(())),
            (Status::Runs, None) => {}
        }
        let run = self.run(chapter)?;
        match (run, &step.prints) {
            (Err(how), _) => wrong(how, "let it only compile, or mend it"),
            (Ok(printed), Some(prints)) if same_text(&printed, prints) => Ok(Ok(())),
            (Ok(_), None) => Ok(Ok(())),
            (Ok(printed), Some(_)) => {
                let printed = printed.trim_end().replace('\n', "\n    ");
                wrong(format!("it prints\n    {printed}"), "say so in `prints`")
            }
        }
    }

    /// Cargo in the workspace aside.
    fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(arguments).arg("--offline").arg("--target-dir").arg(self.root.join("target"));
        command.current_dir(&self.root).stdin(Stdio::null()).env("CARGO_TERM_COLOR", "never");
        command
    }

    /// The compiler's errors.
    fn compile(&self, command: &str, chapter: &str) -> Result<Vec<Diagnostic>> {
        let mut cargo = self.cargo(&[command, "--quiet", "--message-format=json", "-p", chapter]);
        let output = cargo.output().context("cannot run cargo")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let messages = text.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
        let mut errors: Vec<Diagnostic> = messages
            .filter_map(|message| message.message)
            .filter(|message| message.level.starts_with("error"))
            .collect();
        if errors.is_empty() && !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            errors.push(Diagnostic { message: text, level: "error".into(), ..Default::default() });
        }
        Ok(errors)
    }

    /// What the demo prints; or how it goes wrong.
    fn run(&self, chapter: &str) -> Result<Result<String, String>> {
        let mut cargo = self.cargo(&["run", "--quiet", "-p", chapter]);
        let mut child = cargo.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let reader = |pipe: Option<Box<dyn Read + Send>>| {
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                if let Some(mut pipe) = pipe {
                    // What could be read until the pipe broke is what there is to show.
                    let _ = pipe.read_to_end(&mut bytes);
                }
                String::from_utf8_lossy(&bytes).into_owned()
            })
        };
        let printed = reader(child.stdout.take().map(|pipe| Box::new(pipe) as _));
        let complained = reader(child.stderr.take().map(|pipe| Box::new(pipe) as _));
        let end = Instant::now() + TIME_LIMIT;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if Instant::now() > end {
                child.kill()?;
                child.wait()?;
                return Ok(Err(format!("it still runs after {} seconds", TIME_LIMIT.as_secs())));
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let printed = printed.join().unwrap_or_default();
        let complained = complained.join().unwrap_or_default();
        if status.success() {
            return Ok(Ok(printed));
        }
        let said = format!("{printed}{complained}");
        Ok(Err(format!("it ends with {status}:\n    {}", said.trim_end().replace('\n', "\n    "))))
    }
}

/// A line that Cargo prints for a program to read.
#[derive(Deserialize)]
struct Message {
    message: Option<Diagnostic>,
}

/// What the compiler says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Diagnostic {
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
    fn code(&self) -> Option<&str> {
        self.code.as_ref().map(|code| code.code.as_str())
    }

    /// All of it, with its labels and notes.
    fn text(&self) -> &str {
        self.rendered.as_deref().unwrap_or(&self.message)
    }

    fn shown(&self) -> String {
        format!("    {}", self.text().trim_end().replace('\n', "\n    "))
    }
}

/// Equal but for line endings and white space at the ends.
fn same_text(one: &str, other: &str) -> bool {
    one.trim_end().lines().eq(other.trim_end().lines())
}

/// Writes a file, unless it has that content: what did not change is not built again.
fn write(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// Copies a folder, if it is there.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to)?,
            false => write(&to, &fs::read(entry.path())?)?,
        }
    }
    Ok(())
}
