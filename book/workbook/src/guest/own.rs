//! Our own guests in `tests/guests`: builds those whose compiler is on this machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use guests::own::{self, Compiler, Guest, Record};

use super::build::{WASI_LIBC, package, program, succeed, target_folder};
use super::compare;
use super::toolchain::{Core, Toolchain, first_line};

/// Where they are.
const FOLDER: &str = "tests/guests";

/// AssemblyScript's compiler, where npm puts it.
const ASC: &str = "node_modules/assemblyscript/bin/asc.js";

/// A compiler that was found, and its version.
struct Found {
    program: Program,
    version: String,
}

enum Program {
    /// A command, and the arguments that come before all others.
    Command(&'static str, Vec<String>),
    /// The rocket's.
    Rust(Toolchain),
    /// The same, with Rust's library for WASI.
    RustForWasi(Toolchain),
}

impl Found {
    /// Finds a compiler, or says what is missing.
    fn find(root: &Path, compiler: Compiler) -> Result<Found, String> {
        match compiler {
            Compiler::Zig => {
                let version = first_line("zig", &["version"]);
                let version = version
                    .ok_or("there is no `zig`; tests/guests/README.md says how to get it")?;
                let program = Program::Command("zig", Vec::new());
                Ok(Found { program, version: format!("zig {version}, {}", host()) })
            }
            Compiler::Asc => {
                let asc = root.join(FOLDER).join(ASC).display().to_string();
                let version = first_line("node", &[&asc, "--version"]);
                let version = version
                    .ok_or("there is no AssemblyScript; run `npm ci --prefix tests/guests`")?;
                let version = version.replace("Version", "assemblyscript");
                Ok(Found { program: Program::Command("node", vec![asc]), version })
            }
            Compiler::Go => {
                let version = first_line("go", &["version"]);
                let version =
                    version.ok_or("there is no `go`; tests/guests/README.md says how to get it")?;
                Ok(Found { program: Program::Command("go", Vec::new()), version })
            }
            Compiler::Wasip1 => {
                let toolchain = Toolchain::find().map_err(|missing| missing.to_string())?;
                if matches!(toolchain.core, Core::Installed) {
                    return Err("it has to be built with a library from source".to_owned());
                }
                if !Path::new(WASI_LIBC).is_dir() {
                    return Err(format!(
                        "there is no {WASI_LIBC}; on Debian run `apt-get install wasi-libc`"
                    ));
                }
                let rustc = toolchain.compiler.output(&["--version"]).unwrap_or_default();
                let libc = first_line("dpkg-query", &["-W", "-f=${Version}", "wasi-libc"]);
                let (linker, libc) = (toolchain.core.linker(), libc.unwrap_or_default());
                let version =
                    format!("{rustc}, std from source, {linker}, wasi-libc {libc}, {}", host());
                Ok(Found { program: Program::RustForWasi(toolchain), version })
            }
            Compiler::Cargo => {
                let toolchain = Toolchain::find().map_err(|missing| missing.to_string())?;
                let rustc = toolchain.compiler.output(&["--version"]).unwrap_or_default();
                let (core, linker) = (toolchain.core.describe(), toolchain.core.linker());
                let version =
                    format!("{rustc}, core {core}, {linker}, {}, {}", toolchain.wasm_opt, host());
                Ok(Found { program: Program::Rust(toolchain), version })
            }
        }
    }

    /// Builds the module of a guest, and leaves the committed one alone.
    fn build(&self, root: &Path, name: &str, guest: &Guest) -> Result<Vec<u8>> {
        let folder = guest.folder(&root.join(FOLDER));
        let scratch = target_folder(root)?.join("guest");
        match &self.program {
            Program::Rust(toolchain) => package(root, toolchain, &folder, name, &scratch),
            Program::RustForWasi(toolchain) => program(root, toolchain, &folder, name, &scratch),
            Program::Command(program, first) => {
                fs::create_dir_all(&scratch)
                    .with_context(|| format!("cannot make {}", scratch.display()))?;
                let module = scratch.join(format!("{name}.wasm"));
                let to = module
                    .to_str()
                    .with_context(|| format!("{} is not Unicode", module.display()))?;
                let arguments = guest.arguments(to);
                let mut command = Command::new(program);
                if let Some(compiler) = guest.compiler {
                    command.envs(compiler.variables().iter().copied());
                }
                succeed(command.args(first).args(arguments).current_dir(folder))?;
                fs::read(&module).with_context(|| format!("cannot read {}", module.display()))
            }
        }
    }
}

fn host() -> String {
    format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS)
}

