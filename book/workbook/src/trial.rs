//! `cargo workbook try`: runs a chapter's tests on the reader's own crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::item;
use crate::mutate::programs_of;
use crate::scratch::{Outcome, Scratch, TIME_LIMIT, indented, mirror, run_within, write};
use crate::start::{OWN, of, renamed};
use crate::steps::read_folder;
use crate::workspace::{Chapter, Workspace};

/// The arguments of `cargo workbook try`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Your crate, which `cargo workbook start` has made.
    #[arg(default_value = OWN)]
    pub name: String,
}

/// Tests the crate in the workspace in `root`, and prints what passes and what fails.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::read(root)?;
    let name = &arguments.name;
    if workspace.chapter(name).is_ok() {
        bail!("{name} is a chapter of the book: `cargo test -p {name}` runs its tests");
    }
    let chapter = workspace.chapter(&of(root, name)?)?;
    println!("The tests of {}, on chapters/{name}:", chapter.name);
    match attempt(&workspace, chapter, name)? {
        Verdict::DoesNotCompile { error, by_tests } => {
            println!("\n{}\n", indented(&error));
            match by_tests {
                false => bail!("chapters/{name} doesn't compile yet"),
                true => bail!(
                    "chapters/{name} compiles, but it lacks something that the tests of {} use; they fit when all of its steps are typed",
                    chapter.name
                ),
            }
        }
        Verdict::Ran(programs) => report(chapter, name, &programs),
    }
}

/// Lines of a failed test that advise something that does not work here.
const USELESS: [&str; 2] = ["note: run with `RUST_BACKTRACE", "Stopped on the first failure."];

/// What became of the tests.
enum Verdict {
    DoesNotCompile { error: String, by_tests: bool },
    Ran(Vec<Program>),
}

/// A program of tests.
struct Program {
    name: String,
    tests: Vec<Test>,
    /// How it ended, if not like a program of tests.
    crashed: Option<String>,
}

/// A test.
#[derive(Debug, PartialEq, Eq)]
struct Test {
    name: String,
    /// What it wrote, if it has failed.
    failure: Option<String>,
}

/// Builds and runs the tests in a scratch workspace, where nothing of the reader's is written to.
fn attempt(workspace: &Workspace, chapter: &Chapter, name: &str) -> Result<Verdict> {
    let scratch = Scratch::new(workspace, "try", &[format!("chapters/{name}")])?;
    mirror(&workspace.root.join("chapters"), &scratch.root.join("chapters"))?;
    let folder = scratch.root.join("chapters").join(name);
    let mut tests = BTreeMap::new();
    read_folder(&chapter.folder.join("tests"), "tests", &mut tests)?;
    for (file, content) in tests {
        let text = renamed(&content, &chapter.name, name);
        write(&folder.join(file), text.as_ref().map_or(&content, String::as_bytes))?;
    }
    let manifest = with_what_tests_need(chapter, &folder.join("Cargo.toml"))?;
    write(&folder.join("Cargo.toml"), manifest.as_bytes())?;
    let mut selected = vec!["--lib".to_owned()];
    selected
        .extend(programs_of(&folder.join("tests"))?.iter().map(|test| format!("--test={test}")));

    let own = scratch.cargo(&["build", "-p", name])?;
    let command = ["test", "--no-run", "-p", name];
    let command: Vec<&str> =
        command.into_iter().chain(selected.iter().map(String::as_str)).collect();
    let built = if own.errors.is_empty() { scratch.cargo(&command)? } else { own };
    if let Some(error) = built.errors.first() {
        let by_tests = error.text.contains(&format!("chapters/{name}/tests/"));
        return Ok(Verdict::DoesNotCompile { error: error.text.clone(), by_tests });
    }
    // The demo is built too, for the tests that run it, and is no test.
    let mut programs = Vec::new();
    for (program, path) in built.programs.iter().filter(|(program, _)| program != name) {
        let mut command = Command::new(path);
        // A snapshot that differs is a failure, and not a file to look at.
        command.current_dir(&folder).env("INSTA_UPDATE", "no").env("RUST_BACKTRACE", "0");
        let outcome = run_within(TIME_LIMIT, &mut command)
            .with_context(|| format!("cannot run {}", path.display()))?;
        programs.push(Program::of(program, &outcome));
    }
    Ok(Verdict::Ran(programs))
}

