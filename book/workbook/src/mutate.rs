//! `cargo workbook mutate`: breaks a crate in one line at a time, and counts how often its own tests
//! don't notice.

mod edit;

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::scratch::{Scratch, mirror, run_within, write};
use crate::workspace::{Chapter, Workspace};
use edit::{Edit, edits};

/// The arguments of `cargo workbook mutate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The chapter or annex: `ch05-branches`, `ch05` or `5`; `annex-vector`.
    pub chapter: String,
    /// How many lines to break.
    #[arg(long, default_value_t = 60)]
    pub lines: usize,
    /// The same seed breaks the same lines, as long as the code is the same.
    #[arg(long, default_value_t = 9)]
    pub seed: u64,
}

/// The parsers are run by every test and built once: build them fast.
const DEPENDENCIES: &str = "--config=profile.dev.package.'*'.opt-level=1";

/// A line of a crate, and the ways to break it.
struct Line {
    /// The file, from the root of the workspace.
    file: PathBuf,
    edits: Vec<Edit>,
}

/// What the tests made of a mutant.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Caught,
    /// A test did not end. The tests count as having noticed.
    Hung,
    Survived,
    DoesNotCompile,
}

impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Caught => "caught",
            Verdict::Hung => "caught (no end)",
            Verdict::Survived => "SURVIVED",
            Verdict::DoesNotCompile => "doesn't compile",
        })
    }
}

/// Breaks lines of a chapter in a scratch workspace, and prints which of these mutants its own
/// tests catch. A mutant that does not compile is replaced by the next one.
///
/// # Errors
/// If the tests fail before anything is broken, or a file cannot be read or written.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let chapter = workspace.chapter(&arguments.chapter)?;
    let mut tests = Tests::prepare(&workspace, chapter)?;
    let mut random = fastrand::Rng::with_seed(arguments.seed);
    let mut lines = lines(&tests.scratch.root, chapter)?;
    random.shuffle(&mut lines);
    let (mut mutants, mut survivors) = (0, 0);
    for Line { file, edits } in &lines {
        if mutants == arguments.lines {
            break;
        }
        let Some(edit) = random.choice(edits) else { continue };
        let path = tests.scratch.root.join(file);
        let text = fs::read_to_string(&path)?;
        let verdict = tests.judge(&path, &text, edit)?;
        mutants += usize::from(verdict != Verdict::DoesNotCompile);
        survivors += usize::from(verdict == Verdict::Survived);
        let (file, number) = (file.display(), line_of(&text, edit.range.start) + 1);
        let (before, after) = (edit.before(&text), edit.after(&text));
        println!("{file}:{number}: {verdict}: `{before}` → `{after}`");
    }
    let per_cent = 100.0 * survivors as f64 / mutants.max(1) as f64;
    println!("{}: {mutants} mutants, {survivors} survived: {per_cent:.1} %", chapter.name);
    Ok(())
}

/// The lines of a chapter, below `root`, that can be broken. Its demo, its unit tests and what is only compiled for
/// wasm32 are left out.
fn lines(root: &Path, chapter: &Chapter) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for file in sources(&root.join("chapters").join(&chapter.name).join("src"))? {
        let text = fs::read_to_string(&file)?;
        let edits = edits(&text);
        let same_line =
            |a: &Edit, b: &Edit| line_of(&text, a.range.start) == line_of(&text, b.range.start);
        lines.extend(edits.chunk_by(same_line).map(|edits| Line {
            file: file.strip_prefix(root).unwrap_or(&file).to_owned(),
            edits: edits.to_vec(),
        }));
    }
    Ok(lines)
}

/// The source files below a folder, in the order of their names.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            paths.extend(sources(&path)?);
        } else if name.ends_with(".rs")
            && !name.ends_with("_wasm32.rs")
            && !["main.rs", "tests.rs"].contains(&&*name)
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The names of the programs in a folder of tests, as Cargo finds them: files, and folders with a `main.rs`.
///
/// # Errors
/// If the folder cannot be read.
pub fn programs_of(tests: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(tests)? {
        let path = entry?.path();
        let is_program =
            path.join("main.rs").is_file() || path.extension().is_some_and(|it| it == "rs");
        if is_program {
            names.push(path.file_stem().unwrap_or_default().display().to_string());
        }
    }
    names.sort();
    Ok(names)
}

/// The number of a line, from 0.
fn line_of(text: &str, position: usize) -> usize {
    text[..position].matches('\n').count()
}

/// The lines that a range touches.
fn whole_lines(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |end| end + 1);
    start..text[range.end..].find('\n').map_or(text.len(), |end| range.end + end)
}

