//! The built program, as a user runs it.

mod program;

use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;
use program::{command, modules, wasm_in};
use tempfile::TempDir;

/// Runs `wasm` in the folder of the tests' modules.
fn wasm(words: &[&str]) -> Output {
    wasm_in(&modules(), words, b"")
}

/// What was printed to the one and to the other, and the exit code.
fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace('\\', "/");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let code = output.status.code().expect("it has not crashed");
    let part = |name: &str, text: &str| match text {
        "" => String::new(),
        text => format!("--- {name}\n{text}"),
    };
    format!("{}{}--- exit code {code}", part("stdout", &out), part("stderr", &err))
}

/// The one line that an error is, and its exit code.
fn error(words: &[&str]) -> (String, i32) {
    error_of(&wasm(words))
}

fn error_of(output: &Output) -> (String, i32) {
    let text = str::from_utf8(&output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    let line = text.trim_end().strip_prefix("error: ").expect(text);
    (line.to_owned(), output.status.code().expect("it has not crashed"))
}

/// The error above the calls that were active, and its exit code.
fn error_above(output: &Output) -> (String, i32) {
    let text = str::from_utf8(&output.stderr).unwrap();
    let line = text.lines().next().and_then(|line| line.strip_prefix("error: ")).expect(text);
    (line.to_owned(), output.status.code().expect("it has not crashed"))
}

/// A file in a folder of its own, and `wasm inspect` on it.
fn inspected(name: &str, bytes: &[u8]) -> (String, i32) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), bytes).unwrap();
    let output = wasm_in(folder.path(), &["inspect", name], b"");
    assert_eq!(output.stdout, b"");
    error_of(&output)
}

#[test]
fn inspect_shows_what_is_in_a_module() {
    assert_snapshot!(shown(&wasm(&["inspect", "everything.wat"])));
    assert_snapshot!(shown(&wasm(&["inspect", "add.wat"])));
}

