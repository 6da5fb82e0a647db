//! A workspace of two tiny chapters, which the tests break in one place at a time.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::finding::Finding;
use crate::workspace::Workspace;

/// The workspace. Dropping it deletes its folder.
pub struct Sample {
    folder: TempDir,
}

/// What a compiler said after the first step of the second chapter.
pub const RECORDED: &str = r#"rustc 1.0.0

error[E0004]: non-exhaustive patterns: `Number::Two` not covered
 --> src/main.rs:4:23
  |
4 |     let value = match Number::One {
  |                       ^^^^^^^^^^^ pattern `Number::Two` not covered
  |
help: ensure that all possible cases are being handled by adding a match arm
"#;

const FILES: [(&str, &str); 14] = [
    (
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"chapters/*\"]\n\n[workspace.package]\nedition = \"2024\"\n",
    ),
    (
        "chapters/ch01-one/Cargo.toml",
        r#"[package]
name = "ch01-one"
edition.workspace = true
description = "One"

[package.metadata.workbook]
title = "One"
needs = []
reading = 1
doing = 1
speaking = 1
"#,
    ),
    (
        "chapters/ch01-one/src/lib.rs",
        r#"//! Numbers.

/// One.
pub enum Number {
    /// 1
    One,
}
"#,
    ),
    (
        "chapters/ch01-one/src/main.rs",
        r#"use ch01_one::Number;

fn main() {
    let value = match Number::One {
        Number::One => 1,
    };
    println!("{value}");
}
"#,
    ),
    (
        "chapters/ch02-two/Cargo.toml",
        r#"[package]
name = "ch02-two"
edition.workspace = true
description = "Two"

[package.metadata.workbook]
title = "Two"
follows = "ch01-one"
needs = ["ch01-one"]
reading = 1
doing = 1
speaking = 1

[[example]]
name = "ch02-1-sum"
path = "exercises/1-sum/exercise.rs"
"#,
    ),
    (
        "chapters/ch02-two/src/lib.rs",
        r#"//! Numbers.

/// One and two.
pub enum Number {
    /// 1
    One,
    /// 2
    Two,
}

impl Number {
    /// As a number.
    pub fn value(&self) -> usize {
        match self {
            Number::One => 1,
            Number::Two => 2,
        }
    }

    /// The sum of both.
    pub fn sum(&self, other: &Number) -> usize {
        self.value() + other.value()
    }
}
"#,
    ),
    (
        "chapters/ch02-two/src/main.rs",
        r#"use ch02_two::Number;

fn main() {
    println!("{}", Number::One.sum(&Number::Two));
}
"#,
    ),
    (
        "chapters/ch02-two/steps.toml",
        r#"start = "ch01-one"

[[given]]
why = "the name"
hunks = [{ file = "Cargo.toml" }, { file = "src/main.rs", line = "use ch0" }]

[[step]]
title = "Two"
status = "fails"
error = "E0004"
saying = "`Number::Two` not covered"
hunks = [{ file = "src/lib.rs" }]

[[step]]
title = "A value"
status = "runs"
hunks = [
    { file = "src/lib.rs", item = "impl Number" },
    { file = "src/main.rs" },
]
draft = [{ file = "src/main.rs", after = "fn main", until = 3, text = "    println!(\"{}\", Number::Two.value());\n" }]
prints = "2"

[[step]]
title = "A sum"
status = "runs"
hunks = [
    { file = "src/lib.rs", item = "fn sum" },
    { file = "src/main.rs", line = "Number::One.sum" },
]
prints = "3"
"#,
    ),
    ("chapters/ch02-two/errors/ch02-two.txt", RECORDED),
    (
        "chapters/ch02-two/exercises/1-sum/README.md",
        r#"# Three

Minutes: 10

Add.

## Hint 1

Use `+`.

## Hint 2

Use `x + y`.
"#,
    ),
    (
        "chapters/ch02-two/exercises/1-sum/exercise.rs",
        r#"//! Add.

fn add(x: usize, y: usize) -> usize {
    let _ = (x, y);
    0
}

fn main() {
    println!("{}", add(1, 2));
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
"#,
    ),
    (
        "chapters/ch02-two/exercises/1-sum/solution.rs",
        r#"//! Add.

fn add(x: usize, y: usize) -> usize {
    x + y
}

fn main() {
    println!("{}", add(1, 2));
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
"#,
    ),
    (
        "chapters/ch02-two/exercises/1-sum/check.rs",
        r#"use super::add;

#[test]
fn three() {
    assert_eq!(add(1, 2), 3);
}
"#,
    ),
    // With a lock file Cargo needs no registry.
    (
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"ch01-one\"\nversion = \"0.0.0\"\n\n[[package]]\nname = \"ch02-two\"\nversion = \"0.0.0\"\n",
    ),
];

impl Sample {
    /// Writes the files to a new folder.
    pub fn new() -> Self {
        let sample = Sample { folder: tempfile::tempdir().unwrap() };
        for (name, text) in FILES {
            sample.write(name, text);
        }
        sample
    }

    /// The path of a file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The text of a file.
    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Replaces the first `old` in a file, which must be there.
    pub fn edit(&self, name: &str, old: &str, new: &str) {
        let text = self.text(name);
        assert!(text.contains(old), "{name} has no {old:?}");
        self.write(name, text.replacen(old, new, 1));
    }

    /// Reads the workspace.
    pub fn workspace(&self) -> Workspace {
        Workspace::read(self.folder.path()).unwrap()
    }
}

/// Asserts that there is exactly one finding, and that its text has all these words.
pub fn assert_only(findings: &[Finding], expected: &[&str]) {
    let text: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert_eq!(findings.len(), 1, "{}", text.join("\n"));
    for words in expected {
        assert!(text[0].contains(words), "no {words:?} in: {}", text[0]);
    }
}
