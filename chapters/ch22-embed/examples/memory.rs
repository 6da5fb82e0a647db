//! Text goes into a module's memory, and comes out changed.

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
        (memory (export "memory") 1)
        ;; Adds 13 to each of `$length` bytes from `$at` on.
        (func (export "shift") (param $at i32) (param $length i32)
            (local $end i32)
            (local.set $end (i32.add (local.get $at) (local.get $length)))
            (block $done (loop $next
                (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
                (i32.store8 (local.get $at)
                    (i32.add (i32.load8_u (local.get $at)) (i32.const 13)))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $next)))))"#;
    let module = Module::new(&engine, text)?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    let memory = instance.get_memory(&mut store, "memory");
    let memory = memory.ok_or("the module exports no memory")?;
    // `write` and `read` copy, and what isn't within is an error.
    let word = b"ABCDEFGHIJKLM";
    memory.write(&mut store, 100, word)?;
    let shift = instance.get_typed_func::<(u32, u32), ()>(&store, "shift")?;
    shift.call(&mut store, (100, word.len() as u32))?;
    let mut changed = vec![0; word.len()];
    memory.read(&store, 100, &mut changed)?;
    writeln!(out, "{}", String::from_utf8(changed)?)?;
    // `data` copies nothing: the bytes are borrowed as long as the store.
    writeln!(out, "{:?}", &memory.data(&store)[98..102])?;
    let size = memory.data_size(&store);
    let outside = memory.write(&mut store, size - 1, word).unwrap_err();
    writeln!(out, "{outside}")?;
    writeln!(out, "pages before: {}", memory.grow(&mut store, 2)?)?;
    writeln!(out, "pages now: {}", memory.size(&store))?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout())
}
