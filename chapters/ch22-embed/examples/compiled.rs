//! A module is compiled once, and loaded without translating anything.

use std::error::Error;
use std::io::{self, Write};

use ch22_embed::{Engine, Instance, Module, Store};

/// What the program does, with its output going to `out`.
///
/// # Errors
///
/// Whatever goes wrong.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let engine = Engine::default();
    let text = r#"(module
        (func (export "sum") (param i32 i32) (result i32)
            (i32.add (local.get 0) (local.get 1))))"#;
    // The module, and what the fast machine makes of its functions. A program
    // would write the bytes to a file, next to the module.
    let bytes = Module::new(&engine, text)?.serialize()?;
    writeln!(out, "compiled: {}", Module::is_serialized(&bytes))?;

    // The next time nothing is translated. Wherever the bytes come from, they
    // are checked.
    let module = Module::deserialize(&engine, &bytes)?;
    writeln!(out, "with code for this engine: {}", module.is_compiled())?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    let sum = instance.get_typed_func::<(i32, i32), i32>(&mut store, "sum")?;
    writeln!(out, "sum(5, 37) = {}", sum.call(&mut store, (5, 37))?)?;

    // A damaged file is an error, and no crash.
    let mut damaged = bytes;
    damaged[40] ^= 1;
    writeln!(out, "{}", Module::deserialize(&engine, &damaged).unwrap_err())?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout())
}
