//! Running the program and reading what it says.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A flight in which four waves are shot down, the first one by frame 540.
pub const WAVES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flights/waves.keys");
/// A module that traps in frame 5.
pub const TRAP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/trap.wat");
/// A module whose `draw` never returns.
pub const ENDLESS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/endless.wat");
/// A module that draws what it is told.
pub const ECHO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/echo.wat");

/// The program, without a display, in an empty folder of this name.
pub fn rocket(folder: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rocket"));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").current_dir(clean(folder));
    // What a game keeps for the next one is kept here, and never where somebody's own is.
    command.env("XDG_DATA_HOME", place(folder).join("data"));
    command
}

/// A folder for the files of a test. It is emptied first.
fn clean(name: &str) -> PathBuf {
    let folder = place(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The folder that the program of this name ran in.
pub fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Runs the program, which has to succeed, and gives its standard output.
pub fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", error(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs the program, which has to fail with code 1, and gives its standard error.
pub fn fail(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", error(&output));
    error(&output)
}

/// What a program says went wrong.
pub fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
