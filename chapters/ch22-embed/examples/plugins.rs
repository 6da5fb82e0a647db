//! Plugins: several modules behind one interface, each in a store of its own,
//! so that one which fails takes nothing with it.

use std::error::Error;
use std::io::{self, Write};

use ch22_embed::{Caller, Config, Engine, Linker, Module, Store, TypedFunc};

/// What a plugin has of the host.
struct Plugin {
    name: &'static str,
    log: Vec<String>,
}

const SHOUT: &str = r#"(module
    (import "host" "log" (func $log (param i32 i32)))
    (memory (export "memory") 1)
    (data (i32.const 8) "doubling")
    (func (export "price") (param i64) (result i64)
        (call $log (i32.const 8) (i32.const 8))
        (i64.mul (local.get 0) (i64.const 2))))"#;
const BROKEN: &str = r#"(module
    (func $divide (param i64) (result i64)
        (i64.div_s (local.get 0) (i64.const 0)))
    (func (export "price") (param i64) (result i64)
        (call $divide (local.get 0))))"#;
const GREEDY: &str = r#"(module
    (func (export "price") (param i64) (result i64)
        (loop (br 0)) (unreachable)))"#;

/// What the program does, with its output going to `out`.
///
/// # Errors
///
/// Whatever goes wrong.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let engine = Engine::new(Config::new().consume_fuel(true));
    let mut linker = Linker::<Plugin>::new(&engine);
    linker.func_wrap("host", "log", log)?;
    let mut price = 100;
    let plugins = [("shout", SHOUT), ("broken", BROKEN), ("greedy", GREEDY)];
    for (name, text) in plugins {
        let module = Module::new(&engine, text)?;
        let plugin = Plugin { name, log: Vec::new() };
        let mut store = Store::new(&engine, plugin);
        store.set_fuel(10_000)?;
        let instance = linker.instantiate(&mut store, &module)?;
        let function: TypedFunc<i64, i64> =
            instance.get_typed_func(&store, "price")?;
        match function.call(&mut store, price) {
            Ok(better) => price = better,
            // The backtrace is part of the error's `Debug`.
            Err(error) => writeln!(out, "{name} has failed: {error:?}")?,
        }
        let Plugin { name, log } = store.into_data();
        writeln!(out, "{name}: {price} {log:?}")?;
    }
    Ok(())
}

/// A plugin's function for its log: a text in its memory.
fn log(
    mut caller: Caller<'_, Plugin>,
    at: u32,
    length: u32,
) -> Result<(), ch22_embed::Error> {
    let no_memory = || ch22_embed::Error::msg("there is no memory");
    let memory = caller.get_export("memory").and_then(|it| it.into_memory());
    let memory = memory.ok_or_else(no_memory)?;
    // The length is the module's word, so nothing is reserved for it before
    // it's known to be in the memory.
    let (bytes, plugin) = memory.data_and_store_mut(&mut caller);
    let rest = bytes.get(at as usize..).unwrap_or_default();
    let text = rest.get(..length as usize);
    let text = text.ok_or(ch22_embed::MemoryAccessError)?;
    let text = String::from_utf8_lossy(text);
    plugin.log.push(format!("{}: {text}", plugin.name));
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout())
}
