// Bindings of the module `counter`, made by `wasm bindgen`.

use ch22_embed::{
    AsContext, AsContextMut, Error, Global, Instance, Linker, Module, Store, TypedFunc,
};

/// An instance of the module `counter`.
#[allow(dead_code, reason = "hardly anybody needs all of it")]
#[derive(Clone, Debug)]
pub struct Counter {
    instance: Instance,
    count: Global,
    step: Global,
    advance: TypedFunc<(), i64>,
}

#[allow(dead_code, reason = "hardly anybody needs all of it")]
impl Counter {
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
        let count = instance
            .get_global(&store, "count")
            .ok_or_else(|| Error::msg("the module exports no global `count`"))?;
        let step = instance
            .get_global(&store, "step")
            .ok_or_else(|| Error::msg("the module exports no global `step`"))?;
        let advance = instance.get_typed_func(&store, "advance")?;
        Ok(Self {
            instance,
            count,
            step,
            advance,
        })
    }

    /// The instance.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// The export `count`.
    pub fn count(&self) -> Global {
        self.count
    }

    /// The export `step`.
    pub fn step(&self) -> Global {
        self.step
    }

    /// Calls the export `advance`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn advance(&self, store: impl AsContextMut) -> Result<i64, Error> {
        self.advance.call(store, ())
    }
}
