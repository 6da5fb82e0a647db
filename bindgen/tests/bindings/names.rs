// Bindings of the module `names`, made by `wasm bindgen`.

use ch22_embed::{
    AsContext, AsContextMut, Caller, Error, Instance, Linker, Module, Store, TypedFunc,
};

/// What the module imports: functions of the host.
pub trait Imports {
    /// `env` `type`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_type(&mut self, self_: i32) -> Result<i32, Error>;
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
            "type",
            move |mut caller: Caller<'_, T>, self_: i32| {
                get(caller.data_mut()).env_type(self_)
            },
        )?;
    Ok(())
}

/// An instance of the module `names`.
#[allow(dead_code, reason = "hardly anybody needs all of it")]
#[derive(Clone, Debug)]
pub struct Names {
    instance: Instance,
    r#fn: TypedFunc<i32, i32>,
    fn_2: TypedFunc<(), i32>,
    new_2: TypedFunc<(), i32>,
    unnamed: TypedFunc<(), i32>,
    _2d_size: TypedFunc<(i32, i32), i32>,
}

#[allow(dead_code, reason = "hardly anybody needs all of it")]
impl Names {
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
        let r#fn = instance.get_typed_func(&store, "fn")?;
        let fn_2 = instance.get_typed_func(&store, "Fn")?;
        let new_2 = instance.get_typed_func(&store, "new")?;
        let unnamed = instance.get_typed_func(&store, "")?;
        let _2d_size = instance.get_typed_func(&store, "2d-size")?;
        Ok(Self {
            instance,
            r#fn,
            fn_2,
            new_2,
            unnamed,
            _2d_size,
        })
    }

    /// The instance.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// Calls the export `fn`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn r#fn(&self, store: impl AsContextMut, r#match: i32) -> Result<i32, Error> {
        self.r#fn.call(store, r#match)
    }

    /// Calls the export `Fn`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn fn_2(&self, store: impl AsContextMut) -> Result<i32, Error> {
        self.fn_2.call(store, ())
    }

    /// Calls the export `new`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn new_2(&self, store: impl AsContextMut) -> Result<i32, Error> {
        self.new_2.call(store, ())
    }

    /// Calls the export ``.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn unnamed(&self, store: impl AsContextMut) -> Result<i32, Error> {
        self.unnamed.call(store, ())
    }

    /// Calls the export `2d-size`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn _2d_size(
        &self,
        store: impl AsContextMut,
        store_2: i32,
        store2: i32,
    ) -> Result<i32, Error> {
        self._2d_size.call(store, (store_2, store2))
    }
}
