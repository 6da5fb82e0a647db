// Bindings of the module `callbacks`, made by `wasm bindgen`.

use ch22_embed::{
    AsContext, AsContextMut, Caller, Error, Instance, Linker, Module, Store, Table,
    TypedFunc,
};

/// What the module imports: functions of the host.
pub trait Imports {
    /// `host` `choose`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn host_choose(&mut self) -> Result<i32, Error>;
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
            "choose",
            move |mut caller: Caller<'_, T>| { get(caller.data_mut()).host_choose() },
        )?;
    Ok(())
}

/// An instance of the module `callbacks`.
#[allow(dead_code, reason = "hardly anybody needs all of it")]
#[derive(Clone, Debug)]
pub struct Callbacks {
    instance: Instance,
    operations: Table,
    compute: TypedFunc<(i32, i32), i32>,
}

#[allow(dead_code, reason = "hardly anybody needs all of it")]
impl Callbacks {
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
        let operations = instance
            .get_table(&store, "operations")
            .ok_or_else(|| Error::msg("the module exports no table `operations`"))?;
        let compute = instance.get_typed_func(&store, "compute")?;
        Ok(Self {
            instance,
            operations,
            compute,
        })
    }

    /// The instance.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// The export `operations`.
    pub fn operations(&self) -> Table {
        self.operations
    }

    /// Calls the export `compute`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn compute(
        &self,
        store: impl AsContextMut,
        x: i32,
        y: i32,
    ) -> Result<i32, Error> {
        self.compute.call(store, (x, y))
    }
}
