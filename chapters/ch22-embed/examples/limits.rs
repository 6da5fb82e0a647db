//! A module that isn't trusted: how much it may run, nest, and take.

use std::error::Error;
use std::io::{self, Write};

use ch22_embed::{
    Config, Engine, Instance, Interrupted, Linker, Module, Store, StoreLimits,
    StoreLimitsBuilder, Trap,
};

const TEXT: &str = r#"(module
    (memory 1)
    (func (export "forever") (loop (br 0)))
    (func $down (export "down") (call $down))
    (func (export "grow") (param i32) (result i32)
        (memory.grow (local.get 0))))"#;

/// What the program does, with its output going to `out`.
///
/// # Errors
///
/// Whatever goes wrong.
pub fn run(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // Fuel: a call takes a unit, and so does each branch back in a loop.
    let mut config = Config::new();
    config.consume_fuel(true).max_call_depth(1000);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, TEXT)?;
    // A limiter is part of the store's data. It decides about growth.
    let limits = StoreLimitsBuilder::new().memory_size(2 << 16).build();
    let mut store = Store::new(&engine, limits);
    store.limiter(|limits| limits);
    let linker = Linker::<StoreLimits>::new(&engine);
    let instance = linker.instantiate(&mut store, &module)?;
    store.set_fuel(10_000)?;
    let forever = instance.get_typed_func::<(), ()>(&store, "forever")?;
    let error = forever.call(&mut store, ()).unwrap_err();
    writeln!(out, "{error}; fuel left: {}", store.get_fuel()?)?;
    store.set_fuel(10_000)?;
    let down = instance.get_typed_func::<(), ()>(&store, "down")?;
    let error = down.call(&mut store, ()).unwrap_err();
    let is_deep = error.trap() == Some(Trap::CallStackExhausted);
    writeln!(out, "{error}: {is_deep}")?;
    let grow = instance.get_typed_func::<i32, i32>(&store, "grow")?;
    let (first, second) =
        (grow.call(&mut store, 1)?, grow.call(&mut store, 1)?);
    writeln!(out, "grown from {first} page, then {second}: refused")?;

    // Another thread can end a call too, if the engine is told before.
    let engine = Engine::new(Config::new().interruptible(true));
    let module = Module::new(&engine, TEXT)?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    let handle = store.interrupt_handle()?;
    let watchdog = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(10));
        handle.interrupt();
    });
    let forever = instance.get_typed_func::<(), ()>(&store, "forever")?;
    let error = forever.call(&mut store, ()).unwrap_err();
    writeln!(out, "{error}: {}", error.is::<Interrupted>())?;
    watchdog.join().map_err(|_| "the other thread has panicked")?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(&mut io::stdout())
}