#[test]
fn inspect_shows_the_same_as_json() {
    let output = wasm(&["inspect", "everything.wat", "--json"]);
    assert_snapshot!(shown(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["imports"][0]["module"], "env");
}

#[test]
fn validate_goes_on_after_a_module_that_is_not_valid() {
    let files = ["validate", "add.wat", "invalid.wat", "missing.wasm", "everything.wat"];
    assert_snapshot!(shown(&wasm(&files)));
}

#[test]
fn validate_takes_features() {
    assert_eq!(wasm(&["validate", "vector.wat"]).status.code(), Some(0));
    assert_eq!(wasm(&["validate", "vector.wat", "--features", "1.0,simd"]).status.code(), Some(0));
    assert_eq!(
        error(&["validate", "vector.wat", "--features", "1.0"]),
        (
            "vector.wat: not valid: SIMD support is not enabled, at byte 0xb of its binary form \
             (it needs simd)"
                .to_owned(),
            1
        )
    );
}

#[test]
fn print_is_read_back_as_the_same_module() {
    let printed = wasm(&["print", "everything.wat"]);
    assert_snapshot!(shown(&printed));
    let again = wasm_in(&modules(), &["print", "-"], &printed.stdout);
    assert_eq!(again.stdout, printed.stdout);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("out.wat");
    let output = wasm(&["print", "everything.wat", "-o", file.to_str().unwrap()]);
    assert_eq!(shown(&output), "--- exit code 0");
    assert_eq!(fs::read(file).unwrap(), printed.stdout);
}

#[test]
fn wast_runs_scripts_on_all_engines() {
    assert_snapshot!(shown(&wasm(&["wast", "right.wast", "wrong.wast", "add.txt"])));
    let output =
        wasm(&["wast", "right.wast", "--engine", "tree", "--engine=slots", "--engine=tree"]);
    assert_eq!(shown(&output), "--- stdout\nright.wast: 3 passed on slots, tree\n--- exit code 0");
}

#[test]
fn wast_knows_all_values_and_directives() {
    assert_eq!(
        shown(&wasm(&["wast", "complete.wast"])),
        "--- stdout\ncomplete.wast: 16 passed on fast, slots, flat, tree\n--- exit code 0"
    );
    assert_snapshot!(shown(&wasm(&["wast", "mistakes.wast"])));
}

#[test]
fn wast_names_what_it_skips() {
    assert_snapshot!(shown(&wasm(&["wast", "skipped.wast"])));
}

#[test]
fn what_is_no_script_says_where() {
    let folder = TempDir::new().unwrap();
    let cases: [(&str, &[u8], &str); 5] = [
        ("a.wast", b"(module)\n  (assert_trap)\n", "a.wast:2:15: expected `(`"),
        ("b.wast", b"(module)\n(assert_return (invoke \"f\")\n", "b.wast:3:1: expected `)`"),
        ("c.wast", b"(module)\n\n\"", "c.wast:3:2: unexpected end-of-file"),
        (
            "d.wast",
            b"(module)\n(invoke \"f\" (i32.const 4294967296))",
            "d.wast:2:24: invalid i32 number: constant out of range",
        ),
        ("e.wast", b";; nothing\n", "e.wast: this has nothing but comments and white space"),
    ];
    for (name, text, message) in cases {
        fs::write(folder.path().join(name), text).unwrap();
        let output = wasm_in(folder.path(), &["wast", name], b"");
        assert_eq!(error_of(&output), (message.to_owned(), 1));
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn wast_takes_features() {
    let script = b"(assert_invalid (module (memory 1) (memory 1)) \"multiple memories\")";
    let run = |words: &[&str]| {
        let words = [&["wast", "-", "--engine", "tree"], words].concat();
        wasm_in(&modules(), &words, script).status.code()
    };
    assert_eq!([run(&[]), run(&["--features", "1.0"])], [Some(1), Some(0)]);
}

#[test]
fn trace_prints_each_instruction() {
    assert_snapshot!(shown(&wasm(&["trace", "add.wat", "--invoke", "add", "7", "-2"])));
    assert_snapshot!(shown(&wasm(&["trace", "calls.wat", "--invoke", "main"])));
}

#[test]
fn trace_ends_at_its_limit() {
    let endless = ["trace", "calls.wat", "--invoke", "forever", "--limit", "3"];
    assert_snapshot!(shown(&wasm(&endless)));
    // The limit is as many as there are.
    let output = wasm(&["trace", "add.wat", "--invoke", "add", "1", "2", "--limit", "6"]);
    assert!(shown(&output).ends_with("add(i32 1, i32 2): i32 3\n--- exit code 0"));
}

#[test]
fn a_call_without_instructions_has_results_too() {
    let text = b"(func (export \"nothing\"))";
    let output = wasm_in(&modules(), &["trace", "-", "--invoke", "nothing"], text);
    assert_eq!(shown(&output), "--- stdout\nnothing(): no results\n--- exit code 0");
}

#[test]
fn a_trap_comes_after_its_trace() {
    assert_snapshot!(shown(&wasm(&["trace", "calls.wat", "--invoke", "trap"])));
}

#[test]
fn profile_counts_by_function_and_by_opcode() {
    assert_snapshot!(shown(&wasm(&["profile", "calls.wat", "--invoke", "main"])));
}

#[test]
fn profile_shows_what_was_counted_before_a_call_failed() {
    let endless = ["profile", "calls.wat", "--invoke", "forever", "--fuel", "100"];
    assert_snapshot!(shown(&wasm(&endless)));
}

#[test]
fn a_table_of_a_profile_ends_with_the_others() {
    let many: String = (0..30).map(|i| format!("(func $f{i}) ")).collect();
    let calls: String = (0..30).map(|i| format!("(func $g{i} (call $f{i})) ")).collect();
    let main: String = (0..30).map(|i| format!("(call $g{i})")).collect();
    let text = format!("(module {many} {calls} (func (export \"main\") {main}))");
    let output = wasm_in(&modules(), &["profile", "-", "--invoke", "main"], text.as_bytes());
    let text = shown(&output);
    assert!(text.contains("              11   18.33  11 others\n"), "{text}");
}

#[cfg(feature = "flamegraph")]
#[test]
fn a_flame_graph_shows_who_calls_whom() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("calls.svg");
    let words = ["profile", "calls.wat", "--invoke", "main", "--flame", file.to_str().unwrap()];
    assert_eq!(wasm(&words).status.code(), Some(0));
    let picture = fs::read_to_string(file).unwrap();
    assert!(picture.contains("<title>0 $main (6 instructions, 85.71%)</title>"), "{picture}");
    assert!(picture.contains("<title>2 $twice (3 instructions, 42.86%)</title>"), "{picture}");
}

#[cfg(not(feature = "flamegraph"))]
#[test]
fn a_build_that_cannot_draw_says_how_to_make_one_that_can() {
    let words = ["profile", "calls.wat", "--invoke", "main", "--flame", "x.svg"];
    let (line, code) = error(&words);
    assert!(line.contains("--features flamegraph"), "{line}");
    assert_eq!(code, 2);
}

#[test]
fn run_calls_start_or_the_function_that_is_invoked() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("start.wat"), "(func (export \"_start\"))").unwrap();
    assert_eq!(shown(&wasm_in(folder.path(), &["run", "start.wat"], b"")), "--- exit code 0");
    for engine in ["fast", "slots", "flat", "tree"] {
        let words = ["run", "add.wat", "--invoke", "add", "7", "-9", "--engine", engine];
        assert_eq!(shown(&wasm(&words)), "--- stdout\n-2\n--- exit code 0", "{engine}");
    }
}

