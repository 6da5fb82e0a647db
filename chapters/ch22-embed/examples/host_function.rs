//! A module calls the host: a closure, one that sees its caller, and one that
//! fails.

use std::error::Error;
use std::io::{self, Write};

use ch22_embed::{Caller, Engine, Linker, Module, Store};

/// The host's own error.
#[derive(Debug, thiserror::Error)]
#[error("there is no day {0}")]
struct NoSuchDay(u32);

/// What the program does, with its output going to `out`.
///
/// # Errors
///
/// Whatever goes wrong.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let engine = Engine::default();
    // A linker knows what there is to import. It belongs to no store, so one
    // linker may serve many.
    let mut linker = Linker::<Vec<u32>>::new(&engine);
    // A function that knows of no caller is a plain closure.
    linker.func_wrap("host", "double", |x: u32| 2 * x)?;
    // One that takes a `Caller` first has the data of the store.
    linker.func_wrap(
        "host",
        "note",
        |mut caller: Caller<'_, _>, day: u32| {
            if day > 31 {
                return Err(NoSuchDay(day));
            }
            let noted: &mut Vec<u32> = caller.data_mut();
            noted.push(day);
            Ok(())
        },
    )?;
    let text = r#"(module
        (import "host" "double" (func $double (param i32) (result i32)))
        (import "host" "note" (func $note (param i32)))
        (func (export "run") (param i32)
            (call $note (local.get 0))
            (call $note (call $double (local.get 0)))))"#;
    let module = Module::new(&engine, text)?;
    let mut store = Store::new(&engine, Vec::new());
    let instance = linker.instantiate(&mut store, &module)?;
    let run = instance.get_typed_func::<u32, ()>(&mut store, "run")?;
    run.call(&mut store, 12)?;
    writeln!(out, "noted: {:?}", store.data())?;
    // The host's error comes back as it was, through the module's frames.
    let error = run.call(&mut store, 20).unwrap_err();
    if let Some(NoSuchDay(day)) = error.downcast_ref() {
        writeln!(out, "the host says: {error} (day {day})")?;
    }
    writeln!(out, "noted: {:?}", store.data())?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout())
}
