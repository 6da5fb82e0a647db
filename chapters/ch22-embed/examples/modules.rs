//! What is in a module, before anything of it is alive; and modules by name.

use std::error::Error;
use std::io::{self, Write};

use ch22_embed::{Engine, Extern, Linker, Module, Store};

/// A module that needs something, and that has a note for tools.
const TEXT: &str = r#"(module
    (import "env" "log" (func (param i32)))
    (import "env" "memory" (memory 1 8))
    (global (export "answer") (mut i64) (i64.const 42))
    (table (export "table") 2 funcref)
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1)))
    (@custom "origin" "made by hand"))"#;

const SIMPLE: &str = r#"(module
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1))))"#;

/// What the program does, with its output going to `out`.
///
/// # Errors
///
/// Whatever goes wrong.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let engine = Engine::default();

    // Is it a module at all? The error says what's wrong, and where.
    Module::validate(&engine, TEXT.as_bytes())?;
    let broken = r#"(module (func (result i32) (i64.const 1)))"#;
    let error = Module::validate(&engine, broken.as_bytes()).unwrap_err();
    writeln!(out, "{error}")?;

    // Imports and exports come with their types and limits.
    let module = Module::new(&engine, TEXT)?;
    for import in module.imports() {
        let (from, name) = (import.module(), import.name());
        writeln!(out, "needs {from}.{name}: {}", import.ty())?;
    }
    for export in module.exports() {
        writeln!(out, "shows {}: {}", export.name(), export.ty())?;
    }
    for (name, bytes) in module.custom_sections() {
        let text = String::from_utf8_lossy(bytes);
        writeln!(out, "has a section {name}: {text}")?;
    }

    // A linker finds what an instance exports by two names.
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    linker.module(&mut store, "simple", &Module::new(&engine, SIMPLE)?)?;
    let Some(Extern::Func(add)) = linker.get(&mut store, "simple", "add")
    else {
        return Err("there's no function `add`".into());
    };
    let add = add.typed::<(i32, i32), i32>(&mut store)?;
    writeln!(out, "simple.add(3, 4) = {}", add.call(&mut store, (3, 4))?)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout())
}
