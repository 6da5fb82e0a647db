//! Programs that use WASI.

mod program;

use std::fs;
use std::path::Path;
use std::process::Output;

use program::{modules, wasm_in};
use tempfile::TempDir;

/// Runs `wasm run` in a folder with the tests' module.
fn run(folder: &Path, words: &[&str]) -> Output {
    fs::copy(modules().join("wasi.wat"), folder.join("wasi.wat")).unwrap();
    wasm_in(folder, &[&["run"], words].concat(), b"")
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

/// A folder with a program that reads an input and a file, and sleeps between.
fn moving() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::copy(modules().join("moving.wat"), folder.path().join("moving.wat")).unwrap();
    fs::write(folder.path().join("input"), "an input").unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/note"), "a note").unwrap();
    folder
}

#[test]
fn a_program_with_an_open_file_and_half_an_input_moves_to_another_process() {
    let folder = moving();
    let wasm = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        wasm_in(folder.path(), &words, b"")
    };
    let freeze = "freeze moving.wat --dir data::/ --stdin input --after 500 -o a.frozen";
    let output = wasm(freeze);
    assert_eq!((&output.stdout[..], output.status.code()), (&b"an a n"[..], Some(0)));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("frozen: a.frozen ("), "{message}");
    fs::remove_file(folder.path().join("input")).unwrap();
    for engine in ["fast", "slots", "flat"] {
        let output = wasm(&format!("thaw a.frozen --dir data::/ --engine {engine}"));
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "inputote");
        assert_eq!((&output.stderr[..], output.status.code()), (&b""[..], Some(7)));
    }
    // Whoever ends before isn't frozen.
    let output = wasm("thaw a.frozen --dir data::/ --after 1000000 -o b.frozen");
    let ended = "a.frozen: it has ended before 1,000,000 units; nothing is frozen\n";
    assert_eq!((&*output.stderr, output.status.code()), (ended.as_bytes(), Some(7)));
    assert!(!folder.path().join("b.frozen").exists());
    // What it had has to be there.
    let missing = |words: &str| {
        let output = wasm(words);
        assert_eq!((&output.stdout[..], output.status.code()), (&b""[..], Some(1)));
        String::from_utf8(output.stderr).unwrap()
    };
    let not_granted = "error: a.frozen: the directory `/` of the guest isn't granted\n";
    assert_eq!(missing("thaw a.frozen"), not_granted);
    fs::remove_file(folder.path().join("data/note")).unwrap();
    let gone = missing("thaw a.frozen --dir data::/");
    assert!(gone.starts_with("error: a.frozen: `note` in the guest's directory `/`: "), "{gone}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_freezes_a_program_in_its_sleep() {
    let folder = moving();
    let words = ["freeze", "moving.wat", "--dir=data::/", "--stdin=input", "-o", "a.frozen"];
    let mut child = program::command(&words)
        .current_dir(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // The loop is over in no time once these are there.
    let mut begin = [0; 6];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut begin).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(100));
    let pid = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((&begin, output.status.code()), (b"an a n", Some(0)));
    assert_eq!(output.stdout, b"", "it goes on in the other process");
    let output = wasm_in(folder.path(), &["thaw", "a.frozen", "--dir=data::/"], b"");
    assert_eq!((&output.stdout[..], output.status.code()), (&b"inputote"[..], Some(7)));
}

#[test]
fn a_library_is_initialized_before_it_is_called() {
    for engine in ["fast", "slots", "flat", "tree"] {
        let words = ["run", "reactor.wat", "--invoke", "next", "--engine", engine];
        assert_eq!(wasm_in(&modules(), &words, b"").stdout, b"41\n");
    }
    let output = wasm_in(&modules(), &["repl", "reactor.wat"], b"next()\nnext()\n");
    assert_eq!(output.stdout, b"41\n42\n");
}

#[test]
fn a_prompt_has_wasi_too() {
    let folder = moving();
    let words = ["repl", "moving.wat", "--dir=data::/", "--stdin=input"];
    let output = wasm_in(folder.path(), &words, b"memory[64..66]\n_start()\n");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.ends_with("an a ninputote"), "{text}");
}

#[test]
fn a_program_that_exits_at_a_prompt_says_its_code() {
    let folder = TempDir::new().unwrap();
    let module = r#"(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "leave") (param i32) (call $exit (local.get 0)))
        (func (export "stay") (result i32) (i32.const 5)))"#;
    fs::write(folder.path().join("m.wat"), module).unwrap();
    let repl = |lines: &str| wasm_in(folder.path(), &["repl", "m.wat"], lines.as_bytes());
    let output = repl("leave(7)\nstay()\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "1: the program has exited with code 7\n");
    assert_eq!((&output.stdout[..], output.status.code()), (&b"5\n"[..], Some(1)));
    assert_eq!(repl("leave(0)\n").status.code(), Some(0));
}
