//! `cargo workbook record`: the compiler's own words for the first step of a page that fails.
//!
//! A page shows such an error whole, once, and again where a step asks for it (`whole = true`). It
//! is recorded in the chapter's folder `errors`, in a file of the page's name, together with the
//! version of the compiler.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use anyhow::{Context, Result, bail};

use crate::checkout;
use crate::finding::Finding;
use crate::scratch::{BuildError, write};
use crate::steps::{Status, Step, Steps, states};
use crate::workspace::{Chapter, Leaf, Workspace};

/// The folder of the recordings, beside the chapter's manifest.
const FOLDER: &str = "errors";

/// The arguments of `cargo workbook record`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Record only these chapters: `ch05-branches`, `ch05` or `5`.
    pub chapters: Vec<String>,
}

/// A message of the compiler, and the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// For example `rustc 1.95.0`.
    pub compiler: String,
    /// The message as the compiler prints it, with paths that begin at the crate.
    pub text: String,
}

/// Records the errors of the chapters in the workspace in `root`.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let compiler = compiler()?;
    for chapter in workspace.chosen(&arguments.chapters)? {
        let Some(steps) = Steps::read(&workspace, chapter)? else { continue };
        let mut kept = Vec::new();
        for leaf in chapter.leaves() {
            for (number, step, name) in shown(&steps, &leaf) {
                let errors = states::errors(&workspace, chapter, &steps, number)?;
                let Some(error) = meant(&errors, step) else {
                    bail!(
                        "step {number} of {} doesn't fail as its steps.toml declares; `cargo workbook check --only steps {}` shows how it does",
                        chapter.name,
                        chapter.short()
                    );
                };
                let recording =
                    Recording { compiler: compiler.clone(), text: shortened(error, chapter) };
                let file = file(chapter, &name);
                write(&file, recording.to_text().as_bytes())?;
                println!("{}: step {number}", place(chapter, &name).display());
                kept.push(file);
            }
        }
        for file in old(chapter, &kept)? {
            fs::remove_file(&file)?;
            println!("{} is deleted", file.display());
        }
    }
    Ok(())
}

/// The steps of a page whose errors are shown whole: the first that fails, and those that ask for
/// it. With each come its number, and the name of the recording.
pub fn shown<'s>(steps: &'s Steps, leaf: &Leaf<'_>) -> Vec<(usize, &'s Step, String)> {
    let page = leaf.file();
    let page = page.trim_end_matches(".md");
    let numbered = (1..).zip(&steps.steps);
    let mut failing = numbered
        .filter(|(number, step)| leaf.steps.contains(number) && step.status == Status::Fails);
    let first = failing.next().map(|(number, step)| (number, step, format!("{page}.txt")));
    let others = failing
        .filter(|(_, step)| step.whole)
        .map(|(number, step)| (number, step, format!("{page}.{number}.txt")));
    first.into_iter().chain(others).collect()
}

/// The recorded error of this name; `None` if there is none.
///
/// # Errors
/// If the file cannot be read.
pub fn read(chapter: &Chapter, name: &str) -> Result<Option<Recording>> {
    match checkout::read_text(&file(chapter, name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(error).with_context(|| format!("cannot read {}", place(chapter, name).display()))
        }
        Ok(text) => Ok(Some(Recording::from_text(&text))),
    }
}

/// A recording below the workspace's root.
fn place(chapter: &Chapter, name: &str) -> PathBuf {
    Path::new("chapters").join(&chapter.name).join(FOLDER).join(name)
}

fn file(chapter: &Chapter, name: &str) -> PathBuf {
    chapter.folder.join(FOLDER).join(name)
}

/// The recordings of a chapter that no page shows.
fn old(chapter: &Chapter, kept: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut old = Vec::new();
    for entry in fs::read_dir(chapter.folder.join(FOLDER)).into_iter().flatten() {
        let file = entry?.path();
        if !kept.contains(&file) {
            old.push(file);
        }
    }
    Ok(old)
}

/// Compares the recording of the page that shows a step with the errors after it.
///
/// # Errors
/// If the recording cannot be read, or the compiler cannot be run.
pub fn check(
    chapter: &Chapter,
    steps: &Steps,
    number: usize,
    errors: &[BuildError],
) -> Result<Option<Finding>> {
    for leaf in chapter.leaves() {
        let mut shown = shown(steps, &leaf).into_iter();
        let Some((_, step, name)) = shown.find(|(shown, ..)| *shown == number) else {
            continue;
        };
        // A step that fails in another way is a problem of the step.
        let Some(error) = meant(errors, step) else { continue };
        let help = format!("run `cargo workbook record {}`", chapter.short());
        let problem = match read(chapter, &name)? {
            None => Some(format!("the error of step {number} is not recorded")),
            Some(recording) => {
                let now = Recording { compiler: compiler()?, text: shortened(error, chapter) };
                let difference = recording.differs(&now, &steps.state(number));
                difference.map(|problem| format!("step {number}: {problem}"))
            }
        };
        return Ok(problem.map(|problem| Finding::new(place(chapter, &name), problem, help)));
    }
    Ok(None)
}

