//! What `cargo run -p ch12-instance` prints.

use std::process::Command;

#[test]
fn the_demo_prints_this() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_ch12-instance")).output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

/// What a command line prints, and how it ends.
fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ch12-instance"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
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
fn a_file_is_run_and_mistakes_are_named() {
    let euclid = "ch11-control/programs/euclid.wat";
    let runs = [
        run(&[euclid]),
        run(&[euclid, "gcd", "1071", "462"]),
        run(&[euclid, "gcd", "1071"]),
        run(&[euclid, "gcd", "1071", "many"]),
        run(&[euclid, "lcm"]),
        run(&["ch12-instance/programs/player.wat"]),
        run(&["ch11-control/programs/endless.wat", "even"]),
        run(&["--loudly"]),
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
        let output = Command::new(env!("CARGO_BIN_EXE_ch12-instance"))
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
    let euclid = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../ch11-control/programs/euclid.wat"
    );
    let (file, gcd) = (euclid.as_ref(), "gcd".as_ref());
    fails(&[file, name], 1, "error: `no\u{fffd}thing` is not UTF-8");
    let arguments = [file, gcd, "1071".as_ref(), name];
    fails(&arguments, 1, "error: `no\u{fffd}thing` is not an i32");
}
