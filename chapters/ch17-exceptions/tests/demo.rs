//! What `cargo run -p ch17-exceptions` prints.

use std::process::Command;

#[test]
fn the_demo_prints_this() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_ch17-exceptions")).output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

/// What a command line prints, and how it ends.
fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ch17-exceptions"))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    format!(
        "{arguments:?} ends with {}\n{}{}",
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr)
    )
}

#[test]
fn a_formula_is_calculated_and_an_uncaught_exception_is_a_failure() {
    let runs = [
        run(&["1+2*3"]),
        run(&["-1"]),
        run(&["4294967296*2"]),
        run(&["--loudly"]),
        run(&["1", "2"]),
    ];
    insta::assert_snapshot!(runs.join("\n"));
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_an_error_and_no_panic() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let name = OsStr::from_bytes(b"no\xffthing");
    let fails = |arguments: &[&OsStr], code: i32, expected: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_ch17-exceptions"))
            .args(arguments)
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.starts_with(expected), "{error}");
        assert_eq!(output.status.code(), Some(code), "{error}");
    };
    fails(&[name], 1, "error: `no\u{fffd}thing` is not UTF-8");
    let option = OsStr::from_bytes(b"--\xff");
    fails(&[option], 2, "error: expected one formula");
}
