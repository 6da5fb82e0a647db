// Bindings of the module `greeting`, made by `wasm bindgen`.

use ch22_embed::{
    AsContext, AsContextMut, Caller, Error, Instance, Linker, Memory, Module, Store,
    TypedFunc,
};

/// What the module imports: functions of the host.
pub trait Imports {
    /// `env` `print`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_print(&mut self, pointer: i32, length: i32) -> Result<(), Error>;
}

/// Gives a linker what the module imports. `get` finds it in the data of the store.
///
/// # Errors
///
/// The linker has one of the names already.
pub fn add_to_linker<T: 'static, I: Imports>(
    linker: &mut Linker<T>,
    get: impl Fn(&mut T) -> &mut I + Copy + Send + Sync + 'static,
) -> Result<(), Error> {
    linker
        .func_wrap(
            "env",
            "print",
            move |mut caller: Caller<'_, T>, pointer: i32, length: i32| {
                get(caller.data_mut()).env_print(pointer, length)
            },
        )?;
    Ok(())
}

/// An instance of the module `greeting`.
#[allow(dead_code, reason = "hardly anybody needs all of it")]
#[derive(Clone, Debug)]
pub struct Greeting {
    instance: Instance,
    memory: Memory,
    greet: TypedFunc<(), ()>,
}

#[allow(dead_code, reason = "hardly anybody needs all of it")]
impl Greeting {
    /// Makes an instance of the module.
    ///
    /// # Errors
    ///
    /// An import is missing, the start function traps, or the module is another one.
    pub fn instantiate<T: 'static>(
        store: &mut Store<T>,
        linker: &Linker<T>,
        module: &Module,
    ) -> Result<Self, Error> {
        let instance = linker.instantiate(&mut *store, module)?;
        Self::new(store, instance)
    }

    /// The bindings of an instance that is there already.
    ///
    /// # Errors
    ///
    /// It is one of another module.
    pub fn new(store: impl AsContext, instance: Instance) -> Result<Self, Error> {
        let _ = &store;
        let memory = instance
            .get_memory(&store, "memory")
            .ok_or_else(|| Error::msg("the module exports no memory `memory`"))?;
        let greet = instance.get_typed_func(&store, "greet")?;
        Ok(Self { instance, memory, greet })
    }

    /// The instance.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// The export `memory`.
    pub fn memory(&self) -> Memory {
        self.memory
    }

    /// Calls the export `greet`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn greet(&self, store: impl AsContextMut) -> Result<(), Error> {
        self.greet.call(store, ())
    }
}
