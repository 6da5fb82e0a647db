//! Calls that are paused, and go on later.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::rc::Rc;

use annex_embedding as seam;
use annex_embedding::{HostError, Pause, PausedCall, Progress, Value};

use crate::func::drive;
use crate::store::{Host, StoreId};
use crate::value::Val;
use crate::{AsContextMut, Error, StoreContextMut};

/// How far a call has come.
#[derive(Debug)]
pub enum ResumableCall {
    /// It has ended, with these results.
    Finished(Vec<Val>),
    /// It is paused, and nothing of it is lost.
    Paused(Paused),
}

impl ResumableCall {
    /// The results, if the call has ended.
    pub fn finished(self) -> Option<Vec<Val>> {
        match self {
            ResumableCall::Finished(results) => Some(results),
            ResumableCall::Paused(_) => None,
        }
    }

    /// The call, if it is paused.
    pub fn paused(self) -> Option<Paused> {
        match self {
            ResumableCall::Paused(paused) => Some(paused),
            ResumableCall::Finished(_) => None,
        }
    }
}

/// A call that is paused. The store keeps it until it goes on, or is dropped.
/// Other calls of the store may run meanwhile, paused ones by turns.
///
/// ```
/// use ch22_embed::{Config, Engine, Instance, Module, ResumableCall, Store};
///
/// # fn main() -> Result<(), ch22_embed::Error> {
/// let engine = Engine::new(Config::new().consume_fuel(true));
/// let text = r#"(module (func (export "count") (result i32) (local i32)
///     (loop
///         (local.set 0 (i32.add (local.get 0) (i32.const 1)))
///         (br_if 0 (i32.lt_u (local.get 0) (i32.const 1000))))
///     (local.get 0)))"#;
/// let module = Module::new(&engine, text)?;
/// let mut store = Store::new(&engine, ());
/// let instance = Instance::new(&mut store, &module, &[])?;
/// let count = instance.get_func(&mut store, "count").expect("it's exported");
/// store.set_fuel(100)?;
/// let mut call = count.call_resumable(&mut store, &[])?;
/// let mut pauses = 0;
/// let results = loop {
///     match call {
///         ResumableCall::Finished(results) => break results,
///         ResumableCall::Paused(paused) => {
///             pauses += 1;
///             store.set_fuel(100)?;
///             call = paused.resume(&mut store)?;
///         }
///     }
/// };
/// assert_eq!((results[0].i32(), pauses), (Some(1000), 9));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Paused {
    store: StoreId,
    /// It is away once the call goes on.
    call: Option<PausedCall>,
    dropped: Dropped,
}

/// The calls that nobody wants to go on with, until the store hears of them.
pub(crate) type Dropped = Rc<RefCell<Vec<PausedCall>>>;

impl Paused {
    /// What comes of a step of a call.
    pub(crate) fn progress<T>(
        store: &mut StoreContextMut<'_, T>,
        progress: Result<Progress, seam::Error>,
    ) -> Result<ResumableCall, Error> {
        let progress = drive(store, progress)?;
        let host = store.host();
        Ok(match progress {
            Progress::Finished(results) => {
                let results = results.into_iter().map(|it| Val::of(it, host));
                ResumableCall::Finished(results.collect())
            }
            Progress::Paused(call) => {
                ResumableCall::Paused(Paused::new(host, call))
            }
        })
    }

    pub(crate) fn new<T>(host: &Host<T>, call: PausedCall) -> Paused {
        let dropped = Rc::clone(&host.dropped);
        Paused { store: host.id, call: Some(call), dropped }
    }

    /// The call, for a store that it belongs to.
    pub(crate) fn in_store(&self, store: StoreId) -> &PausedCall {
        assert!(store == self.store, "this belongs to another store");
        self.call()
    }

    fn call(&self) -> &PausedCall {
        self.call.as_ref().expect("the call hasn't gone on")
    }

    fn take(mut self) -> PausedCall {
        self.call.take().expect("the call hasn't gone on")
    }

    /// Whether it has paused because the fuel has run out. It goes on with
    /// [`Paused::resume`] as soon as there is enough: one unit, or as many as a
    /// bulk instruction asks for.
    pub fn is_out_of_fuel(&self) -> bool {
        matches!(self.call().pause, Pause::OutOfFuel)
    }

    /// What the function of the host has said that asks for a pause, if one
    /// has. The call goes on with [`Paused::answer`].
    pub fn reason(&self) -> Option<&HostError> {
        match &self.call().pause {
            Pause::Suspended(reason) => Some(reason),
            Pause::OutOfFuel => None,
        }
    }

    /// The same, if it is of this type.
    pub fn reason_as<E: StdError + 'static>(&self) -> Option<&E> {
        self.reason()?.downcast_ref()
    }

    /// Goes on with a call that has had no fuel left.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn resume(
        self,
        mut store: impl AsContextMut,
    ) -> Result<ResumableCall, Error> {
        let mut store = store.as_context_mut();
        store.host().check(self.store);
        let call = self.take();
        let progress = store.enter(|seam| seam.resume(call));
        Paused::progress(&mut store, progress)
    }

    /// Goes on with a call that waits for a function of the host, which has
    /// these results.
    ///
    /// # Errors
    ///
    /// Results of other types, which end the call, and whatever else it ends
    /// in.
    pub fn answer(
        self,
        mut store: impl AsContextMut,
        results: &[Val],
    ) -> Result<ResumableCall, Error> {
        let mut store = store.as_context_mut();
        store.host().check(self.store);
        let host = store.host();
        let results: Vec<Value> =
            results.iter().map(|it| it.to_value(host)).collect();
        let call = self.take();
        let progress = store.enter(|seam| seam.answer(call, &results));
        Paused::progress(&mut store, progress)
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.dropped.borrow_mut().push(call);
        }
    }
}
