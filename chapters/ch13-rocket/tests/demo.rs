//! What `cargo run -p ch13-rocket` prints into a pipe.

use std::process::{Command, Stdio};

#[test]
fn the_demo_prints_this() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_ch13-rocket")).output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_ch13-rocket"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(demo.stdout.take());
    let output = demo.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