#[test]
fn results_are_printed_one_a_line() {
    let text =
        br#"(func (export "f") (param externref f32) (result i64 f64 f32 externref funcref v128)
        (i64.const -1) (f64.const 1) (local.get 1) (local.get 0) (ref.null func)
        (v128.const i64x2 1 0))"#;
    let output = wasm_in(&modules(), &["run", "-", "--invoke", "f", "42", "nan:0x1"], text);
    let lines = "-1\n1.0\nnan:0x1\n42\nnull\n0x00000000000000000000000000000001\n";
    assert_eq!(shown(&output), format!("--- stdout\n{lines}--- exit code 0"));
}

#[test]
fn run_checks_a_call_before_it_makes_one() {
    let cases: [(&[&str], &str); 4] = [
        (
            &["add.wat"],
            "add.wat: there is no exported function `_start`; it exports `add`; choose one by \
             `--invoke NAME`",
        ),
        (
            &["add.wat", "--invoke", "sub"],
            "add.wat: there is no exported function `sub`; it exports `add`",
        ),
        (
            &["add.wat", "--invoke", "add", "1", "x"],
            "`add` takes (i32, i32); the second argument `x` is no i32",
        ),
        (
            &["start.wat", "7"],
            "start.wat: arguments are for a function that `--invoke` names; `_start` takes none",
        ),
    ];
    for (words, message) in cases {
        assert_eq!(error(&[&["run"], words].concat()), (message.to_owned(), 2));
    }
}

#[test]
fn a_trap_is_told_with_the_calls_that_were_active() {
    for engine in ["fast", "slots", "flat"] {
        let words = ["run", "traps.wat", "--invoke", "outer", "0", "--engine", engine];
        assert_snapshot!("a_trap_is_told_with_its_calls", shown(&wasm(&words)));
    }
    // The tree keeps no list of its calls.
    let (line, code) = error(&["run", "traps.wat", "--invoke", "outer", "0", "--engine", "tree"]);
    assert_eq!(line, "traps.wat: wasm trap: integer divide by zero");
    assert_eq!(code, 134);
    // A module without a name is called like its file.
    assert_snapshot!(shown(&wasm(&["run", "calls.wat", "--invoke", "trap"])));
    assert_snapshot!(shown(&wasm(&["run", "traps.wat", "--invoke", "throw"])));
}

#[test]
fn a_start_function_that_traps_is_told_like_any_other() {
    let text = b"(module $m (func $init unreachable) (start $init) (func (export \"_start\")))";
    let output = wasm_in(&modules(), &["run", "-", "--engine", "tree"], text);
    assert_snapshot!(shown(&output));
}

#[test]
fn fuel_that_has_run_out_is_no_trap_of_the_program() {
    let (line, code) =
        error_above(&wasm(&["run", "calls.wat", "--invoke", "forever", "--fuel", "100"]));
    assert_eq!(line, "calls.wat: the fuel has run out: --fuel gave it 100 units");
    assert_eq!(code, 1);
    assert_eq!(
        wasm(&["run", "calls.wat", "--invoke", "main", "--fuel", "100"]).status.code(),
        Some(0)
    );
}

#[test]
fn memory_is_limited() {
    let text = br#"(memory 1) (func (export "grow") (result i32) (memory.grow (i32.const 1)))"#;
    let grow = |most: &str| {
        shown(&wasm_in(&modules(), &["run", "-", "--invoke", "grow", "--max-memory", most], text))
    };
    assert_eq!(grow("128K"), "--- stdout\n1\n--- exit code 0");
    assert_eq!(grow("131071"), "--- stdout\n-1\n--- exit code 0");
    let message = "standard input: the memory needs 65536 bytes; the limit is 1024";
    assert_eq!(grow("1k"), format!("--- stderr\nerror: {message}\n--- exit code 1"));
}

