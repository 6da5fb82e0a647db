//! The program that talks: its arguments, its outputs, its exit code.

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], input: &str) -> Option<Output> {
    ch24_python::micropython().ok()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_ch24-python"));
    command.args(arguments).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut pipe = child.stdin.take().expect("it's piped");
    // It may end without reading.
    _ = pipe.write_all(input.as_bytes());
    drop(pipe);
    Some(child.wait_with_output().expect("it ends"))
}

fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_program_has_arguments_and_an_exit_code() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("greet.py");
    let code = "import sys\nprint(sys.argv[1:], input())\nsys.exit(3)\n";
    fs::write(&path, code).expect("there is room");
    let path = path.to_str().expect("it's text");
    let arguments = [path, "--loud", "x"];
    let Some(output) = run(&arguments, "Ada\n") else { return };
    let (out, error) = texts(&output);
    assert_eq!((&*out, &*error), ("['--loud', 'x'] Ada\n", ""));
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn code_of_the_command_line_has_arguments_too() {
    let code = "import sys; print(sys.argv)";
    let Some(output) = run(&["-c", code, "a", "-b"], "") else { return };
    let (out, error) = texts(&output);
    assert_eq!((&*out, &*error), ("['-c', 'a', '-b']\n", ""));
}

#[test]
fn an_exception_is_a_traceback_that_names_the_file() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("wrong.py");
    fs::write(&path, "def f():\n    1/0\nf()\n").expect("there is room");
    let path = path.to_str().expect("it's text");
    let Some(output) = run(&[path], "") else { return };
    let (out, error) = texts(&output);
    assert_eq!(out, "");
    let lines: Vec<&str> = error.trim().lines().collect();
    assert_eq!(
        lines,
        [
            "Traceback (most recent call last):",
            &format!("  File \"{path}\", line 3, in <module>"),
            &format!("  File \"{path}\", line 2, in f"),
            "ZeroDivisionError: divide by zero",
        ]
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn it_talks() {
    let lines = "x = 6\nfor i in range(2):\n    print(i)\n\nx * 7\n";
    let Some(output) = run(&[], lines) else { return };
    let (out, error) = texts(&output);
    assert!(out.contains("MicroPython v1"), "{out}");
    assert!(out.replace('\r', "").contains("0\n1\n"), "{out}");
    assert!(out.contains("42"), "{out}");
    assert_eq!(error, "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn another_process_goes_on_with_what_python_knows() {
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("python.frozen");
    let file = file.to_str().expect("it's text");
    let first = ["-c", "x = 41\ndef f(): return x", "--freeze", file];
    let Some(output) = run(&first, "") else { return };
    assert_eq!(output.status.code(), Some(0), "{:?}", texts(&output));
    let second = ["-c", "print(f() + 1)", "--thaw", file];
    let output = run(&second, "").expect("it was there before");
    assert_eq!(texts(&output), ("42\n".to_owned(), String::new()));
}