/// The manifest of the reader's crate with all that the chapter's tests depend on.
fn with_what_tests_need(chapter: &Chapter, manifest: &Path) -> Result<String> {
    const TABLE: &str = "dev-dependencies";
    let parse = |path: &Path| -> Result<toml::Table> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(text.parse()?)
    };
    let mut own = parse(manifest)?;
    let mut needed = parse(&chapter.folder.join("Cargo.toml"))?;
    if let Some(toml::Value::Table(needed)) = needed.remove(TABLE) {
        let table = own.entry(TABLE).or_insert_with(|| toml::Table::new().into());
        if let toml::Value::Table(table) = table {
            for (package, entry) in needed {
                table.entry(package).or_insert(entry);
            }
        }
    }
    Ok(own.to_string())
}

impl Program {
    /// Reads what a program of tests has written.
    fn of(name: &str, outcome: &Outcome) -> Self {
        let mut tests = Vec::new();
        for line in outcome.stdout.lines() {
            let Some((name, verdict)) =
                line.strip_prefix("test ").and_then(|line| line.split_once(" ... "))
            else {
                continue;
            };
            let failure = verdict.starts_with("FAILED").then(|| {
                let head = format!("---- {name} stdout ----\n");
                let text = outcome.stdout.split_once(&head).map_or("", |(_, text)| text);
                let end = text.find("\n---- ").or_else(|| text.find("\n\nfailures:\n"));
                let text = text[..end.unwrap_or(text.len())].trim();
                let is_useful = |line: &&str| !USELESS.iter().any(|words| line.starts_with(words));
                text.lines().filter(is_useful).collect::<Vec<_>>().join("\n").trim_end().to_owned()
            });
            if !verdict.starts_with("ignored") {
                tests.push(Test { name: name.to_owned(), failure });
            }
        }
        tests.sort_by(|a: &Test, b| a.name.cmp(&b.name));
        let failed = tests.iter().any(|test| test.failure.is_some());
        let crashed = (!outcome.success && !failed)
            .then(|| format!("{}\n{}", outcome.status, outcome.stderr.trim()));
        Program { name: name.to_owned(), tests, crashed }
    }
}

/// Prints which tests pass, then what the others have written and where they are.
fn report(chapter: &Chapter, name: &str, programs: &[Program]) -> Result<()> {
    let (mut all, mut failed) = (0, 0);
    for program in programs.iter().filter(|program| !program.tests.is_empty()) {
        println!("\n{}", program.name);
        for test in &program.tests {
            println!(
                "  {} {}",
                if test.failure.is_none() { "ok    " } else { "FAILED" },
                test.name
            );
            all += 1;
            failed += usize::from(test.failure.is_some());
        }
    }
    for program in programs {
        for test in &program.tests {
            let Some(failure) = &test.failure else { continue };
            println!("\n{}: {}", program.name, test.name);
            println!("{}", indented(failure));
            if failure.contains("Snapshot Summary") {
                println!(
                    "  The lines with - are what the chapter prints, those with + what your crate prints."
                );
            }
            println!("  The test: {}", place(chapter, &program.name, &test.name));
        }
        if let Some(crashed) = &program.crashed {
            println!("\n{} ended too early: {crashed}", program.name);
            failed += 1;
        }
    }
    println!();
    match (all, failed) {
        (0, 0) => bail!("{} has no tests", chapter.name),
        (_, 0) => {
            println!("All {all} tests pass: chapters/{name} does what {} does.", chapter.name)
        }
        (_, 1) => bail!("1 of {all} tests fails"),
        _ => bail!("{failed} of {all} tests fail"),
    }
    Ok(())
}

