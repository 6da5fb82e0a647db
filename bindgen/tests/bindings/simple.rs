// Bindings of the module `simple`, made by `wasm bindgen`.

use ch22_embed::{
    AsContext, AsContextMut, Error, Instance, Linker, Module, Store, TypedFunc,
};

/// An instance of the module `simple`.
#[allow(dead_code, reason = "hardly anybody needs all of it")]
#[derive(Clone, Debug)]
pub struct Simple {
    instance: Instance,
    add: TypedFunc<(i32, i32), i32>,
}

#[allow(dead_code, reason = "hardly anybody needs all of it")]
impl Simple {
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
        let add = instance.get_typed_func(&store, "add")?;
        Ok(Self { instance, add })
    }

    /// The instance.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// Calls the export `add`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn add(&self, store: impl AsContextMut, a: i32, b: i32) -> Result<i32, Error> {
        self.add.call(store, (a, b))
    }
}
