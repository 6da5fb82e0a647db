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

#[test]
fn a_conversation_has_an_exit_code() {
    let lines = "import sys\nsys.exit(3)\nprint('no more')\n";
    let Some(output) = run(&[], lines) else { return };
    let (out, error) = texts(&output);
    assert_eq!((output.status.code(), &*error), (Some(3), ""));
    assert!(!out.contains("no more"), "{out}");
}

#[test]
fn an_exit_may_say_why() {
    let code = "import sys; sys.exit('it is late')";
    let Some(output) = run(&["-c", code], "") else { return };
    assert_eq!(texts(&output), (String::new(), "it is late\n".to_owned()));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_directory_may_be_for_reading_only() {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("a"), "text").expect("there is room");
    let folder = folder.path().to_str().expect("it's text");
    let code = "print(open('/d/a').read())\nopen('/d/a', 'w')";
    let run = |grant: &str| run(&["--dir", grant, "-c", code], "");
    let Some(output) = run(&format!("{folder}::/d:ro")) else { return };
    let (out, error) = texts(&output);
    assert_eq!(out, "text\n");
    assert!(error.contains("OSError"), "{error}");
    let output = run(&format!("{folder}::/d")).expect("it was there before");
    assert_eq!(output.status.code(), Some(0), "{:?}", texts(&output));
}

#[test]
fn what_makes_no_sense_is_one_line_about_what_it_is() {
    for (arguments, code, words) in [
        (&["--dir", "::/x"][..], 2, "such as data::/"),
        (&["--dir", ".::x"], 2, "such as data::/"),
        (&["--dir", "/no/where::/"], 1, "cannot grant `/no/where`"),
        (&["--guest", "simple"], 2, "such as collatz=collatz.wat"),
        (&["--guest", "a=/no/where.wasm"], 1, "cannot read `/no/where.wasm`"),
        (&["/no/where.py"], 1, "cannot read `/no/where.py`"),
        (&["--thaw", "Cargo.toml"], 1, "Cargo.toml: this is no frozen Python"),
        (&["--scene", "--dir", "."], 2, "cannot be used with"),
        (&["--micropython", "Cargo.toml"], 1, "Cargo.toml: "),
    ] {
        let Some(output) = run(arguments, "") else { return };
        let (out, error) = texts(&output);
        assert_eq!(output.status.code(), Some(code), "{error}");
        assert!(error.starts_with("error: "), "{error}");
        assert!(error.contains(words), "{arguments:?}: {error}");
        assert_eq!(out, "");
    }
}