#[test]
fn a_timeout_ends_what_would_run_forever() {
    for engine in ["fast", "slots", "flat", "tree"] {
        let words =
            ["run", "calls.wat", "--invoke", "forever", "--timeout", "100ms", "--engine", engine];
        let (line, code) = error(&words);
        assert!(line.ends_with("the time is up: it was stopped by --timeout"), "{line}");
        assert_eq!(code, 124);
    }
    // Who is faster isn't stopped.
    let words = ["run", "calls.wat", "--invoke", "main", "--timeout", "60"];
    assert_eq!(shown(&wasm(&words)), "--- stdout\n42\n--- exit code 0");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_program() {
    let interrupted = |words: &[&str], input: &[u8]| {
        let mut child = command(words)
            .current_dir(modules())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        // It listens from its first moments on; a little later the program runs.
        std::thread::sleep(std::time::Duration::from_millis(500));
        let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(status.unwrap().success());
        let (line, code) = error_of(&child.wait_with_output().unwrap());
        assert!(line.ends_with("interrupted by Ctrl-C"), "{line}");
        assert_eq!(code, 130);
    };
    for engine in ["fast", "tree"] {
        interrupted(&["run", "calls.wat", "--invoke", "forever", "--engine", engine], b"");
    }
    interrupted(&["repl", "calls.wat"], b"forever()\nmain()\n");
}

#[test]
fn imports_come_from_modules_that_are_preloaded() {
    let call = ["run", "imports.wat", "--invoke", "f", "5"];
    let with = |preloads: &[&str]| {
        let words: Vec<&str> = preloads.iter().flat_map(|it| ["--preload", it]).collect();
        wasm(&[&call[..], &words].concat())
    };
    let output = with(&["base=base.wat", "env=env.wat"]);
    assert_eq!(shown(&output), "--- stdout\n110\n--- exit code 0");
    let cases: [(&[&str], &str); 5] = [
        (
            &[],
            "imports.wat: this module imports `double` from `env`, func (param i32) (result i32); \
             give a module that exports it by `--preload env=FILE`",
        ),
        (
            &["env=env.wat", "base=base.wat"],
            "env.wat: this module imports `two` from `base`, global i32; give a module that exports \
             it by `--preload base=FILE`",
        ),
        (
            &["env=base.wat"],
            "imports.wat: this module imports `double` from `env`, func (param i32) (result i32); \
             what is preloaded under this name doesn't export it",
        ),
        (&["a=base.wat", "a=base.wat"], "--preload a: `a` `two` is defined already"),
        (
            &["env=missing.wat"],
            "missing.wat: there is no such file; check the path, or give `-` for standard input",
        ),
    ];
    for (preloads, message) in cases {
        assert_eq!(error_of(&with(preloads)), (message.to_owned(), 1));
    }
    let text = b"(import \"wasi_snapshot_preview1\" \"no\" (func)) (func (export \"_start\"))";
    let (line, _) = error_of(&wasm_in(&modules(), &["run", "-"], text));
    assert!(line.ends_with("and this isn't part of it"), "{line}");
}

#[test]
fn options_of_run_say_how_they_are_written() {
    let cases = [
        ("--max-memory", "1T", "<BYTES>': write a number of bytes, such as 65536, 64K, 16M or 1G"),
        ("--timeout", "soon", "<TIME>': write seconds or milliseconds, such as 2, 0.5 or 500ms"),
        ("--preload", "env", "<NAME=FILE>': write a name and a file, such as env=env.wat"),
    ];
    for (option, value, message) in cases {
        let (line, code) = error(&["run", "add.wat", option, value]);
        assert_eq!(line, format!("invalid value '{value}' for '{option} {message}; see `--help`"));
        assert_eq!(code, 2);
    }
}

/// A folder with `count.wat`.
fn counting() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::copy(modules().join("count.wat"), folder.path().join("count.wat")).unwrap();
    folder
}

#[test]
fn a_program_that_was_frozen_goes_on_on_each_engine() {
    let folder = counting();
    let wasm = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        wasm_in(folder.path(), &words, b"")
    };
    let frozen = wasm("freeze count.wat --invoke count 1000 --after 500 -o a.frozen");
    let text = String::from_utf8(frozen.stderr).unwrap();
    assert!(text.starts_with("frozen: a.frozen ("), "{text}");
    assert!(text.ends_with(" bytes); `wasm thaw a.frozen` goes on\n"), "{text}");
    assert_eq!((frozen.stdout, frozen.status.code()), (Vec::new(), Some(0)));
    for engine in ["fast", "slots", "flat"] {
        let output = wasm(&format!("thaw a.frozen --engine {engine}"));
        assert_eq!(shown(&output), "--- stdout\n1000\n--- exit code 0");
        // It may be frozen again, to the same file.
        let again = wasm(&format!("thaw a.frozen --engine {engine} --after 100 -o a.frozen"));
        assert_eq!(again.status.code(), Some(0));
    }
    // A trap is told as if it had never been frozen.
    wasm("freeze count.wat --invoke fail 1000 --after 500 -o b.frozen");
    let output = wasm("thaw b.frozen");
    let (line, code) = error_above(&output);
    assert_eq!((&*line, code), ("b.frozen: wasm trap: unreachable", 134));
    assert!(String::from_utf8(output.stderr).unwrap().contains("counter!fail"));
}