/// The tests of one package in a scratch workspace.
struct Tests {
    scratch: Scratch,
    /// The name of the package.
    package: String,
    /// What selects each program of tests, for Cargo: `--lib`, `--test=hostile`. The one that has
    /// caught the last mutant comes first.
    programs: Vec<String>,
    /// How long one program of them may take.
    limit: Duration,
}

impl Tests {
    /// Copies the chapters, and makes sure that the tests pass.
    fn prepare(workspace: &Workspace, chapter: &Chapter) -> Result<Self> {
        let member = format!("chapters/{}", chapter.name);
        let scratch = Scratch::new(workspace, "mutants", &[member])?;
        mirror(&workspace.root.join("chapters"), &scratch.root.join("chapters"))?;
        let package = chapter.name.clone();
        let mut programs = vec!["--lib".to_owned()];
        for test in programs_of(&chapter.folder.join("tests"))? {
            programs.push(format!("--test={test}"));
        }
        let limit = Duration::from_secs(600);
        let mut tests = Tests { scratch, package, programs, limit };
        if let verdict @ (Verdict::Caught | Verdict::Hung | Verdict::DoesNotCompile) =
            tests.run()?
        {
            bail!("the tests of {} fail unchanged: {verdict}", chapter.name);
        }
        // Now that they have been built.
        let start = Instant::now();
        tests.run()?;
        tests.limit = Duration::from_secs(10) + 5 * start.elapsed();
        Ok(tests)
    }

    /// Breaks a file, runs the tests, and restores the file.
    fn judge(&mut self, file: &Path, text: &str, edit: &Edit) -> Result<Verdict> {
        write(file, edit.apply(text).as_bytes())?;
        let verdict = self.run();
        write(file, text.as_bytes())?;
        verdict
    }

    /// Builds and runs one program after the other, until one fails.
    fn run(&mut self) -> Result<Verdict> {
        for number in 0..self.programs.len() {
            let verdict = self.run_one(&self.programs[number])?;
            if verdict != Verdict::Survived {
                self.programs[..=number].rotate_right(1);
                return Ok(verdict);
            }
        }
        Ok(Verdict::Survived)
    }

    fn run_one(&self, program: &str) -> Result<Verdict> {
        let build = ["test", "--no-run", DEPENDENCIES, "-p", &self.package, program];
        let built = self.scratch.cargo(&build)?;
        if !built.errors.is_empty() {
            return Ok(Verdict::DoesNotCompile);
        }
        // The demo is built too, for the tests that run it, and is no test.
        let tests = built.programs.iter().filter(|(name, _)| *name != self.package);
        for (_, program) in tests {
            let mut command = Command::new(program);
            // A snapshot that differs is a failure, and not a file to look at.
            command.current_dir(&self.scratch.root).env("INSTA_UPDATE", "no");
            let outcome = run_within(self.limit, &mut command)?;
            if outcome.stopped {
                return Ok(Verdict::Hung);
            } else if !outcome.success {
                return Ok(Verdict::Caught);
            }
        }
        Ok(Verdict::Survived)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;

    #[test]
    fn programs_of_tests_are_files_and_folders_with_a_main() {
        let sample = Sample::new();
        for file in ["one.rs", "two/main.rs", "two/part.rs", "three/data.rs", "four.wat"] {
            sample.write(&format!("tests/{file}"), "");
        }
        let root = sample.workspace().root;
        assert_eq!(programs_of(&root.join("tests")).unwrap(), ["one", "two"]);
    }

    #[test]
    fn a_mutant_survives_what_no_test_checks() {
        let sample = Sample::new();
        sample.write(
            "chapters/ch02-two/tests/value.rs",
            "use ch02_two::Number;\n#[test]\nfn two() { assert_eq!(Number::Two.value(), 2); }\n",
        );
        let workspace = sample.workspace();
        let chapter = workspace.chapter("ch02").unwrap();
        let lines = lines(&workspace.root, chapter).unwrap();
        let mut tests = Tests::prepare(&workspace, chapter).unwrap();
        let text = sample.text("chapters/ch02-two/src/lib.rs");
        let file = tests.scratch.root.join("chapters/ch02-two/src/lib.rs");
        let mut judge = |part: &str| {
            let edits = lines.iter().flat_map(|line| &line.edits);
            let edit = edits.clone().find(|edit| edit.after(&text).contains(part)).unwrap();
            tests.judge(&file, &text, edit).unwrap()
        };
        assert_eq!(judge("Two => 3"), Verdict::Caught);
        assert_eq!(judge("One => 2"), Verdict::Survived);
        assert_eq!(judge("self.value() - other.value()"), Verdict::Survived);
        assert_eq!(fs::read_to_string(file).unwrap(), text);
    }
}
