//! The caller of a function of the host.

use annex_embedding as seam;
use annex_embedding::{CallFirst, HostError, InstanceAddr, Suspend};

use crate::instance::Extern;
use crate::value::Val;
use crate::{
    AsContext, AsContextMut, Engine, Error, Func, StoreContext, StoreContextMut,
};

/// Who calls a function of the host: the store in the middle of a call, and the
/// instance whose code has called.
///
/// The store is as usable as from outside, except that a module can't be
/// instantiated. A function that is called back runs on top of the interrupted
/// one, under the same limits.
///
/// ```
/// use ch22_embed::{Caller, Engine, Error, Linker, Module, Store};
///
/// # fn main() -> Result<(), Error> {
/// let engine = Engine::default();
/// let mut linker = Linker::<u32>::new(&engine);
/// let count = |mut caller: Caller<'_, u32>, by: u32| {
///     *caller.data_mut() += by;
///     *caller.data()
/// };
/// linker.func_wrap("host", "count", count)?;
/// let text = r#"(module
///     (import "host" "count" (func $count (param i32) (result i32)))
///     (func (export "twice") (result i32)
///         (call $count (i32.const 1))
///         (i32.add (call $count (i32.const 2)))))"#;
/// let module = Module::new(&engine, text)?;
/// let mut store = Store::new(&engine, 40);
/// let instance = linker.instantiate(&mut store, &module)?;
/// let twice = instance.get_typed_func::<(), i32>(&mut store, "twice")?;
/// assert_eq!(twice.call(&mut store, ())?, 41 + 43);
/// assert_eq!(*store.data(), 43);
/// # Ok(())
/// # }
/// ```
pub struct Caller<'a, T: 'static> {
    context: StoreContextMut<'a, T>,
    instance: Option<InstanceAddr>,
    answer: Option<Box<seam::Answer>>,
}

impl<'a, T: 'static> Caller<'a, T> {
    pub(crate) fn new(
        context: StoreContextMut<'a, T>,
        instance: Option<InstanceAddr>,
        answer: Option<seam::Answer>,
    ) -> Caller<'a, T> {
        let answer = answer.map(Box::new);
        Caller { context, instance, answer }
    }

    /// What the calling instance exports under a name.
    pub fn get_export(&mut self, name: &str) -> Option<Extern> {
        let instance = self.instance?;
        let item = self.context.seam().export(instance, name)?;
        Some(Extern::of(item, self.context.host().id))
    }

    /// The host's data.
    pub fn data(&self) -> &T {
        self.context.data()
    }

    /// The host's data, for changes.
    pub fn data_mut(&mut self) -> &mut T {
        self.context.data_mut()
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        self.context.engine()
    }

    /// Sets how much fuel there is.
    ///
    /// # Errors
    ///
    /// The engine doesn't count it.
    pub fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        self.context.set_fuel(fuel)
    }

    /// How much fuel there is.
    ///
    /// # Errors
    ///
    /// The engine doesn't count it.
    pub fn get_fuel(&self) -> Result<u64, Error> {
        self.context.get_fuel()
    }

    /// An error that pauses the call: the host will have the results later, and
    /// gives them by [`Paused::answer`](crate::Paused::answer). `reason` is for
    /// whoever made the call.
    ///
    /// A call that can't be paused ends with
    /// [`CannotPause`](crate::CannotPause).
    pub fn suspend(&self, reason: impl Into<HostError>) -> Error {
        Error::new(Suspend(reason.into()))
    }

    /// An error with which the machine makes a call for the host, and then
    /// calls the function of the host again, with the same arguments:
    /// [`Caller::answer`] tells it what has become of the call. That call can
    /// be paused, too, since no call of Rust is between.
    pub fn call_first(
        &mut self,
        function: &Func,
        arguments: &[Val],
        state: u64,
    ) -> Error {
        let host = self.context.host();
        host.check(function.store);
        let arguments = arguments.iter().map(|it| it.to_value(host)).collect();
        let function = function.address;
        Error::new(CallFirst { function, arguments, state })
    }

    /// What has become of the call that was asked for, and the state that was
    /// noted; `None` if the function is called for the first time. It is told
    /// once.
    pub fn answer(&mut self) -> Option<(u64, Result<Vec<Val>, Error>)> {
        let seam::Answer { state, outcome } = *self.answer.take()?;
        let outcome = match outcome {
            Ok(values) => {
                let host = self.context.host();
                let values = values.into_iter().map(|it| Val::of(it, host));
                Ok(values.collect())
            }
            Err(error) => Err(self.context.explain(error)),
        };
        Some((state, outcome))
    }
}

impl<T> AsContext for Caller<'_, T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        self.context.as_context()
    }
}

impl<T> AsContextMut for Caller<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        self.context.as_context_mut()
    }
}
