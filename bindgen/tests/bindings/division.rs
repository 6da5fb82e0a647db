// Bindings of the module `division`, made by `wasm bindgen`.

use ch22_embed::{
    AsContext, AsContextMut, Error, Instance, Linker, Module, Store, TypedFunc,
};

/// An instance of the module `division`.
#[allow(dead_code, reason = "hardly anybody needs all of it")]
#[derive(Clone, Debug)]
pub struct Division {
    instance: Instance,
    divide: TypedFunc<(i32, i32), (i32, i32)>,
    half: TypedFunc<f32, f64>,
}

#[allow(dead_code, reason = "hardly anybody needs all of it")]
impl Division {
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
        let divide = instance.get_typed_func(&store, "divide")?;
        let half = instance.get_typed_func(&store, "half")?;
        Ok(Self { instance, divide, half })
    }

    /// The instance.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// Calls the export `divide`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn divide(
        &self,
        store: impl AsContextMut,
        x: i32,
        y: i32,
    ) -> Result<(i32, i32), Error> {
        self.divide.call(store, (x, y))
    }

    /// Calls the export `half`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn half(&self, store: impl AsContextMut, x: f32) -> Result<f64, Error> {
        self.half.call(store, x)
    }
}
