//! What the demo prints, used well and used badly.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Runs the demo in a directory of its own, and shows its exit code and what it
/// wrote.
fn demo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ch09-module"))
        .args(arguments)
        .current_dir(directory())
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    format!(
        "exit code: {:?}\n--- stdout\n{out}--- stderr\n{err}",
        output.status.code()
    )
}

/// A directory with files to show, the same for all tests.
fn directory() -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let valid = wat::parse_str(
        r#"(module (import "a" "b" (func)) (func $f (export "f") (call 0)))"#,
    )
    .unwrap();
    let files: [(&str, &[u8]); 7] = [
        ("small.wasm", &valid),
        ("cut.wasm", &valid[..valid.len() / 2]),
        ("half.wasm", &valid[..valid.len() / 2 + 3]),
        ("wrong.wat", b"(module\n  (func $f\n    i32.add 1))"),
        ("unknown.wat", b"(module\n  (func $f\n    call $g))"),
        (
            "invalid.wat",
            b"(module\n  (func)\n  (func $f (result i32)\n    f64.const 1))",
        ),
        ("noise", b"\xff\xfe\x00\x01"),
    ];
    for (name, bytes) in files {
        // Tests run side by side, and a file must not be read half-written.
        let path = directory.join(name);
        if fs::read(&path).ok().as_deref() != Some(bytes) {
            let whole = directory
                .join(format!("{name}.{:?}", std::thread::current().id()));
            fs::write(&whole, bytes).unwrap();
            fs::rename(&whole, &path).unwrap();
        }
    }
    directory
}

#[test]
fn the_demo_prints_this() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_ch09-module")).output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn without_arguments_it_shows_a_sample() {
    insta::assert_snapshot!(demo(&[]));
}

#[test]
fn it_shows_a_function_by_name_and_by_index() {
    insta::assert_snapshot!(demo(&["--function", "bounce"]));
    insta::assert_snapshot!(demo(&["small.wasm"]));
    insta::assert_snapshot!(demo(&["small.wasm", "--function", "0"]));
    insta::assert_snapshot!("sum", demo(&["--function", "sum"]));
}

#[test]
fn a_file_that_cannot_be_read_is_one_clear_error() {
    for file in [
        "cut.wasm",
        "half.wasm",
        "wrong.wat",
        "unknown.wat",
        "invalid.wat",
        "noise",
    ] {
        insta::assert_snapshot!(file, demo(&[file]));
    }
    insta::assert_snapshot!("no such function", demo(&["--function", "fly"]));
}

/// The operating systems' messages differ.
#[test]
fn a_missing_file_is_one_clear_error() {
    for file in ["missing.wasm", "."] {
        let expected = format!(
            "exit code: Some(1)\n--- stdout\n--- stderr\nerror: cannot read `{file}`: "
        );
        let shown = demo(&[file]);
        assert!(shown.starts_with(&expected), "{shown}");
        assert_eq!(shown.lines().count(), 4);
    }
}

#[test]
fn invalid_arguments_are_a_usage_error() {
    insta::assert_snapshot!("unknown option", demo(&["--fly"]));
    insta::assert_snapshot!("two files", demo(&["a", "b"]));
    insta::assert_snapshot!("option without value", demo(&["--function"]));
}

#[test]
fn a_closed_pipe_does_not_panic() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ch09-module"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(err, "");
    assert!(child.wait().unwrap().code().is_some());
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_utf_8_is_an_error_and_no_panic() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let name = OsStr::from_bytes(b"no\xffthing");
    let fails = |arguments: &[&OsStr], code: i32, expected: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_ch09-module"))
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
    let function = "--function".as_ref();
    fails(&[function, name], 2, "error: `no\u{fffd}thing` is not UTF-8");
    fails(&[name, name], 2, "error: one file is enough: `no\u{fffd}thing`");
}