/// Where a test is, for the reader to look at.
fn place(chapter: &Chapter, program: &str, test: &str) -> String {
    let function = test.rsplit("::").next().unwrap_or(test);
    for file in [format!("tests/{program}.rs"), format!("tests/{program}/main.rs")] {
        let Ok(text) = fs::read_to_string(chapter.folder.join(&file)) else { continue };
        let line = item::find(&text, &format!("fn {function}")).map(|lines| lines.start + 1);
        let line = line.map_or_else(|_| String::new(), |line| format!(":{line}"));
        return format!("chapters/{}/{file}{line}", chapter.name);
    }
    format!("in the crate itself, `{test}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::Sample;
    use crate::start;

    const TESTS: &str = "//! Tests.\n\nuse ch02_two::Number;\n\n#[test]\nfn two() {\n    assert_eq!(Number::Two.value(), 2);\n}\n\n#[test]\nfn three() {\n    assert_eq!(Number::One.sum(&Number::Two), 3, \"a sum\");\n    assert!(env!(\"CARGO_BIN_EXE_ch02-two\").contains(\"mine\"));\n}\n";

    fn sample(step: usize) -> Sample {
        let sample = Sample::new();
        sample.write("chapters/ch02-two/tests/value.rs", TESTS);
        let arguments = start::Arguments { chapter: "ch02".into(), name: "mine".into(), step };
        start::run(&sample.path(""), &arguments).unwrap();
        sample
    }

    fn verdict(sample: &Sample) -> Verdict {
        let workspace = sample.workspace();
        attempt(&workspace, workspace.chapter("ch02").unwrap(), "mine").unwrap()
    }

    fn error(sample: &Sample, name: &str) -> String {
        format!("{:#}", run(&sample.path(""), &Arguments { name: name.into() }).unwrap_err())
    }

    #[test]
    fn the_chapters_tests_run_on_the_readers_crate() {
        let sample = sample(3);
        run(&sample.path(""), &Arguments { name: "mine".into() }).unwrap();
        assert!(!sample.path("chapters/mine/tests").exists(), "nothing is written to it");

        sample.edit(
            "chapters/mine/src/lib.rs",
            "self.value() + other.value()",
            "self.value() * other.value()",
        );
        let Verdict::Ran(programs) = verdict(&sample) else { panic!("it compiles") };
        let all: Vec<&Test> = programs.iter().flat_map(|program| &program.tests).collect();
        let passed =
            |name: &str| all.iter().find(|test| test.name == name).unwrap().failure.is_none();
        assert!(passed("two") && !passed("three"));
        let failure = all.iter().find_map(|test| test.failure.as_ref()).unwrap();
        assert!(
            failure.contains("a sum") && failure.contains("chapters/mine/tests/value.rs"),
            "{failure}"
        );
        let chapters = sample.workspace();
        let place = place(chapters.chapter("ch02").unwrap(), "value", "three");
        assert_eq!(place, "chapters/ch02-two/tests/value.rs:10");
        assert_eq!(error(&sample, "mine"), "1 of 2 tests fails");
    }

    #[test]
    fn a_crate_that_does_not_compile_is_told_from_one_that_is_not_finished() {
        let sample = sample(2);
        let Verdict::DoesNotCompile { error: text, by_tests } = verdict(&sample) else {
            panic!("no `sum`")
        };
        assert!(by_tests && text.contains("mine/tests/value.rs:12"), "{text}");
        assert!(error(&sample, "mine").contains("when all of its steps are typed"));
        sample.edit("chapters/mine/src/lib.rs", "=> 1", "=> one");
        let Verdict::DoesNotCompile { error: text, by_tests } = verdict(&sample) else {
            panic!("no `one`")
        };
        assert!(!by_tests && text.contains("cannot find value `one`"), "{text}");
        assert_eq!(error(&sample, "mine"), "chapters/mine doesn't compile yet");
    }

    #[test]
    fn a_name_that_is_no_crate_of_the_readers_is_explained() {
        let sample = sample(3);
        assert!(
            error(&sample, "yours")
                .contains("there is no crate in chapters/yours; `cargo workbook start ch05 yours`")
        );
        assert!(error(&sample, "ch02").contains("is a chapter of the book: `cargo test -p ch02`"));
        sample.edit("chapters/mine/Cargo.toml", "[package.metadata.copy]\nof = \"ch02-two\"\n", "");
        assert!(error(&sample, "mine").contains("doesn't say which chapter it's a copy of"));
    }

    #[test]
    fn what_a_failed_test_has_written_ends_with_the_next_one() {
        let stdout = "running 3 tests\ntest a ... ok\ntest m::b ... FAILED\ntest c ... FAILED\ntest d ... ignored\n\nfailures:\n\n---- m::b stdout ----\nno b\n\n---- c stdout ----\nno c\nnote: run with `RUST_BACKTRACE=1`\n\n\nfailures:\n    c\n    m::b\n";
        let outcome = Outcome {
            success: false,
            stopped: false,
            status: String::new(),
            stdout: stdout.into(),
            stderr: String::new(),
        };
        let program = Program::of("p", &outcome);
        let test = |name: &str, failure: Option<&str>| Test {
            name: name.into(),
            failure: failure.map(str::to_owned),
        };
        assert_eq!(
            program.tests,
            [test("a", None), test("c", Some("no c")), test("m::b", Some("no b"))]
        );
        assert_eq!(program.crashed, None);
        let crash =
            Outcome { stdout: "running 1 test\n".into(), status: "signal: 6".into(), ..outcome };
        assert_eq!(Program::of("p", &crash).crashed.unwrap(), "signal: 6\n");
    }
}
