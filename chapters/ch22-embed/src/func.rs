//! Functions, and calls of them.

use std::marker::PhantomData;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use annex_embedding as seam;
use annex_embedding::{FuncAddr, HostFunction, Pause, Progress, Value};
use ch07_values::Trap;

use crate::error::CannotPause;
use crate::host::{HostFunc, IntoFunc};
use crate::store::{Interrupted, StoreId};
use crate::typed::{MOST, WasmParams, WasmResults};
use crate::types::FuncType;
use crate::value::Val;
use crate::{
    AsContext, AsContextMut, Caller, Error, Paused, Result, ResumableCall,
    StoreContextMut, ValType,
};

/// A function of a store: of a module, or of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Func {
    pub(crate) store: StoreId,
    pub(crate) address: FuncAddr,
}

impl Func {
    /// A function of the host: a closure with types of Rust. What it may take
    /// and return, [`IntoFunc`] says.
    pub fn wrap<T: 'static, Params, Results>(
        mut store: impl AsContextMut<Data = T>,
        function: impl IntoFunc<T, Params, Results>,
    ) -> Func {
        Func::of_host(&mut store.as_context_mut(), function.into_func())
    }

    /// A function of the host of any type: a closure that gets its arguments,
    /// and writes its results.
    pub fn new<T: 'static>(
        mut store: impl AsContextMut<Data = T>,
        ty: FuncType,
        body: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()>
        + Send
        + Sync
        + 'static,
    ) -> Func {
        let function = HostFunc::dynamic(ty, body);
        Func::of_host(&mut store.as_context_mut(), function)
    }

    fn of_host<T>(
        store: &mut StoreContextMut<'_, T>,
        function: HostFunc<T>,
    ) -> Func {
        let function: HostFunction = function.in_store(&store.host().locker);
        let ty = function.ty().clone();
        let address = store.seam().add_function(function);
        store.host().past.note_function(address, ty, None);
        Func { store: store.host().id, address }
    }

    /// The function of the host, which is in the store once, however often it
    /// is asked for.
    pub(crate) fn shared<T>(
        store: &mut StoreContextMut<'_, T>,
        function: &Arc<HostFunc<T>>,
        name: (&str, &str),
    ) -> FuncAddr {
        let key = Arc::as_ptr(function) as usize;
        if let Some((_, address)) = store.host().known.get(&key) {
            return *address;
        }
        let made = function.in_store(&store.host().locker);
        let ty = made.ty().clone();
        let address = store.seam().add_function(made);
        store.host().past.note_function(address, ty, Some(name));
        let known = (Arc::clone(function), address);
        store.host().known.insert(key, known);
        address
    }

    /// Its type.
    pub fn ty(&self, store: impl AsContext) -> FuncType {
        let store = store.as_context();
        store.host.check(self.store);
        let ty = store.seam.func_type(self.address).unwrap_or_default();
        FuncType::from(&ty)
    }

    /// Calls the function. There must be as many places for results as it has.
    ///
    /// # Errors
    ///
    /// Arguments of other types than the function's, too many or too few places
    /// for results, and whatever the call ends in.
    pub fn call(
        &self,
        mut store: impl AsContextMut,
        params: &[Val],
        results: &mut [Val],
    ) -> Result<(), Error> {
        let mut store = store.as_context_mut();
        store.host().check(self.store);
        let params = to_values(&mut store, params);
        let ty = store.seam().func_type(self.address).unwrap_or_default();
        if ty.results.len() != results.len() {
            return Err(Error::msg(format!(
                "the function has {} results, and there are {} places",
                ty.results.len(),
                results.len()
            )));
        }
        let values = invoke(&mut store, self.address, &params)?;
        let host = store.host();
        for (place, value) in results.iter_mut().zip(values) {
            *place = Val::of(value, host);
        }
        Ok(())
    }

    /// Calls the function in a way that it can be paused: where fuel runs out,
    /// and where a function of the host asks for it.
    ///
    /// # Errors
    ///
    /// Arguments of other types than the function's, a machine whose calls
    /// can't be paused, and whatever the call ends in.
    pub fn call_resumable(
        &self,
        mut store: impl AsContextMut,
        params: &[Val],
    ) -> Result<ResumableCall, Error> {
        let mut store = store.as_context_mut();
        store.host().check(self.store);
        let params = to_values(&mut store, params);
        let address = self.address;
        let progress = store.enter(|seam| seam.start(address, &params));
        Paused::progress(&mut store, progress)
    }

    /// The same function, to be called with types of Rust.
    ///
    /// # Errors
    ///
    /// It has other types.
    pub fn typed<Params: WasmParams, Results: WasmResults>(
        &self,
        store: impl AsContext,
    ) -> Result<TypedFunc<Params, Results>, Error> {
        let store = store.as_context();
        let wanted = FuncType::new(Params::valtypes(), Results::valtypes());
        let ty = self.ty(store);
        // A narrower parameter of a reference is checked at each call.
        let params = all_match(store.seam, ty.params(), wanted.params());
        let results = all_match(store.seam, ty.results(), wanted.results());
        match params && results {
            true => Ok(TypedFunc { func: *self, types: PhantomData }),
            false => Err(Error::msg(format!(
                "the function is {ty}, and not {wanted}"
            ))),
        }
    }
}