/// The compiler that builds the steps.
///
/// # Errors
/// If it cannot be run.
pub fn compiler() -> Result<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().context("cannot run rustc")?;
    let version = String::from_utf8_lossy(&output.stdout);
    let words: Vec<&str> = version.split_whitespace().take(2).collect();
    Ok(words.join(" "))
}

/// Of the errors of a build the one that a step declares.
pub fn meant<'e>(errors: &'e [BuildError], step: &Step) -> Option<&'e BuildError> {
    errors.iter().find(|error| {
        error.code == step.error
            && step.saying.as_ref().is_none_or(|saying| error.text.contains(saying))
    })
}

/// The message with paths that begin at the crate, at the standard library or at another package,
/// and not at a folder of this computer.
pub fn shortened(error: &BuildError, chapter: &Chapter) -> String {
    let own = format!("chapters/{}/", chapter.name);
    let line = |line: &str| {
        let arrows = ["--> ", "::: "];
        let Some(at) = arrows.iter().find_map(|arrow| Some(line.find(arrow)? + arrow.len())) else {
            return line.trim_end().to_owned();
        };
        let (arrow, path) = line.split_at(at);
        let path = path.replace('\\', "/");
        let path = match path.split_once("/registry/src/") {
            Some((_, package)) => package.split_once('/').map_or(package, |(_, package)| package),
            None => match path.split_once("/rust/library/") {
                Some((_, library)) => &format!("library/{library}"),
                None => path.strip_prefix(&own).unwrap_or(&path),
            },
        };
        format!("{arrow}{path}")
    };
    let lines: Vec<String> = error.text.trim_end().lines().map(line).collect();
    lines.join("\n")
}

impl Recording {
    fn to_text(&self) -> String {
        format!("{}\n\n{}\n", self.compiler, self.text)
    }

    fn from_text(text: &str) -> Self {
        let (compiler, text) = text.split_once('\n').unwrap_or((text, ""));
        Recording { compiler: compiler.trim().to_owned(), text: text.trim_matches('\n').to_owned() }
    }

    /// Whether it is the error that the step declares.
    pub fn is_of(&self, step: &Step) -> bool {
        let code = step.error.as_deref().unwrap_or_default();
        self.text.starts_with(&format!("error[{code}]"))
            && step.saying.as_ref().is_none_or(|saying| self.text.contains(saying))
    }

    /// What is wrong with it when the compiler now says `now` of the `state`, the files after the
    /// step.
    ///
    /// The same compiler must say the same. Another one may choose other words. But it must find
    /// the same error in the same place, and the lines that are quoted must be those of the files.
    pub fn differs(&self, now: &Recording, state: &BTreeMap<&str, Vec<u8>>) -> Option<String> {
        if self.compiler == now.compiler {
            let recorded = self.text.lines().map(Some).chain([None]);
            let mut pairs = recorded.zip(now.text.lines().map(Some).chain([None]));
            let (recorded, now) = pairs.find(|(recorded, now)| recorded != now)?;
            let shown = |line: Option<&str>| line.unwrap_or("(nothing more)").to_owned();
            return Some(format!(
                "{} says\n    {}\nand not\n    {}",
                self.compiler,
                shown(now),
                shown(recorded)
            ));
        }
        let (recorded, now) = (outline(&self.text), outline(&now.text));
        if recorded != now {
            return Some(format!("the error is now `{now}` and not `{recorded}`"));
        }
        let mut file = "";
        let quoted = self.text.lines().take_while(|line| !line.starts_with("help: "));
        for line in quoted {
            if let Some(place) = of_arrow(line) {
                file = place.split(':').next().unwrap_or_default();
            }
            let Some((number, text)) = of_gutter(line) else { continue };
            let Some(content) = state.get(file) else { continue };
            let content = String::from_utf8_lossy(content);
            if content.lines().nth(number - 1).map(bare) != Some(bare(text)) {
                return Some(format!("line {number} of {file} is not `{}`", text.trim()));
            }
        }
        None
    }
}

/// What all compilers agree upon: the code, and where the error is.
fn outline(text: &str) -> String {
    let code = text.split(':').next().unwrap_or_default();
    let place = text.lines().find_map(of_arrow).unwrap_or_default();
    let line = place.rsplit_once(':').map_or(place, |(line, _)| line);
    format!("{code} at {line}")
}

/// The place in a line such as `  --> src/machine.rs:7:15`.
fn of_arrow(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("--> ").or_else(|| line.strip_prefix("::: ")).map(str::trim_end)
}

/// The number and the text in a line such as `7 |     match self {`.
fn of_gutter(line: &str) -> Option<(usize, &str)> {
    let (number, text) = line.split_once(" |")?;
    let number = number.trim().parse().ok().filter(|number| *number > 0)?;
    Some((number, text))
}

