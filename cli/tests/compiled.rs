//! Compiled modules, as a user makes and runs them.

mod program;

use std::fs;
use std::process::Output;

use program::{modules, wasm_in};
use tempfile::TempDir;

/// A folder with the tests' modules, in which files may be written.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let modules = modules();
    for name in ["add.wat", "base.wat", "count.wat", "env.wat", "everything.wat", "imports.wat"] {
        fs::copy(modules.join(name), folder.path().join(name)).unwrap();
    }
    folder
}

fn wasm(folder: &TempDir, words: &str, input: &[u8]) -> Output {
    let words: Vec<&str> = words.split(' ').collect();
    wasm_in(folder.path(), &words, input)
}

/// The standard output of a command that succeeds.
fn prints(folder: &TempDir, words: &str) -> String {
    let output = wasm(folder, words, b"");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{words}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one line on the standard error, and the exit code.
fn line(output: &Output) -> (String, i32) {
    let text = str::from_utf8(&output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    (text.trim_end().to_owned(), output.status.code().expect("it has not crashed"))
}

#[test]
fn what_was_compiled_runs_like_the_module() {
    let folder = folder();
    let output = wasm(&folder, "compile count.wat", b"");
    let (said, code) = line(&output);
    assert!(said.starts_with("compiled: count.compiled ("), "{said}");
    assert!(said.ends_with(" bytes), with code for 3 of 3 functions"), "{said}");
    assert_eq!((code, output.stdout), (0, Vec::new()));
    for engine in ["fast", "slots", "flat", "tree"] {
        let words = format!("run count.compiled --invoke count 1000 --engine {engine}");
        assert_eq!(prints(&folder, &words), "1000\n");
    }
    for more in ["--fuel 100000", "--timeout 60"] {
        let words = format!("run count.compiled --invoke count 1000 {more}");
        assert_eq!(prints(&folder, &words), "1000\n");
    }
    for (name, more) in [("fail", ""), ("count", " --fuel 99")] {
        let run = |file: &str| {
            let words = format!("run {file} --invoke {name} 1000{more}");
            let output = wasm(&folder, &words, b"");
            let text = String::from_utf8(output.stderr).unwrap();
            (text.replace(file, "FILE"), output.status.code())
        };
        assert_eq!(run("count.compiled"), run("count.wat"));
    }
    prints(&folder, "compile count.wat --no-fuel -o other");
    assert_eq!(prints(&folder, "run other --invoke count 1000"), "1000\n");
}

#[test]
fn each_command_takes_a_compiled_module() {
    let folder = folder();
    for file in ["add.wat", "count.wat", "env.wat", "base.wat"] {
        prints(&folder, &format!("compile {file}"));
    }
    let same = |words: &str| {
        let one = prints(&folder, &words.replace("FILE", "add.wat"));
        let two = prints(&folder, &words.replace("FILE", "add.compiled"));
        assert_eq!(one.replace("add.wat", "add.compiled"), two, "{words}");
    };
    same("validate FILE");
    same("print FILE");
    same("trace FILE --invoke add 1 2");
    same("profile FILE --invoke add 1 2");
    same("bindgen FILE");
    let words = "run imports.wat --invoke f 7 --preload base=base.compiled \
                 --preload env=env.compiled";
    assert_eq!(prints(&folder, words), "114\n");
    let said = wasm(&folder, "repl add.compiled", b"add(3, 4)\n");
    assert_eq!(str::from_utf8(&said.stdout).unwrap(), "7\n");
    prints(&folder, "freeze count.compiled --invoke count 1000 --after 500 -o a.frozen");
    assert_eq!(prints(&folder, "thaw a.frozen"), "1000\n");
    // From the standard input, and to the standard output.
    let bytes = fs::read(folder.path().join("add.compiled")).unwrap();
    let output = wasm(&folder, "run - --invoke add 1 2", &bytes);
    assert_eq!(output.stdout, b"3\n");
    let text = fs::read(folder.path().join("add.wat")).unwrap();
    let output = wasm(&folder, "compile - -o -", &text);
    assert!(output.stdout == bytes);
    assert!(line(&output).0.starts_with("compiled: standard output ("));
    prints(&folder, "compile add.compiled -o twice");
    assert!(fs::read(folder.path().join("twice")).unwrap() == bytes);
}

#[test]
fn inspect_tells_what_code_there_is() {
    let folder = folder();
    prints(&folder, "compile everything.wat");
    let text = prints(&folder, "inspect everything.compiled");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("file   everything.compiled: compiled module, "), "{text}");
    assert!(lines[0].ends_with(" as binary"), "{text}");
    assert!(lines[1].starts_with("code   for ") && text.contains("used by `wasm run`"), "{text}");
    let json = |words: &str| -> serde_json::Value {
        serde_json::from_str(&prints(&folder, words)).unwrap()
    };
    let file = folder.path().join("everything.compiled");
    let report = json("inspect everything.compiled --json");
    assert_eq!(report["format"], "compiled");
    assert_eq!(report["compiled"]["bytes"], fs::metadata(file).unwrap().len());
    assert_eq!(report["compiled"]["counts_fuel"], true);
    assert!(report["compiled"]["code_bytes"].as_u64().unwrap() > 0);
    assert!(report["compiled"]["functions"].as_u64() <= report["functions"].as_u64());
    assert!(json("inspect everything.wat --json").get("compiled").is_none());
    prints(&folder, "compile everything.wat --no-fuel");
    let text = prints(&folder, "inspect everything.compiled");
    assert!(text.contains("count no fuel"), "{text}");
    assert_eq!(json("inspect everything.compiled --json")["compiled"]["counts_fuel"], false);
}

#[test]
fn what_is_no_good_is_one_line() {
    let folder = folder();
    let path = folder.path();
    prints(&folder, "compile add.wat");
    let good = fs::read(path.join("add.compiled")).unwrap();
    let said = |bytes: &[u8], words: &str| {
        fs::write(path.join("x"), bytes).unwrap();
        let (line, code) = line(&wasm(&folder, words, b""));
        assert_eq!(code, 1, "{line}");
        line.strip_prefix("error: x: ").expect(&line).to_owned()
    };
    let run = "run x --invoke add 1 2";
    for words in [run, "inspect x", "validate x", "print x", "bindgen x", "repl x"] {
        let mut other = good.clone();
        *other.last_mut().unwrap() ^= 1;
        let damaged = "the compiled module is damaged: its checksum doesn't match";
        assert_eq!(said(&other, words), damaged);
        let damaged = "the compiled module is damaged: its length doesn't match";
        assert_eq!(said(&good[..good.len() - 1], words), damaged);
        let damaged = "the compiled module is damaged: its end is missing";
        assert_eq!(said(&good[..9], words), damaged);
        let mut other = good.clone();
        other[12] ^= 0x40;
        let version = "the module was compiled by another version: compile it again";
        assert_eq!(said(&other, words), version);
        assert!(said(&good[..5], words).starts_with("this is neither the binary format"));
        assert!(said(b"", words).starts_with("this is empty"));
    }
    let script = "this is a compiled module; a script is text";
    assert_eq!(said(&good, "wast x"), script);
}

#[test]
fn the_module_itself_is_never_overwritten() {
    let folder = folder();
    let path = folder.path();
    let case = |words: &str| line(&wasm(&folder, words, b""));
    prints(&folder, "compile add.wat");
    let good = fs::read(path.join("add.compiled")).unwrap();
    for (words, name) in [
        ("compile add.wat -o ./add.wat", "./add.wat"),
        ("compile add.compiled --no-fuel", "add.compiled"),
    ] {
        let wanted = format!("error: {name}: this is the module itself; choose another `-o OUT`");
        assert_eq!(case(words), (wanted, 2));
    }
    assert!(fs::read(path.join("add.compiled")).unwrap() == good);
    assert!(path.join("add.wat").metadata().unwrap().len() < 300);
    let stdin = "error: standard input: say where the file goes, by `-o OUT`".to_owned();
    assert_eq!(case("compile -"), (stdin, 2));
    let no_folder = "error: cannot write none/a: there is no folder none".to_owned();
    assert_eq!(case("compile add.wat -o none/a"), (no_folder, 1));
}
