//! `cargo workbook wasm32`: the limits and the official suites on wasm32, in Node.js.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::guest::build::{succeed, target_folder};
use crate::guest::toolchain::{TARGET, Toolchain};

/// The arguments of `cargo workbook wasm32`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Fail if the compiler or Node.js is missing.
    #[arg(long)]
    pub require: bool,
}

/// Builds `tests/wasm32` for wasm32 and runs it in Node.js.
///
/// # Errors
///
/// Something in it is not as it is elsewhere, or something that was required is missing.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let mut node = Command::new("node");
    let node = node.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    let missing = match (Toolchain::find(), node.status()) {
        (Ok(toolchain), Ok(_)) => return test(root, &toolchain),
        (Err(missing), _) => missing.to_string(),
        (Ok(_), Err(_)) => "there is no `node`; install Node.js".to_owned(),
    };
    if arguments.require {
        bail!(missing);
    }
    println!("skipped: wasm32: {missing}");
    Ok(())
}

fn test(root: &Path, toolchain: &Toolchain) -> Result<()> {
    let target = target_folder(root)?.join("wasm32");
    let mut cargo = toolchain.cargo_build(TARGET, "std,panic_abort");
    cargo.args(["--package", "wasm32", "--target-dir"]).arg(&target).current_dir(root);
    succeed(&mut cargo)?;
    let module = target.join(TARGET).join("release/wasm32.wasm");
    succeed(Command::new("node").arg("tests/wasm32/run.mjs").arg(module).current_dir(root))
}
