//! What goes wrong, and what is said about it: one message, exit code 1, and never a panic.

mod common;

use std::fs;

use common::{ECHO, ENDLESS, TRAP, error, fail, place, rocket, succeed};

/// What is said about a file of keys.
fn keys(text: &str) -> String {
    let folder = format!("keys-{}", text.trim().replace([' ', '\n', '#'], "-"));
    let mut command = rocket(&folder);
    fs::write(place(&folder).join("bad.keys"), text).unwrap();
    fail(command.args(["--headless", "--keys", "bad.keys"]))
}

#[test]
fn a_bad_line_of_keys_is_named() {
    insta::assert_snapshot!(keys("0 left down\n# so far so good\n7 jump down\n"), @"error: bad.keys:3: unknown key `jump`: the keys are left, right, boost (or up), shoot (or space)");
    insta::assert_snapshot!(keys("soon left down"), @"error: bad.keys:1: `soon` is not the number of a frame");
    insta::assert_snapshot!(keys("-1 left down"), @"error: bad.keys:1: `-1` is not the number of a frame");
    insta::assert_snapshot!(keys("\n5 left"), @"error: bad.keys:2: `left` has to be followed by `down` or `up`");
    insta::assert_snapshot!(keys("5 left over"), @"error: bad.keys:1: `left over` is none of `KEY down`, `KEY up`, `size WIDTH HEIGHT`, `restart`, `end`");
    insta::assert_snapshot!(keys("5"), @"error: bad.keys:1: after the frame comes what happens before it, like `left down`");
    insta::assert_snapshot!(keys("5 size 0 1e9"), @"error: bad.keys:1: `0` is not a number of pixels from 1 to 65536");
}

// In the words of Unix.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_named() {
    let mut command = rocket("files");
    fs::write(place("files").join("latin.keys"), b"0 \xfcber down").unwrap();
    fs::create_dir(place("files").join("folder")).unwrap();
    fs::write(place("files").join("cut.wasm"), &rocket::GAME[..4000]).unwrap();
    fs::write(place("files").join("empty.wat"), "").unwrap();
    fs::write(place("files").join("bad.wat"), "(module (func (export \"draw\") (i32.addd)))")
        .unwrap();
    insta::assert_snapshot!(fail(command.args(["--headless", "none.wasm"])), @"error: cannot read `none.wasm`: No such file or directory (os error 2)");
    let fails = |file: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rocket"));
        fail(command.current_dir(place("files")).args(["--headless", file]))
    };
    insta::assert_snapshot!(fails("folder"), @"error: cannot read `folder`: Is a directory (os error 21)");
    insta::assert_snapshot!(fails("cut.wasm"));
    insta::assert_snapshot!(fails("empty.wat"));
    insta::assert_snapshot!(fails("bad.wat"));
    insta::assert_snapshot!(fails("--keys=latin.keys"), @"error: cannot read `latin.keys`: stream did not contain valid UTF-8");
}

// In the words of Unix.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_is_named() {
    let mut command = rocket("write");
    insta::assert_snapshot!(fail(command.args(["--headless", "--calls", "no/calls"])), @"error: cannot write `no/calls`: No such file or directory (os error 2)");
    insta::assert_snapshot!(fail(rocket("write").args(["--headless", "--record", "."])), @"error: cannot write `.`: Is a directory (os error 21)");
}

// Here a shell can limit how many addresses a process may have.
#[cfg(target_os = "linux")]
#[test]
fn a_module_that_needs_more_memory_than_the_system_gives_is_refused() {
    let large = fs::read_to_string(ECHO).unwrap();
    let large =
        large.replace("(memory (export \"memory\") 1)", "(memory (export \"memory\") 65536)");
    let flight = |folder: &str, shell: &str| {
        let program = rocket(folder).get_program().to_owned();
        fs::write(place(folder).join("large.wat"), &large).unwrap();
        let mut command = std::process::Command::new("sh");
        command.current_dir(place(folder)).args(["-c", shell]).arg(program);
        command.args(["--headless", "--frames=1", "large.wat"]);
        command
    };
    succeed(&mut flight("large", "exec \"$0\" \"$@\""));
    let mut limited = flight("too-large", "ulimit -v 2000000 && exec \"$0\" \"$@\"");
    insta::assert_snapshot!(fail(&mut limited), @"error: large.wat: the memory needs 4294967296 bytes, more than the system can give");
}

#[test]
fn a_module_that_does_not_keep_the_contract_is_told_everything() {
    let mut command = rocket("contract");
    fs::write(
        place("contract").join("other.wat"),
        r#"(module (import "env" "alert" (func)) (func (export "update") (param i32)))"#,
    )
    .unwrap();
    insta::assert_snapshot!(fail(command.args(["--headless", "other.wat"])));
}

#[test]
fn a_trap_is_reported_with_its_function_and_its_frame() {
    let mut command = rocket("trap");
    let output = command
        .args(["--headless", "--record", "keys", "--calls", "calls", TRAP])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = error(&output);
    assert!(message.starts_with("error: frame 5: trap: unreachable, in function 1 "), "{message}");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("fast: 6 frames"));
    // Whatever led to the trap is written down, and leads to it again.
    let read = |file: &str| fs::read_to_string(place("trap").join(file)).unwrap();
    assert_eq!(read("calls"), "5 draw_bullet 1 2\n");
    assert_eq!(read("keys"), "6 end\n");
}

