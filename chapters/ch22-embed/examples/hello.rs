//! The smallest embedding: a module, an instance, a call.

use std::error::Error;
use std::io::{self, Write};

use ch22_embed::{Engine, Instance, Module, Store};

/// What the program does, with its output going to `out`.
///
/// # Errors
///
/// Whatever goes wrong.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // An engine says how modules are executed. Many threads may share it.
    let engine = Engine::default();
    // A module is code, read and checked once: text, or the binary format.
    let text = r#"(module
        (func (export "add") (param i32 i32) (result i32)
            (i32.add (local.get 0) (local.get 1))))"#;
    let module = Module::new(&engine, text)?;
    // A store owns everything that is alive. This one has no data of its own.
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    // The types are checked here, once, and not at each call.
    let add = instance.get_typed_func::<(i32, i32), i32>(&mut store, "add")?;
    writeln!(out, "2 + 40 = {}", add.call(&mut store, (2, 40))?)?;
    // A wrong type is an error that says which one would be right.
    let wrong = instance.get_typed_func::<f64, f64>(&mut store, "add");
    writeln!(out, "{}", wrong.unwrap_err())?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout())
}