#[test]
fn who_has_ended_before_is_not_frozen() {
    let folder = counting();
    let words = ["freeze", "count.wat", "--invoke", "count", "10", "--after", "500", "-o", "a"];
    let output = wasm_in(folder.path(), &words, b"");
    assert_snapshot!(shown(&output));
    assert!(!folder.path().join("a").exists());
}

#[test]
fn what_cannot_be_frozen_or_thawed_is_said_before_anything_runs() {
    let folder = counting();
    let path = folder.path();
    fs::write(path.join("text.frozen"), "hello").unwrap();
    let case = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        error_of(&wasm_in(path, &words, b""))
    };
    let freeze = |rest: &str| case(&format!("freeze count.wat --invoke count 9 {rest}"));
    let no_folder = "cannot write none/a: there is no folder none".to_owned();
    assert_eq!(freeze("-o none/a"), (no_folder, 1));
    assert_eq!(freeze("-o ."), ("cannot write .: it is a folder".to_owned(), 1));
    let tree = "--engine tree: this engine can't pause a call; choose fast, slots or flat";
    assert_eq!(freeze("-o a --engine tree"), (tree.to_owned(), 2));
    assert_eq!(case("thaw a --engine tree"), (tree.to_owned(), 2));
    let no_store = "text.frozen: these bytes aren't a frozen store".to_owned();
    assert_eq!(case("thaw text.frozen"), (no_store, 1));
    let where_to = "--after: say where the frozen program goes, by `-o OUT`".to_owned();
    assert_eq!(case("thaw text.frozen --after 1"), (where_to, 2));
    assert!(case("thaw none").0.starts_with("cannot read none: "));
    let left: Vec<_> = fs::read_dir(path).unwrap().flatten().map(|it| it.file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_freezes_where_that_is_asked() {
    let folder = counting();
    let words = ["freeze", "count.wat", "--invoke", "count", "4000000000", "-o", "a.frozen"];
    // It may not be listening yet: then the signal ends it, and we wait longer.
    let interrupted = |wait: u64| {
        let mut child = command(&words)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        child.wait().unwrap().code()
    };
    let code = [500, 2_000, 8_000, 20_000].into_iter().find_map(interrupted);
    assert_eq!(code, Some(0));
    assert!(folder.path().join("a.frozen").exists());
}

/// What `wasm repl` makes of these lines.
fn talk(lines: &str) -> Output {
    wasm_in(&modules(), &["repl", "simple.wat"], lines.as_bytes())
}

#[test]
fn lines_call_functions_and_show_what_is_in_the_instance() {
    assert_snapshot!(shown(&talk(
        r#";; Names, with and without the module's.
simple.add(3, 4)
add( 0xff ,
  -1)
pair()
"my function"(9)
count
simple.bump()
count
count = -5
count
limit
memory
add
oops
exports
"#
    )));
}

#[test]
fn lines_read_and_write_memories_and_tables() {
    assert_snapshot!(shown(&talk(
        r#"memory[4096..4128]
memory[4108] = "Hello", 0
memory[4100] = 7, 0x20, -1
memory[4100..4117]
memory[4096]
memory.u16[4108..4112]
memory.i8[4102]
memory.f64[8] = 0.5, -1, nan
memory.f64[8..32]
memory.i64[8]
memory.f32[65532] = 1e10
memory.f32[65532..65536]
table
table[0..3]
table[2] = simple.add
table[2]
table[0] = null
table[0]
"#
    )));
}

#[test]
fn instructions_have_a_stack_that_stays() {
    assert_snapshot!(shown(&talk(
        r#"instr i32.const 2
instr i32.const 3
instr i32.add
instr call $bump
instr global.get $count  ;; what the call has changed
instr i32.mul
instr f64.const 1.5 f64.const 2 f64.div
instr (i32.load (i32.const 4096))
instr ref.func $add
instr ref.null extern
stack
clear
instr i32.const 4096 i32.const 33 i32.store8
memory[4096..4100]
instr block (result i32) i32.const 1 br 0 end
instr call $"my function"
instr (table.set $table (i32.const 0) (ref.null func))
table[0]
"#
    )));
}

#[test]
fn an_instruction_that_fails_leaves_the_stack_as_it_was() {
    assert_snapshot!(shown(&talk(
        r#"instr i64.const 1
instr i32.add
instr i32.const 1 i32.add
instr f32.foo
instr call $hidden
instr call 99
instr local.get 0
instr br 0
instr return
instr i32.const 5 i32.const 0 br_if 0 drop
instr i32.const 0 br_if 0
i32.const 2
drop
instr unreachable
instr i32.const 1 i32.const 0 i32.div_s
instr i32.const 7 throw $oops
instr call $trap
instr nop) (nop
instr
stack
"#
    )));
}

#[test]
fn a_line_that_is_wrong_says_where_and_changes_nothing() {
    let lines = r#"add(3, x)
add(3)
add(1, 2, 3)
foo(1)
simple.foo(1)
memory.u17[0]
memory[65536]
memory[65534] = "abc"
memory[65534..65537]
memory[4..2]
memory.u32[0..6]
memory.u32[65533]
memory[0] = 256
memory[0] = 1, 2, x
memory.i8[0] = -129
memory.u32[0] = 1.5
memory.f32[0] = x
memory.u16[0] = "a"
memory[0] = "a\q"
memory[0..2] = 1
memory[x]
memory(1)
memory = 1
count(1)
count[0]
count = 1.5
limit = 1
table[9]
table[0] = count
table[0..2] = add
add[0]
add = 1
oops(1)
HELP
add(1, 2) add
add 1
= 1
; f
"#;
    assert_snapshot!(shown(&talk(lines)));
    // What could have been changed is as it was.
    let state = "memory[0..16]\ncount\ntable[0..3]\n";
    let stdout = |lines: &str| String::from_utf8(talk(lines).stdout).unwrap();
    assert_eq!(stdout(&format!("{lines}{state}")), stdout(state));
}

#[test]
fn a_trap_ends_a_line_and_not_the_session() {
    assert_snapshot!(shown(&talk("trap()\ncount\nadd(1,\n2\n")));
}

#[test]
fn quit_ends_a_session_before_the_lines_do() {
    assert_eq!(shown(&talk("count\nquit\nadd(\n")), "--- stdout\n3\n--- exit code 0");
    assert_eq!(shown(&talk("")), "--- exit code 0");
    let help = shown(&talk("help"));
    assert!(help.contains("add(3, 4)") && help.ends_with("--- exit code 0"), "{help}");
}

#[test]
fn a_session_needs_a_module_that_can_be_instantiated() {
    let message = "the lines come from the standard input; name a file for the module";
    assert_eq!(error(&["repl", "-"]), (message.to_owned(), 2));
    let (line, code) = error(&["repl", "imports.wat"]);
    assert!(line.contains("`double` from `env`"), "{line}");
    assert_eq!(code, 1);
    let words = ["repl", "imports.wat", "--preload", "base=base.wat", "--preload", "env=env.wat"];
    for engine in ["fast", "tree"] {
        let words = [&words[..], &["--engine", engine]].concat();
        let output = wasm_in(&modules(), &words, b"imports.f(5)\ninstr i32.const 4 call $f");
        assert_eq!(shown(&output), "--- stdout\n110\n[i32 108]\n--- exit code 0");
    }
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("t.wat"), "(func $f unreachable) (start $f)").unwrap();
    let (line, code) = error_above(&wasm_in(folder.path(), &["repl", "t.wat"], b""));
    assert_eq!((&*line, code), ("t.wat: wasm trap: unreachable", 134));
}

