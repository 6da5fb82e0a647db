//! From a package, `game/guest` among them, to a module: compile, remove unwanted exports, optimise.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, path};

use anyhow::{Context, Result, bail};

use super::interface;
use super::toolchain::{TARGET, Toolchain};

/// For every engine, even the first one of a reader: only instructions of WebAssembly 1.0, and two
/// pages of memory.
const RUSTFLAGS: &[&str] = &["-Ctarget-cpu=mvp", "-Clink-arg=-zstack-size=65536"];

/// The target of programs for WASI.
const WASI: &str = "wasm32-wasip1";

/// C's library for WASI as Debian packs it, which Rust's own library stands on.
pub const WASI_LIBC: &str = "/usr/lib/wasm32-wasi";

/// An installed `core` may have instructions that are newer than 1.0, so the optimiser must accept
/// them.
const WASM_OPT: &[&str] = &[
    "-O4",
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
];

/// A module, and the toolchain that built it.
pub struct Build {
    /// The module's bytes.
    pub module: Vec<u8>,
    /// The toolchain, as TOML.
    pub record: String,
}

impl Build {
    /// Builds the package in `root` into the target folder, without changing the workspace.
    pub fn run(root: &Path, toolchain: &Toolchain) -> Result<Self> {
        let scratch = target_folder(root)?.join("guest");
        let folder = root.join(super::PACKAGE);
        let module = package(root, toolchain, &folder, "rocket_guest", &scratch)?;
        let required = interface::required(interface::of(&module)?);
        interface::same(&interface::contract(), &required)
            .context("the guest breaks its contract")?;
        Ok(Self { module, record: record(toolchain) })
    }
}

/// Where cargo would put the workspace's own artefacts.
pub fn target_folder(root: &Path) -> Result<PathBuf> {
    let folder = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    path::absolute(&folder).with_context(|| format!("cannot find {}", folder.display()))
}

/// Builds the module of the library `name`, whose package is in `folder`.
pub fn package(
    root: &Path,
    toolchain: &Toolchain,
    folder: &Path,
    name: &str,
    scratch: &Path,
) -> Result<Vec<u8>> {
    let mut cargo = toolchain.cargo_build(TARGET, "core");
    let flags = RUSTFLAGS.iter().map(|&flag| flag.to_owned()).collect();
    cargo
        .current_dir(folder)
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags(root, toolchain, flags)?)
        .arg("--target-dir")
        .arg(scratch);
    succeed(&mut cargo)?;
    let module = scratch.join(TARGET).join(format!("release/{name}.wasm"));
    let compiled =
        fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    optimise(&interface::trim(&compiled)?, scratch)
}

/// Builds the program `name` for WASI, whose package is in `folder`, with Rust's whole library.
pub fn program(
    root: &Path,
    toolchain: &Toolchain,
    folder: &Path,
    name: &str,
    scratch: &Path,
) -> Result<Vec<u8>> {
    let mut cargo = toolchain.cargo_build(WASI, "std,panic_abort");
    let flags = vec![
        "-Clink-self-contained=no".to_owned(),
        format!("-Clink-arg={WASI_LIBC}/crt1-command.o"),
        format!("-Clink-arg=-L{WASI_LIBC}"),
    ];
    cargo
        .current_dir(folder)
        .env("CARGO_ENCODED_RUSTFLAGS", rustflags(root, toolchain, flags)?)
        .arg("--target-dir")
        .arg(scratch);
    succeed(&mut cargo)?;
    let module = scratch.join(WASI).join(format!("release/{name}.wasm"));
    fs::read(&module).with_context(|| format!("cannot read {}", module.display()))
}

/// The flags, with a neutral name for each folder whose path could appear in the module.
fn rustflags(root: &Path, toolchain: &Toolchain, mut flags: Vec<String>) -> Result<String> {
    let home = || env::home_dir().map(|home| home.join(".cargo"));
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home);
    let folders = [
        (Some(root.to_owned()), "workbook"),
        (cargo_home, "cargo"),
        (toolchain.compiler.source(), "rust"),
    ];
    for (folder, name) in folders {
        let Some(folder) = folder else { continue };
        let folder =
            folder.to_str().with_context(|| format!("{} is not Unicode", folder.display()))?;
        flags.push(format!("--remap-path-prefix={folder}=/{name}"));
    }
    Ok(flags.join("\x1f"))
}

fn optimise(module: &[u8], scratch: &Path) -> Result<Vec<u8>> {
    let [input, output] = ["trimmed.wasm", "optimised.wasm"].map(|name| scratch.join(name));
    fs::write(&input, module).with_context(|| format!("cannot write {}", input.display()))?;
    succeed(Command::new("wasm-opt").args(WASM_OPT).arg(&input).arg("-o").arg(&output))?;
    fs::read(&output).with_context(|| format!("cannot read {}", output.display()))
}

/// Runs a command that has to succeed.
pub fn succeed(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot run {program}"))?;
    if !status.success() {
        let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
        bail!("`{program} {}` failed: {status}", arguments.join(" "));
    }
    Ok(())
}

/// What two builds must have in common to be equal byte by byte. Their folders may differ.
fn record(toolchain: &Toolchain) -> String {
    let Toolchain { compiler, core, wasm_opt } = toolchain;
    let rustc = compiler.output(&["--version"]).unwrap_or_default();
    format!(
        "# Written by `cargo workbook guest`: what built rocket.wasm.\n\
         rustc = {rustc:?}\n\
         host = \"{}-{}\"\n\
         core = {:?}\n\
         linker = {:?}\n\
         rustflags = {RUSTFLAGS:?}\n\
         wasm-opt = {wasm_opt:?}\n\
         wasm-opt-flags = {WASM_OPT:?}\n",
        env::consts::ARCH,
        env::consts::OS,
        core.describe(),
        core.linker(),
    )
}
