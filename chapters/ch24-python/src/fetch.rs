//! MicroPython, which is fetched with npm and never committed.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "@micropython/micropython-webassembly-pyscript";
const VERSION: &str = "1.27.0";

/// The file of MicroPython. It is fetched if it isn't there yet.
///
/// # Errors
///
/// There is no npm, or it fails.
pub fn micropython() -> Result<PathBuf, Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = workspace.join("target/guests");
    let file = folder.join("node_modules").join(PACKAGE);
    let file = file.join("micropython.wasm");
    if file.is_file() {
        return Ok(file);
    }
    fs::create_dir_all(&folder)?;
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund"]);
    npm.arg("--prefix").arg(&folder).arg(format!("{PACKAGE}@{VERSION}"));
    let output = npm.output();
    let output = output.map_err(|error| format!("cannot run npm: {error}"))?;
    match output.status.success() {
        true => Ok(file),
        false => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("npm doesn't fetch {PACKAGE}: {}", said.trim()).into())
        }
    }
}
