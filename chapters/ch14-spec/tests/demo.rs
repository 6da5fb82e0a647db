//! What `cargo run -p ch14-spec` prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ch14-spec"))
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
fn a_script_of_ones_own_says_what_fails() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/wrong.wast");
    let output = run(&[file.to_str().unwrap()]);
    assert!(!output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("wrong.wast:11: expected (f64 0), found (f64 -0)\n"),
        "{text}"
    );
    assert!(text.ends_with("wrong.wast: 1 passed, 5 failed\n"), "{text}");
}

#[test]
fn bad_input_is_an_error_that_names_the_file() {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("broken.wast");
    fs::write(&file, "(module)\n(assert_return (invoke \"f\") (i32.const 7)")
        .unwrap();
    let error =
        String::from_utf8(run(&[file.to_str().unwrap()]).stderr).unwrap();
    assert!(
        error.contains("expected `)`") && error.contains("broken.wast:2:"),
        "{error}"
    );
    let error = String::from_utf8(run(&["no such file"]).stderr).unwrap();
    assert!(error.contains("cannot read `no such file`"), "{error}");
    let output = run(&["--frob"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("unknown option `--frob`")
    );
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_an_error_and_no_panic() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let name = OsStr::from_bytes(b"no\xffthing");
    let fails = |arguments: &[&OsStr], code: i32, expected: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_ch14-spec"))
            .args(arguments)
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.starts_with(expected), "{error}");
        assert_eq!(output.status.code(), Some(code), "{error}");
    };
    fails(&[name], 1, "error: cannot read `no\u{fffd}thing`: ");
    let option = OsStr::from_bytes(b"--\xff");
    fails(&[option], 2, "error: unknown option `--\u{fffd}`");
}