/// Whether values of these types can be used as values of the others.
fn all_match(
    seam: &dyn seam::Engine,
    given: &[ValType],
    wanted: &[ValType],
) -> bool {
    let mut pairs = given.iter().zip(wanted);
    given.len() == wanted.len()
        && pairs.all(|(given, wanted)| {
            seam.matches((*given).into(), (*wanted).into())
        })
}

fn to_values<T>(
    store: &mut StoreContextMut<'_, T>,
    values: &[Val],
) -> Vec<Value> {
    let host = store.host();
    values.iter().map(|value| value.to_value(host)).collect()
}

/// How much fuel a slice of an interruptible call has.
const SLICE: u64 = 100_000;

/// Calls a function to its end: in slices, if somebody may interrupt it.
pub(crate) fn invoke<T>(
    store: &mut StoreContextMut<'_, T>,
    function: FuncAddr,
    params: &[Value],
) -> Result<Vec<Value>, Error> {
    if !store.engine().config().is_interruptible() {
        let outcome = store.enter(|seam| seam.invoke(function, params));
        return outcome.map_err(|error| store.explain(error));
    }
    let progress = store.enter(|seam| seam.start(function, params));
    let mut call = match drive(store, progress)? {
        Progress::Finished(results) => return Ok(results),
        Progress::Paused(call) => call,
    };
    let error = match mem::replace(&mut call.pause, Pause::OutOfFuel) {
        Pause::Suspended(reason) => Error::new(CannotPause(reason)),
        Pause::OutOfFuel => Trap::OutOfFuel.into(),
    };
    store.seam().cancel(call)?;
    Err(error)
}

/// Lets a call go on past the ends of slices, until it has ended, waits for the
/// host, or there is no fuel at all.
///
/// A slice is shared by all calls that are active. A host function may call
/// back into the guest: if every such call were given a slice of its own, a
/// loop of callbacks would never use one up, and nobody would look at the flag.
pub(crate) fn drive<T>(
    store: &mut StoreContextMut<'_, T>,
    mut progress: Result<Progress, seam::Error>,
) -> Result<Progress, Error> {
    loop {
        let call = match progress.map_err(|error| store.explain(error))? {
            Progress::Paused(call)
                if matches!(call.pause, Pause::OutOfFuel) =>
            {
                call
            }
            progress => return Ok(progress),
        };
        if store.host().interrupted.swap(false, Ordering::Relaxed) {
            store.seam().cancel(call)?;
            return Err(Error::new(Interrupted));
        }
        if !refuel(store) {
            return Ok(Progress::Paused(call));
        }
        progress = store.enter(|seam| seam.resume(call));
    }
}

/// Gives the machine the fuel of another slice, if there is a reserve.
fn refuel<T>(store: &mut StoreContextMut<'_, T>) -> bool {
    let (seam, host) = store.parts();
    let more = SLICE.min(host.reserve);
    if host.engine.config().counts_fuel() {
        host.reserve -= more;
    }
    let left = seam.fuel().unwrap_or_default();
    seam.set_fuel(left.saturating_add(more));
    more > 0
}

/// A function whose types are known to the compiler. They were checked once, so
/// a call checks and allocates nothing.
#[derive(Debug)]
pub struct TypedFunc<Params, Results> {
    func: Func,
    types: PhantomData<fn(Params) -> Results>,
}

impl<Params, Results> Clone for TypedFunc<Params, Results> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Params, Results> Copy for TypedFunc<Params, Results> {}

impl<Params: WasmParams, Results: WasmResults> TypedFunc<Params, Results> {
    /// The function, without its types.
    pub fn func(&self) -> &Func {
        &self.func
    }

    /// Calls the function.
    ///
    /// # Errors
    ///
    /// Whatever the call ends in.
    pub fn call(
        &self,
        mut store: impl AsContextMut,
        params: Params,
    ) -> Result<Results, Error> {
        let mut store = store.as_context_mut();
        store.host().check(self.func.store);
        let function = self.func.address;
        let numbers = Params::ARE_NUMBERS && Results::ARE_NUMBERS;
        if numbers && !store.engine().config().is_interruptible() {
            let mut slots = [0; MOST];
            params.write_slots(&mut slots);
            let slots = &mut slots;
            let outcome =
                store.enter(|seam| seam.invoke_on_slots(function, slots));
            return match outcome {
                Ok(()) => Ok(Results::of_slots(slots)),
                Err(error) => Err(store.explain(error)),
            };
        }
        let mut values = Vec::new();
        params.push_values(&mut values, store.host());
        let results = invoke(&mut store, function, &values)?;
        Ok(Results::of_values(&results, store.host()))
    }
}
