//! What `cargo run -p annex-validation` prints.

use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_annex-validation"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn the_demo_prints_this() {
    let output = run(&[]);
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn an_invalid_file_is_reported_with_its_error() {
    let rocket =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../game/rocket.wasm");
    let output = run(&[rocket.to_str().unwrap()]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(String::from_utf8(output.stdout).unwrap().contains("is valid: "));
    let output = run(&["no such file"]);
    assert!(!output.status.success());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("cannot read `no such file`")
    );
    assert_eq!(run(&["--help"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_an_error_and_no_panic() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let name = OsStr::from_bytes(b"no\xffthing");
    let fails = |arguments: &[&OsStr], code: i32, expected: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_annex-validation"))
            .args(arguments)
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.starts_with(expected), "{error}");
        assert_eq!(output.status.code(), Some(code), "{error}");
    };
    fails(&[name], 1, "error: cannot read `no\u{fffd}thing`: ");
    let option = OsStr::from_bytes(b"--\xff");
    fails(&[option], 2, "usage: annex-validation [FILE]");
}
