// Bindings of the module `signals`, made by `wasm bindgen`.

use ch22_embed::{
    AsContext, AsContextMut, Caller, Error, Instance, Linker, Module, Store, Tag,
    TypedFunc,
};

/// What the module imports: functions of the host.
pub trait Imports {
    /// `env` `log`
    ///
    /// # Errors
    ///
    /// Whatever the host has: it ends the call.
    fn env_log(&mut self, x0: i32) -> Result<(), Error>;
}

/// Gives a linker what the module imports. `get` finds it in the data of the store.
/// What else the module imports has to be in the linker, too: `env` `memory`.
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
            "log",
            move |mut caller: Caller<'_, T>, x0: i32| {
                get(caller.data_mut()).env_log(x0)
            },
        )?;
    Ok(())
}

/// An instance of the module `signals`.
#[allow(dead_code, reason = "hardly anybody needs all of it")]
#[derive(Clone, Debug)]
pub struct Signals {
    instance: Instance,
    signal: Tag,
    peek: TypedFunc<i32, i32>,
    raise: TypedFunc<i32, ()>,
}

#[allow(dead_code, reason = "hardly anybody needs all of it")]
impl Signals {
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
        let signal = instance
            .get_tag(&store, "signal")
            .ok_or_else(|| Error::msg("the module exports no tag `signal`"))?;
        let peek = instance.get_typed_func(&store, "peek")?;
        let raise = instance.get_typed_func(&store, "raise")?;
        Ok(Self {
            instance,
            signal,
            peek,
            raise,
        })
    }

    /// The instance.
    pub fn instance(&self) -> Instance {
        self.instance
    }

    /// The export `signal`.
    pub fn signal(&self) -> Tag {
        self.signal
    }

    /// Calls the export `peek`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn peek(&self, store: impl AsContextMut, address: i32) -> Result<i32, Error> {
        self.peek.call(store, address)
    }

    /// Calls the export `raise`.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn raise(&self, store: impl AsContextMut, x: i32) -> Result<(), Error> {
        self.raise.call(store, x)
    }
}