#[test]
fn bindgen_writes_rust() {
    let output = wasm(&["bindgen", "add.wat"]);
    assert_snapshot!(shown(&output));
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("sums.rs");
    let words = ["bindgen", "add.wat", "-o", file.to_str().unwrap(), "--name", "sums"];
    assert_eq!(shown(&wasm(&words)), "--- exit code 0");
    let rust = fs::read_to_string(file).unwrap();
    assert!(rust.contains("pub struct Sums {"), "{rust}");
    // The module's own name comes before the file's.
    let output = wasm(&["bindgen", "traps.wat"]);
    assert!(shown(&output).contains("pub struct Deep {"));
}

#[test]
fn bindgen_refuses_what_is_no_module() {
    let (line, code) = error(&["bindgen", "invalid.wat"]);
    assert!(line.starts_with("invalid.wat: not valid: type mismatch"), "{line}");
    assert_eq!(code, 1);
    let (line, code) = error(&["bindgen", "add.wat", "-o", "missing/x.rs"]);
    assert!(line.starts_with("cannot write `missing/x.rs`: "), "{line}");
    assert_eq!(code, 1);
}

#[test]
fn completions_are_made_for_each_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = wasm(&["completions", shell]);
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("inspect") && script.contains("invoke"), "{shell}");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn a_file_that_is_no_module_is_called_what_it_is() {
    let cases: [(&str, &[u8], &str); 10] = [
        ("empty.wasm", b"", "this is empty; a module has at least the 8 bytes of its header"),
        (
            "a.wasm.gz",
            &[0x1f, 0x8b, 8, 0, 0, 0],
            "this is compressed by gzip; decompress it with `gunzip`",
        ),
        (
            "cut.wasm",
            b"\0asm\x01",
            "this has only 5 of the 8 bytes of a module's header; it was cut off",
        ),
        (
            "component.wasm",
            b"\0asm\x0d\0\x01\0",
            "this is a component; this machine runs core modules only",
        ),
        (
            "component.wat",
            b"(component)",
            "this is a component; this machine runs core modules only",
        ),
        (
            "future.wasm",
            b"\0asm\x02\0\0\0",
            "this is a module of version [02, 00, 00, 00]; the standard's is [01, 00, 00, 00]",
        ),
        ("blank.wat", b" ;; nothing\n", "this has nothing but comments and white space"),
        (
            "script.wast",
            b"(module) (assert_return (invoke \"f\"))",
            "this is a script, not a module; run it with `wasm wast`",
        ),
        (
            "picture.png",
            b"\x89PNG",
            "this is neither the binary format, which begins with [00, 61, 73, 6d], nor text; \
             it begins with [89, 50, 4e, 47]",
        ),
        (
            "section.wasm",
            b"\0asm\x01\0\0\0\x01\x05\x01",
            "not valid: unexpected end-of-file, at byte 0xa",
        ),
    ];
    for (name, bytes, message) in cases {
        assert_eq!(inspected(name, bytes), (format!("{name}: {message}"), 1));
    }
    assert_eq!(
        inspected("main.rs", b"\nfn main() {}\n").0,
        "main.rs:2:1: this is text, but no module: one begins with `(module`, not with `fn`"
    );
    assert_eq!(inspected("a.wat", b"(module\n (fun))").0, "a.wat:2:3: expected valid module field");
}

