//! What an embedder may do, on each of the four machines.

mod calls;
mod compiled;
mod fuel;
mod hostile;
mod hosts;
mod instances;
mod items;
mod limits;
mod linking;
mod memories;
mod modules;
mod objects;
mod pausing;
mod traps;

use ch22_embed::{
    AsContextMut, Config, Engine, Instance, Linker, Module, Store, Strategy,
};

/// An engine for each machine.
fn engines() -> impl Iterator<Item = Engine> {
    engines_with(|_| {})
}

/// An engine for each machine, with a configuration.
fn engines_with(
    configure: impl Fn(&mut Config),
) -> impl Iterator<Item = Engine> {
    Strategy::ALL.into_iter().map(move |strategy| {
        let mut config = Config::new();
        configure(config.strategy(strategy));
        Engine::new(&config)
    })
}

/// The same for the machines whose calls can be paused.
fn pausing(configure: impl Fn(&mut Config)) -> impl Iterator<Item = Engine> {
    engines_with(configure)
        .filter(|engine| engine.config().chosen_strategy() != Strategy::Tree)
}

/// A module of a text that is known to be valid.
fn module(engine: &Engine, text: &str) -> Module {
    Module::new(engine, text).expect("the text is a valid module")
}

/// An instance that imports nothing.
fn instance(store: &mut Store<()>, text: &str) -> Instance {
    let module = module(store.engine(), text);
    Instance::new(store, &module, &[]).expect("it can be instantiated")
}

/// An instance with the imports of a linker.
fn linked<T>(
    linker: &Linker<T>,
    mut store: impl AsContextMut<Data = T>,
    text: &str,
) -> Instance {
    let module = module(linker.engine(), text);
    linker.instantiate(&mut store, &module).expect("it can be instantiated")
}

/// Calls an exported function that takes and returns one number.
fn call(store: &mut Store<()>, instance: Instance, name: &str, x: i32) -> i32 {
    let function = instance.get_typed_func::<i32, i32>(&mut *store, name);
    let function = function.expect("there is such a function");
    function.call(store, x).expect("it returns")
}