/// A line of code without its indentation. The compiler draws the frame of several lines there.
fn bare(line: &str) -> &str {
    line.trim_end().trim_start_matches([' ', '|', '/'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{RECORDED, Sample, assert_only};
    use crate::steps;

    const FILE: &str = "chapters/ch02-two/errors/ch02-two.txt";

    /// What the check of the steps finds in the sample's second chapter.
    fn found(sample: &Sample) -> Vec<Finding> {
        let workspace = sample.workspace();
        steps::check(&workspace, &[&workspace.chapters[1]]).unwrap()
    }

    #[test]
    fn what_is_recorded_is_what_the_compiler_says() {
        let sample = Sample::new();
        let root = sample.workspace().root;
        let record = || run(&root, &Arguments { chapters: vec!["ch02".to_owned()] }).unwrap();
        fs::remove_file(sample.path(FILE)).unwrap();
        assert_only(
            &found(&sample),
            &["the error of step 1 is not recorded", "workbook record ch02"],
        );
        sample.write("chapters/ch02-two/errors/old.txt", "");
        record();
        assert!(!sample.path("chapters/ch02-two/errors/old.txt").exists());
        let text = sample.text(FILE);
        assert!(text.starts_with(&format!("{}\n\nerror[E0004]: ", compiler().unwrap())), "{text}");
        assert!(text.contains("--> src/main.rs:4:23") && !text.contains("chapters"), "{text}");
        assert_eq!(found(&sample), []);

        sample.edit(FILE, "non-exhaustive patterns", "patterns that are not exhaustive");
        assert_only(
            &found(&sample),
            &["step 1: rustc", "non-exhaustive", "not exhaustive", "record ch02"],
        );
        // The words of another compiler may be others.
        sample.edit(FILE, &compiler().unwrap(), "rustc 1.0.0");
        assert_eq!(found(&sample), []);
        sample.edit(FILE, "match Number::One", "match Number::Two");
        assert_only(
            &found(&sample),
            &["step 1: line 4 of src/main.rs is not `let value = match Number::Two"],
        );
    }

    #[test]
    fn a_step_may_ask_for_its_whole_message() {
        let sample = Sample::new();
        let workspace = sample.workspace();
        let chapter = &workspace.chapters[1];
        let mut steps = Steps::read(&workspace, chapter).unwrap().unwrap();
        let leaf = &chapter.leaves()[0];
        let names = |steps: &Steps| -> Vec<(usize, String)> {
            let shown = shown(steps, leaf).into_iter();
            shown.map(|(number, _, name)| (number, name)).collect()
        };
        let first = (1, "ch02-two.txt".to_owned());
        steps.steps[1].status = Status::Fails;
        assert_eq!(names(&steps), std::slice::from_ref(&first));
        steps.steps[1].whole = true;
        assert_eq!(names(&steps), [first, (2, "ch02-two.2.txt".to_owned())]);
    }

    #[test]
    fn another_compiler_must_find_the_same_error_in_the_same_place() {
        let state = |content: &'static str| BTreeMap::from([("src/main.rs", content.into())]);
        let recording =
            |compiler: &str, text: &str| Recording { compiler: compiler.into(), text: text.into() };
        let old = recording("rustc 1.0.0", RECORDED.split_once("\n\n").unwrap().1.trim_end());
        let new = |from: &str, to: &str| recording("rustc 2.0.0", &old.text.replace(from, to));
        let main = "use ch02_two::Number;\n\nfn main() {\n    let value = match Number::One {\n";
        assert_eq!(old.differs(&new("help: ensure", "help: make sure"), &state(main)), None);
        let code = old.differs(&new("E0004", "E0005"), &state(main)).unwrap();
        assert!(
            code.contains("now `error[E0005] at src/main.rs:4` and not `error[E0004]"),
            "{code}"
        );
        let line = old.differs(&new("main.rs:4:", "main.rs:5:"), &state(main)).unwrap();
        assert!(line.contains("at src/main.rs:5"), "{line}");
        let main = main.replace("value", "number").leak();
        assert!(old.differs(&new("", ""), &state(main)).unwrap().contains("line 4 of src/main.rs"));
    }

    #[test]
    fn paths_do_not_name_this_computer() {
        let sample = Sample::new();
        let workspace = sample.workspace();
        let shortened = |text: &str| {
            let error = BuildError { code: None, text: text.to_owned() };
            shortened(&error, &workspace.chapters[1])
        };
        assert_eq!(shortened("a\n --> chapters/ch02-two/src/a.rs:1:2  \n"), "a\n --> src/a.rs:1:2");
        assert_eq!(shortened("a\n --> chapters\\ch02-two\\src\\a.rs:1:2"), "a\n --> src/a.rs:1:2");
        assert_eq!(
            shortened("::: /home/me/lib/rustlib/src/rust/library/core/src/option.rs:5:1"),
            "::: library/core/src/option.rs:5:1"
        );
        assert_eq!(
            shortened("::: /home/me/.cargo/registry/src/index.x-1/insta-1.0/src/lib.rs:5:1"),
            "::: insta-1.0/src/lib.rs:5:1"
        );
    }
}