#[test]
fn what_cannot_be_read_says_why() {
    assert_eq!(
        error(&["inspect", "missing.wasm"]),
        (
            "missing.wasm: there is no such file; check the path, or give `-` for standard input"
                .to_owned(),
            1
        )
    );
    assert_eq!(
        error(&["inspect", "."]),
        (".: this is a directory; name a file in it".to_owned(), 1)
    );
    let message = "standard input: this is empty; a module has at least the 8 bytes of its header";
    assert_eq!(error(&["inspect", "-"]), (message.to_owned(), 1));
}

#[test]
fn a_module_beyond_the_machine_names_the_proposal() {
    let (line, code) = inspected("shared.wat", b"(memory 1 1 shared)");
    assert!(line.ends_with("(this machine doesn't know threads)"), "{line}");
    assert_eq!(code, 1);
}

#[test]
fn wrong_arguments_say_what_the_function_takes() {
    let add = |words: &[&str]| error(&[&["trace", "add.wat", "--invoke", "add"], words].concat());
    let takes = "`add` takes (i32, i32)";
    assert_eq!(add(&["1", "x"]), (format!("{takes}; the second argument `x` is no i32"), 2));
    assert_eq!(add(&["-inf", "1"]), (format!("{takes}; the first argument `-inf` is no i32"), 2));
    assert_eq!(add(&["1"]), (format!("{takes}; 1 is given"), 2));
    assert_eq!(add(&[]), (format!("{takes}; none is given"), 2));
    let range = "is out of the range of an i32, -2147483648 to 4294967295";
    assert_eq!(
        add(&["1", "4294967296"]),
        (format!("{takes}; the second argument `4294967296` {range}"), 2)
    );
}

#[test]
fn options_may_come_after_negative_arguments() {
    let words = ["trace", "add.wat", "--invoke", "add", "-1", "-0x2", "--limit", "0"];
    assert!(shown(&wasm(&words)).contains("add(i32 -1, i32 -2): i32 -3"));
}

#[test]
fn a_function_that_is_not_exported_is_told_with_those_that_are() {
    let message = "calls.wat: there is no exported function `mian`; it exports `main`, `forever`, \
                   `trap`";
    assert_eq!(error(&["profile", "calls.wat", "--invoke", "mian"]), (message.to_owned(), 2));
    let message = "vector.wat: there is no exported function `f`; it exports no functions";
    assert_eq!(error(&["trace", "vector.wat", "--invoke", "f"]), (message.to_owned(), 2));
}

