// Bindings of the module `references`, made by `wasm bindgen`.

use ch22_embed::{
    AnyRef, AsContext, AsContextMut, Caller, Error, ExternRef, Func, Instance, Linker,
    Module, Store, TypedFunc,
};

/// What the module imports: functions of the host.
pub trait Imports {
    /// `host` `seen`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn host_seen(&mut self, x0: Option<ExternRef>) -> Result<Option<ExternRef>, Error>;
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
            "host",
            "seen",
            move |mut caller: Caller<'_, T>, x0: Option<ExternRef>| {
                get(caller.data_mut()).host_seen(x0)
            },
        )?;
    Ok(())
}

/// An instance of the module `references`.
#[allow(dead_code, reason = "hardly anybody needs all of it")]
#[derive(Clone, Debug)]
pub struct References {
    instance: Instance,
    pass: TypedFunc<Option<ExternRef>, Option<ExternRef>>,
    is_null: TypedFunc<Option<AnyRef>, i32>,
    small: TypedFunc<i32, Option<AnyRef>>,
    call: Func,
}

#[allow(dead_code, reason = "hardly anybody needs all of it")]
impl References {
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
        let pass = instance.get_typed_func(&store, "pass")?;
        let is_null = instance.get_typed_func(&store, "is_null")?;
        let small = instance.get_typed_func(&store, "small")?;
        let call = instance
            .get_func(&store, "call")
            .ok_or_else(|| Error::msg("the module exports no func `call`"))?;
        Ok(Self {
            instance,
            pass,
            is_null,
            small,
            call,
        })
    }

    /// The instance.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// Calls the export `pass`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn pass(
        &self,
        store: impl AsContextMut,
        x0: Option<ExternRef>,
    ) -> Result<Option<ExternRef>, Error> {
        self.pass.call(store, x0)
    }

    /// Calls the export `is_null`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn is_null(
        &self,
        store: impl AsContextMut,
        x0: Option<AnyRef>,
    ) -> Result<i32, Error> {
        self.is_null.call(store, x0)
    }

    /// Calls the export `small`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn small(
        &self,
        store: impl AsContextMut,
        x: i32,
    ) -> Result<Option<AnyRef>, Error> {
        self.small.call(store, x)
    }

    /// The export `call`.
    pub fn call(&self) -> Func {
        self.call
    }
}
