//! What the program prints.

use std::process::Command;

/// What it prints with these arguments; nothing without MicroPython.
fn printed(arguments: &[&str]) -> Option<String> {
    if let Err(missing) = ch24_python::micropython() {
        println!("skipped: {missing}");
        return None;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_ch24-python"));
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_demo_prints_this() {
    let Some(text) = printed(&["--scene"]) else { return };
    insta::assert_snapshot!(text);
}

#[test]
fn a_function_of_the_small_module() {
    let Some(text) = printed(&["--small=invoke_iii"]) else { return };
    insta::assert_snapshot!(text);
}

#[test]
fn what_micropython_imports() {
    let Some(text) = printed(&["--small"]) else { return };
    let functions = text.matches("(export \"invoke_").count();
    assert_eq!(functions, 11);
}
