//! Two correct exercises, and each way to break them.

use super::*;
use crate::sample::{Sample, assert_only};

const FOLDER: &str = "chapters/ch02-two/exercises/1-sum";

/// A sample whose second chapter has two exercises.
fn sample() -> Sample {
    let sample = Sample::new();
    let other = FOLDER.replace("1-sum", "2-again");
    for file in FILES {
        sample.write(&format!("{other}/{file}"), sample.text(&format!("{FOLDER}/{file}")));
    }
    let manifest = sample.text("chapters/ch02-two/Cargo.toml");
    let entry =
        "\n[[example]]\nname = \"ch02-2-again\"\npath = \"exercises/2-again/exercise.rs\"\n";
    sample.write("chapters/ch02-two/Cargo.toml", manifest + entry);
    sample
}

fn read_second(sample: &Sample) -> (Vec<Exercise>, Vec<Finding>) {
    read(&sample.workspace().chapters[1]).unwrap()
}

/// The only finding, without building anything, in a sample that `change` has changed.
#[track_caller]
fn broken(change: impl FnOnce(&Sample), expected: &[&str]) {
    let sample = sample();
    change(&sample);
    assert_only(&read_second(&sample).1, expected);
}

#[test]
fn an_exercise_is_read() {
    let (exercises, findings) = read_second(&sample());
    assert_eq!(findings, []);
    let names: Vec<&str> = exercises.iter().map(|exercise| exercise.name.as_str()).collect();
    assert_eq!(names, ["ch02-1-sum", "ch02-2-again"]);
    let first = &exercises[0];
    assert_eq!((first.title.as_str(), first.minutes, first.task.as_str()), ("Three", 10, "Add."));
    assert_eq!(first.hints, ["Use `+`.", "Use `x + y`."]);
    assert!(first.starter.contains("let _ = (x, y);") && first.solution.contains("x + y"));
}

#[test]
fn a_line_in_a_fence_is_not_a_heading() {
    let page = Page::read("# T\nMinutes: 1\nDo\n```text\n## Hint 1\n# No\n```\n## Hint 1\none\n");
    assert_eq!(page.task, "Do\n```text\n## Hint 1\n# No\n```");
    assert_eq!(page.hints, [(8, "one".to_owned())]);
}

#[test]
fn a_missing_hint_is_found() {
    let readme = format!("{FOLDER}/README.md");
    broken(
        |sample| sample.edit(&readme, "## Hint 2\n\nUse `x + y`.\n", ""),
        &["1-sum/README.md:", "has 1 hints"],
    );
    broken(
        |sample| sample.edit(&readme, "## Hint 2", "## Hint 3"),
        &["README.md:11:", "a wrong number"],
    );
    broken(
        |sample| sample.edit(&readme, "Use `x + y`.", ""),
        &["README.md:11:", "this hint is empty"],
    );
}

#[test]
fn a_missing_text_is_found() {
    let readme = format!("{FOLDER}/README.md");
    broken(|sample| sample.edit(&readme, "# Three\n", ""), &["README.md:1:", "has no title"]);
    broken(|sample| sample.edit(&readme, "Minutes: 10", ""), &["how long it takes"]);
    broken(|sample| sample.edit(&readme, "Add.", ""), &["has no task"]);
}

#[test]
fn a_missing_file_is_found() {
    for file in ["README.md", "solution.rs", "check.rs"] {
        let remove =
            |sample: &Sample| fs::remove_file(sample.path(&format!("{FOLDER}/{file}"))).unwrap();
        broken(remove, &[&format!("1-sum/{file}:"), "lacks this file"]);
    }
}

#[test]
fn a_wrong_name_is_found() {
    let folder = "chapters/ch02-two/exercises/Sum";
    broken(
        |sample| sample.write(&format!("{folder}/README.md"), "# Sum"),
        &["exercises/Sum:", "not a name for an exercise"],
    );
}

#[test]
fn an_exercise_that_is_not_an_example_is_found() {
    let manifest = "chapters/ch02-two/Cargo.toml";
    broken(
        |sample| sample.edit(manifest, "name = \"ch02-1-sum\"", "name = \"ch02-sum\""),
        &[
            "ch02-two/Cargo.toml:",
            "`ch02-1-sum` is not an example",
            "name = \"ch02-1-sum\"\npath = \"exercises/1-sum/exercise.rs\"",
        ],
    );
}

#[test]
fn a_chapter_with_one_exercise_is_found() {
    assert_only(&read_second(&Sample::new()).1, &["ch02-two/exercises:", "has 1 exercises"]);
}

#[test]
fn each_test_fails_for_the_starter_code_and_passes_for_the_solution() {
    // One sample for all cases, to build less.
    let sample = sample();
    let findings = || {
        let workspace = sample.workspace();
        check(&workspace, &[&workspace.chapters[1]]).unwrap()
    };
    assert_eq!(findings(), []);

    let broken = |file: &str, old: &str, new: &str, expected: &[&str]| {
        let file = format!("{FOLDER}/{file}");
        let right = sample.text(&file);
        sample.edit(&file, old, new);
        assert_only(&findings(), expected);
        sample.write(&file, right);
    };
    broken(
        "exercise.rs",
        "    0\n",
        "    x + y\n",
        &["1-sum/exercise.rs:", "passes for the starter code"],
    );
    broken(
        "exercise.rs",
        "    0\n",
        "    z\n",
        &["1-sum/exercise.rs:", "doesn't compile", "error[E0425]"],
    );
    broken(
        "exercise.rs",
        "    0\n",
        "    std::process::exit(7)\n",
        &["1-sum/exercise.rs:", "doesn't fail its test", "7"],
    );
    broken(
        "solution.rs",
        "x + y\n",
        "x * y\n",
        &["1-sum/solution.rs:", "the solution ends with", "three ... FAILED"],
    );
    broken(
        "solution.rs",
        "#[cfg(test)]",
        "#[cfg(any())]",
        &["1-sum/solution.rs:", "the solution has no test"],
    );
    assert_eq!(findings(), []);
}