/// Compares the modules with what is built from their sources. A guest whose compiler is missing (unless it's required), or
/// isn't the one that built the module, is skipped.
pub fn check(root: &Path, require: bool) -> Result<()> {
    let folder = root.join(FOLDER);
    let records = own::records(&folder)?;
    for (name, guest) in own::guests(&folder)? {
        let Some(compiler) = guest.compiler else { continue };
        let record = records.get(&name).with_context(|| format!("{name} has no record"))?;
        let found = Found::find(root, compiler);
        if let (true, Err(why)) = (require, &found) {
            bail!("{name}: {why}");
        }
        let found = match usable(found, record.compiler.as_deref()) {
            Ok(found) => found,
            Err(why) => {
                println!("skipped: {name}: {why}");
                continue;
            }
        };
        let rebuilt = found.build(root, &name, &guest)?;
        if guest.large {
            let built = guest.record(&folder, record.compiler.clone(), Some(&rebuilt))?;
            same_record(&name, record, &built, rebuilt.len())?;
            write(&guest.module(&folder, &name), &rebuilt)?;
        } else {
            same(&folder, &name, &rebuilt)?;
        }
    }
    Ok(())
}

/// The compiler, if it is the recorded one.
fn usable(found: Result<Found, String>, recorded: Option<&str>) -> Result<Found, String> {
    let found = found?;
    match recorded {
        Some(recorded) if recorded != found.version => {
            Err(format!("its module was built by {recorded}, and here is {}", found.version))
        }
        _ => Ok(found),
    }
}

fn same(folder: &Path, name: &str, rebuilt: &[u8]) -> Result<()> {
    let module = own::module(folder, name);
    let committed =
        fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    compare::same_bytes(&committed, rebuilt).with_context(|| {
        format!("{name}'s module is not what its source becomes; run `cargo workbook guest --own` and commit both")
    })?;
    println!(
        "{FOLDER}/modules/{name}.wasm: the rebuilt module is equal in all {} bytes",
        committed.len()
    );
    Ok(())
}

/// Compares the record of a module that isn't committed with what is built here.
fn same_record(name: &str, record: &Record, built: &Record, size: usize) -> Result<()> {
    ensure!(
        record == built,
        "{name}'s module is not the recorded one; run `cargo workbook guest --own` and commit the record"
    );
    println!("{name}.wasm: the rebuilt module is the recorded one, all {size} bytes");
    Ok(())
}

/// Builds the modules again, and records what they were built from.
pub fn replace(root: &Path) -> Result<()> {
    let folder = root.join(FOLDER);
    let before = own::records(&folder)?;
    let guests = own::guests(&folder)?;
    let mut records = before.clone();
    records.retain(|name, _| guests.contains_key(name));
    for (name, guest) in guests {
        let record = match guest.compiler.map(|compiler| Found::find(root, compiler)) {
            None => guest.record(&folder, None, None)?,
            Some(Err(why)) => {
                println!("skipped: {name}: {why}");
                continue;
            }
            Some(Ok(found)) => {
                let module = found.build(root, &name, &guest)?;
                write(&guest.module(&folder, &name), &module)?;
                guest.record(&folder, Some(found.version), Some(&module))?
            }
        };
        records.insert(name, record);
    }
    own::write_records(&folder, &records)?;
    Ok(())
}

fn write(file: &Path, module: &[u8]) -> Result<()> {
    let shown = file.display();
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(file, module).with_context(|| format!("cannot write {shown}"))?;
    println!("{shown}: {} bytes", module.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(version: &str) -> Found {
        Found { program: Program::Command("zig", Vec::new()), version: version.to_owned() }
    }

    #[test]
    fn a_missing_or_another_compiler_is_no_reason_to_fail() {
        assert!(usable(Ok(found("zig 1")), Some("zig 1")).is_ok());
        assert!(usable(Ok(found("zig 1")), None).is_ok());
        let why = usable(Ok(found("zig 2")), Some("zig 1")).err().unwrap();
        assert_eq!(why, "its module was built by zig 1, and here is zig 2");
        assert_eq!(usable(Err("none".to_owned()), Some("zig 1")).err().unwrap(), "none");
        // There is nothing installed in an empty folder.
        let root = tempfile::tempdir().unwrap();
        let why = Found::find(root.path(), Compiler::Asc).err().unwrap();
        assert!(why.contains("npm ci --prefix tests/guests"), "{why}");
    }

    #[test]
    fn a_module_that_is_built_to_other_bytes_is_named_with_the_command() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("modules")).unwrap();
        fs::write(own::module(folder.path(), "one"), "module").unwrap();
        same(folder.path(), "one", b"module").unwrap();
        let error = format!("{:#}", same(folder.path(), "one", b"modules").unwrap_err());
        assert!(error.contains("one's module") && error.contains("--own"), "{error}");
        assert!(error.contains("offset 0x6"), "{error}");
    }
}
