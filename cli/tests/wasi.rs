//! `wasm run` with programs that use WASI.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Runs `wasm run` in a folder with the tests' module.
fn run(folder: &Path, words: &[&str]) -> Output {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules");
    fs::copy(modules.join("wasi.wat"), folder.join("wasi.wat")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasm"));
    command.current_dir(folder).arg("run").args(words).output().unwrap()
}

#[test]
fn a_program_gets_what_the_options_give_and_its_exit_code_is_passed_on() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/note"), "a note").unwrap();
    fs::write(folder.path().join("input"), "an input;").unwrap();
    for engine in ["fast", "slots", "flat", "tree"] {
        let words = [
            "wasi.wat",
            "--engine",
            engine,
            "--dir=data::/:ro",
            "--env=A=b=c",
            "--env=B=",
            "--argv0=me",
            "--stdin=input",
            "--",
            "one",
            "-2",
        ];
        let output = run(folder.path(), &words);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(text, "me\0one\0-2\0A=b=c\0B=\0an input;a note");
        assert_eq!((output.status.code(), &output.stderr[..]), (Some(7), &b""[..]));
    }
}

#[test]
fn a_program_gets_nothing_that_was_not_given() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("note"), "a note").unwrap();
    fs::write(folder.path().join("input"), "").unwrap();
    let output = run(folder.path(), &["wasi.wat", "--stdin=input"]);
    assert_eq!(output.stdout, b"wasi.wat\0");
    assert_eq!(output.status.code(), Some(108), "no such descriptor");
}

#[test]
fn what_cannot_be_given_is_an_error() {
    let folder = TempDir::new().unwrap();
    for (option, begin) in [
        ("--dir=no::/", "error: --dir no::/: "),
        ("--stdin=no", "error: --stdin no: "),
        ("--env=A", "error: "),
        ("--dir=::", "error: "),
    ] {
        let output = run(folder.path(), &["wasi.wat", option]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.starts_with(begin), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    let output = run(folder.path(), &["wasi.wat", "--dir=.::/", "--dir=..::/"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.starts_with("error: --dir ..::/: "), "{text}");
}
