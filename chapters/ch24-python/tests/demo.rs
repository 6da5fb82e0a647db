//! What `cargo run -p ch24-python -- --scene` prints.

use std::process::Command;

#[test]
fn the_demo_prints_this() {
    if let Err(missing) = ch24_python::micropython() {
        println!("skipped: {missing}");
        return;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_ch24-python"));
    let output = command.arg("--scene").output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}