#[test]
fn an_import_that_nobody_has_is_named() {
    let (line, code) = error(&["trace", "everything.wat", "--invoke", "run", "1"]);
    let message = "everything.wat: this module imports `log` from `env`, func (param i32 f64); \
                   this command provides no imports";
    assert_eq!((line.as_str(), code), (message, 1));
}

#[test]
fn a_command_line_that_makes_no_sense_is_one_line() {
    let cases: [(&[&str], &str); 6] = [
        (&["inspect"], "the following required arguments were not provided: <FILE>; see `--help`"),
        (
            &["isnpect", "x"],
            "unrecognized subcommand 'isnpect'; a similar subcommand exists: 'inspect'; see \
             `--help`",
        ),
        (
            &["inspect", "x", "--jsn"],
            "unexpected argument '--jsn' found; a similar argument exists: '--json'; see `--help`",
        ),
        (
            &["wast", "x", "--engine", "fats"],
            "invalid value 'fats' for '--engine <NAME>' [possible values: fast, slots, flat, \
             tree]; a similar value exists: 'fast'; see `--help`",
        ),
        (
            &["trace", "x", "--invoke", "f", "--limit", "many"],
            "invalid value 'many' for '--limit <N>': invalid digit found in string; see `--help`",
        ),
        (
            &["completions", "cmd"],
            "invalid value 'cmd' for '<SHELL>' [possible values: bash, elvish, fish, powershell, \
             zsh]; see `--help`",
        ),
    ];
    for (words, message) in cases {
        assert_eq!(error(words), (message.to_owned(), 2));
    }
    let nothing = wasm(&[]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(String::from_utf8(nothing.stderr).unwrap().contains("Usage: wasm <COMMAND>"));
}

#[test]
fn a_name_of_a_module_cannot_move_the_cursor() {
    let text = r#"(module (func $"a\1b[2J" (export "\1b[31m") (result i32) unreachable))"#;
    let commands: [&[&str]; 5] = [
        &["inspect", "-"],
        &["trace", "-", "--invoke", "x"],
        &["print", "-"],
        &["run", "-", "--invoke", "\u{1b}[31m"],
        &["run", "-"],
    ];
    for words in commands {
        let output = wasm_in(&modules(), words, text.as_bytes());
        let all = [output.stdout, output.stderr].concat();
        assert!(!all.contains(&0x1b), "{words:?}");
    }
    let script = br#"(module) (invoke "\1b[31m")"#;
    let output = wasm_in(&modules(), &["wast", "-"], script);
    assert!(shown(&output).contains("a function `/u{1b}[31m`"), "{}", shown(&output));
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("m.wat"), text).unwrap();
    let lines = b"exports\n\"\\1b[31m\"()\n\x1b[2J\n";
    let output = wasm_in(folder.path(), &["repl", "m.wat"], lines);
    let all = [output.stdout, output.stderr].concat();
    assert!(all.starts_with(b"\\u{1b}[31m") && !all.contains(&0x1b));
}

#[test]
fn colours_are_for_terminals() {
    let run = |key: &str| {
        let output = command(&["inspect", "add.wat"])
            .current_dir(modules())
            .env("CLICOLOR_FORCE", "1")
            .env(key, "1")
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let is_coloured = |text: &str| text.contains('\u{1b}');
    assert!(is_coloured(&run("CLICOLOR_FORCE")));
    assert!(!is_coloured(&run("NO_COLOR")));
    assert!(!is_coloured(&shown(&wasm(&["inspect", "add.wat"]))));
}

#[cfg(unix)]
#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let commands: [&[&str]; 9] = [
        &["run", "add.wat", "--invoke", "add", "1", "2"],
        &["bindgen", "add.wat"],
        &["--help"],
        &["inspect", "everything.wat"],
        &["inspect", "everything.wat", "--json"],
        &["print", "everything.wat"],
        &["completions", "bash"],
        &["profile", "calls.wat", "--invoke", "main"],
        &["trace", "calls.wat", "--invoke", "forever", "--limit", "0"],
    ];
    for words in commands {
        let mut child = command(words)
            .current_dir(modules())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(shown(&output), "--- exit code 0", "{words:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command(&["inspect", "add.wat"]).current_dir(modules()).stdout(full).output();
    let (line, code) = error_of(&output.unwrap());
    assert!(line.starts_with("cannot write the output: "), "{line}");
    assert_eq!(code, 1);
}
