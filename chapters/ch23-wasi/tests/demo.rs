//! What `cargo run -p ch23-wasi` prints.

use std::process::Command;

#[test]
fn the_demo_prints_this() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_ch23-wasi")).output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}