/// A game that never returns would hang the window, and one that calls the host all the while would fill the memory too.
#[test]
fn a_game_that_never_returns_is_a_trap() {
    insta::allow_duplicates! { for engine in rocket::ENGINES {
    let engine = ["--engine", engine.name];
    let mut turns = rocket("endless");
    insta::assert_snapshot!(fail(turns.args(engine).args(["--headless", ENDLESS])), @"error: frame 0: trap: all fuel consumed, in function 1 ($draw), at loop");
    let mut calls = rocket("endless-calls");
    fs::write(place("endless-calls").join("boost.keys"), "0 boost down").unwrap();
    insta::assert_snapshot!(fail(calls.args(engine).args(["--headless", "--keys", "boost.keys", ENDLESS])), @"error: frame 0: trap: host function failed: more than 100000 calls of the host by one call of the game, in function 1 ($draw), at call 0");
    } }
}

#[test]
fn an_unknown_engine_is_answered_with_the_known_ones() {
    insta::assert_snapshot!(fail(rocket("engine").args(["--engine", "steam"])), @"error: unknown engine `steam`: there is tree, flat, slots, fast");
    insta::assert_snapshot!(succeed(rocket("engine").args(["--list-engines"])), @r"
    tree     walks the tree of instructions
    flat     executes a list of operations, whose branches are positions
    slots    executes operations that name their operands
    fast     operations that are fused, whose handlers call each other
    ");
    for engine in rocket::ENGINES {
        let report = succeed(rocket("engine").args([
            "--headless",
            "--frames",
            "2",
            "--engine",
            engine.name,
        ]));
        assert!(report.starts_with(&format!("{}: 2 frames", engine.name)));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_frame_is_for_a_picture_or_a_film_and_not_for_both() {
    for (arguments, words) in [
        ("--at 5", "--film <FILE.png>"),
        ("--film a.png --screenshot b.png --at 3", "cannot be used with"),
        ("--film a.png --headless", "cannot be used with"),
    ] {
        let output = rocket("pictures").args(arguments.split(' ')).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        assert!(error(&output).contains(words), "{arguments}: {}", error(&output));
    }
}

#[test]
fn a_missing_display_is_an_error() {
    insta::assert_snapshot!(fail(&mut rocket("display")), @"error: there is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set); `--headless` flies without one");
    let message = fail(rocket("display").env("DISPLAY", ":65000"));
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(message.contains("`--headless` flies without one"), "{message}");
    let message = fail(rocket("display").env("WAYLAND_DISPLAY", "nobody"));
    // Where the Wayland library is installed, the window's library has its own lines to say first.
    let last = message.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("error: ") && last.contains("`--headless` flies without one"),
        "{message}"
    );
}

#[test]
fn a_picture_needs_a_window() {
    let output = rocket("usage")
        .args(["--headless", "--screenshot", "a.png", "--at", "1"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(error(&output).contains("cannot be used with"), "{}", error(&output));
}

#[test]
fn a_file_that_is_no_module_is_called_what_it_is() {
    let folder = "no-module";
    rocket(folder);
    let write = |name: &str, bytes: &[u8]| fs::write(place(folder).join(name), bytes).unwrap();
    write("empty.wasm", b"");
    write("page.wasm", b"<!doctype html>");
    write("text.wasm", b"(module)");
    write("packed.wasm", b"\x1f\x8b\x08\x00\x00");
    let says = |file: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rocket"));
        fail(command.current_dir(place(folder)).args(["--headless", file]))
    };
    insta::assert_snapshot!(says("empty.wasm"), @"error: `empty.wasm` is empty; a module begins with the bytes `00 61 73 6d`");
    insta::assert_snapshot!(says("page.wasm"), @"error: `page.wasm` isn't a module in the binary format: it begins with `3c 21 64 6f`, and not with `00 61 73 6d`. If it's in the text format, call it .wat");
    insta::assert_snapshot!(says("text.wasm"), @"error: `text.wasm` isn't a module in the binary format: it begins with `28 6d 6f 64`, and not with `00 61 73 6d`. If it's in the text format, call it .wat");
    insta::assert_snapshot!(says("packed.wasm"), @"error: `packed.wasm` is compressed with gzip; unpack it with `gunzip` first");
}

/// What makes no sense is refused before anything starts, with code 2.
#[test]
fn arguments_that_make_no_sense_are_refused_at_once() {
    let refused = |arguments: &[&str]| {
        let output = rocket("refused").args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        error(&output).lines().next().unwrap_or_default().to_owned()
    };
    insta::assert_snapshot!(refused(&["--headless", "--frames", "0"]), @"error: invalid value '0' for '--frames <N>': a flight has at least one frame");
    insta::assert_snapshot!(refused(&["--headless", "--at", "5"]), @"error: the argument '--headless' cannot be used with '--at <FRAME>'");
    insta::assert_snapshot!(refused(&["--at", "5", "--screenshot", "a.jpg"]), @"error: invalid value 'a.jpg' for '--screenshot <FILE.png>': the picture is a PNG, so its name has to end in .png");
    insta::assert_snapshot!(refused(&["--film", "a"]), @"error: invalid value 'a' for '--film <FILE.png>': the picture is a PNG, so its name has to end in .png");
}

#[test]
fn a_file_of_keys_may_begin_with_a_mark_for_its_encoding() {
    let mut command = rocket("mark");
    fs::write(place("mark").join("some.keys"), "\u{feff}0 left down\n3 end\n").unwrap();
    let said = succeed(command.args(["--headless", "--keys", "some.keys"]));
    assert!(said.starts_with("fast: 3 frames"), "{said}");
}

#[test]
fn the_help_fits_into_eighty_columns() {
    for help in ["-h", "--help"] {
        for line in succeed(rocket("help").arg(help)).lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
}
