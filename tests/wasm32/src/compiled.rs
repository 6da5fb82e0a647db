//! A module that was compiled elsewhere is executed here.

use ch22_embed::{Config, Engine, Linker, Module, Store};

/// A module with its code, for engines that count no fuel and for those that do; a test of chapter 22 has recorded it.
const COMPILED: [(bool, &[u8]); 2] = [
    (false, include_bytes!("../../../chapters/ch22-embed/tests/compiled/collatz.compiled")),
    (true, include_bytes!("../../../chapters/ch22-embed/tests/compiled/collatz-fuel.compiled")),
];

/// Loads the module, makes sure that its code is used, and calls a function.
///
/// # Errors
///
/// What has gone wrong, or another result.
pub(crate) fn check() -> Result<String, String> {
    for (fuel, bytes) in COMPILED {
        let steps = steps(fuel, bytes).map_err(|error| format!("a compiled module: {error}"))?;
        if steps != 111 {
            return Err(format!("a compiled module: 27 takes {steps} steps"));
        }
    }
    Ok("a module that was compiled elsewhere runs".to_owned())
}

fn steps(fuel: bool, bytes: &[u8]) -> Result<i32, ch22_embed::Error> {
    let engine = Engine::new(Config::new().consume_fuel(fuel));
    let module = Module::deserialize(&engine, bytes)?;
    assert!(module.is_compiled(), "the code is for this engine");
    let mut store = Store::new(&engine, ());
    if fuel {
        store.set_fuel(1000)?;
    }
    let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    let steps = instance.get_typed_func::<i32, i32>(&mut store, "steps")?;
    steps.call(&mut store, 27)
}
