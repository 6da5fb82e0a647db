//! The store, and how it is lent: to methods, and to functions of the host in
//! the middle of a call.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use annex_embedding as seam;
use annex_embedding::{FuncAddr, TrapFrame, Value};
use ch12_instance::{Growth, Limiter, StoreLimits};

use crate::config::Seam;
use crate::error::FrameInfo;
use crate::frozen::Past;
use crate::host::HostFunc;
use crate::lend::{Holder, LENT, Lent, Locker, Running};
use crate::limits::ResourceLimiter;
use crate::machine::Machine;
use crate::pause::Dropped;
use crate::roots::Roots;
use crate::value::{Exception, Val};
use crate::{Engine, Error, Module, Tag};

/// Everything that is alive: instances of modules, what they own, and `T`, the
/// data of the host.
///
/// A store belongs to one thread: it is neither `Send` nor `Sync`. An
/// [`Engine`] and a [`Module`] are both, so each thread may have a store of its
/// own.
///
/// Specification: Execution, Runtime Structure, *Store*.
pub struct Store<T: 'static> {
    machine: Box<dyn Machine>,
    holder: Holder<Host<T>>,
}

/// The host's half of a store.
pub struct Host<T: 'static> {
    pub(crate) id: StoreId,
    pub(crate) data: T,
    pub(crate) engine: Engine,
    /// Where this is while the machine runs.
    pub(crate) locker: Locker<Host<T>>,
    /// The references that the host holds.
    pub(crate) roots: Rc<RefCell<Roots>>,
    /// The paused calls that the host has dropped.
    pub(crate) dropped: Dropped,
    /// The host's data behind `externref`s.
    pub(crate) externs: Vec<Box<dyn Any>>,
    /// The functions of the host that are in the store.
    pub(crate) known: HashMap<usize, (Arc<HostFunc<T>>, FuncAddr)>,
    /// How the store was made.
    pub(crate) past: Past,
    /// The instances: the module, and the address of its first function.
    pub(crate) instances: Vec<(Module, FuncAddr)>,
    /// How many instances there may be.
    pub(crate) most_instances: usize,
    limiter: Option<Box<LimiterOf<T>>>,
    /// What the last call has ended in.
    exception: Option<Exception>,
    /// Fuel that the machine doesn't have, where it runs in slices.
    pub(crate) reserve: u64,
    pub(crate) interrupted: Arc<AtomicBool>,
}

type LimiterOf<T> = dyn Fn(&mut T) -> &mut dyn ResourceLimiter;

/// Tells stores apart: what belongs to one is not used with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StoreId(u64);

impl StoreId {
    fn next() -> StoreId {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        StoreId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl<T: 'static> Store<T> {
    /// An empty store with the host's data.
    pub fn new(engine: &Engine, data: T) -> Store<T> {
        let host = Host::new(engine, data, Locker::default());
        Store::of_parts(engine.config().machine(), host)
    }

    pub(crate) fn of_parts(
        machine: Box<dyn Machine>,
        host: Host<T>,
    ) -> Store<T> {
        Store { machine, holder: Some(Box::new(host)) }
    }

    /// Both halves.
    pub(crate) fn whole(&mut self) -> (&mut dyn Machine, &mut Host<T>) {
        (&mut *self.machine, self.holder.as_mut().expect(LENT))
    }

    fn host(&self) -> &Host<T> {
        self.holder.as_ref().expect(LENT)
    }

    fn host_mut(&mut self) -> &mut Host<T> {
        self.holder.as_mut().expect(LENT)
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.host().engine
    }

    /// The host's data.
    pub fn data(&self) -> &T {
        &self.host().data
    }

    /// The host's data, for changes.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.host_mut().data
    }

    /// The host's data, without the store.
    pub fn into_data(mut self) -> T {
        self.holder.take().expect(LENT).data
    }

    /// Lets the host decide what the store may have, within the limits of the
    /// [`Config`](crate::Config).
    pub fn limiter(
        &mut self,
        limiter: impl (Fn(&mut T) -> &mut dyn ResourceLimiter) + 'static,
    ) {
        let host = self.host_mut();
        let chosen = limiter(&mut host.data);
        let limits = host.engine.config().limits();
        let limits = StoreLimits {
            heap_bytes: limits.heap_bytes.min(chosen.heap_bytes()),
            calls: limits.calls.min(chosen.call_depth()),
            operands: limits.operands.min(chosen.operands()),
            ..limits
        };
        host.most_instances = chosen.instances();
        host.limiter = Some(Box::new(limiter));
        let locker = Rc::clone(&host.locker);
        self.machine.set_limits(limits);
        self.machine.set_limiter(Limiter(Some(Box::new(move |growth| {
            let mut lent = Lent::take(&locker);
            lent.get().permits(growth)
        }))));
    }

    /// The exception that the last call has ended in, if it has and nobody has
    /// taken it.
    ///
    /// ```
    /// use ch22_embed::{Engine, Instance, Module, Store};
    ///
    /// # fn main() -> Result<(), ch22_embed::Error> {
    /// let engine = Engine::default();
    /// let text = r#"(module (tag $t (param i32))
    ///     (func (export "f") (throw $t (i32.const 7))))"#;
    /// let module = Module::new(&engine, text)?;
    /// let mut store = Store::new(&engine, ());
    /// let instance = Instance::new(&mut store, &module, &[])?;
    /// let f = instance.get_typed_func::<(), ()>(&mut store, "f")?;
    /// let error = f.call(&mut store, ()).unwrap_err();
    /// assert!(error.is_exception());
    /// let exception = store.take_pending_exception().expect("it was thrown");
    /// assert_eq!(exception.values()[0].i32(), Some(7));
    /// # Ok(())
    /// # }
    /// ```
    pub fn take_pending_exception(&mut self) -> Option<Exception> {
        self.context().take_pending_exception()
    }

    /// Sets how much fuel there is.
    ///
    /// # Errors
    ///
    /// The engine doesn't count it: see
    /// [`Config::consume_fuel`](crate::Config::consume_fuel).
    pub fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        self.context().set_fuel(fuel)
    }

    /// How much fuel there is.
    ///
    /// # Errors
    ///
    /// The engine doesn't count it.
    pub fn get_fuel(&self) -> Result<u64, Error> {
        StoreContext::from(self).get_fuel()
    }

    /// A handle by which another thread interrupts a call of this store. The
    /// call ends with [`Interrupted`] as soon as its slice of fuel is used up,
    /// after at most 100,000 calls and branches to a loop.
    ///
    /// # Errors
    ///
    /// The engine's calls can't be interrupted: see
    /// [`Config::interruptible`](crate::Config::interruptible).
    pub fn interrupt_handle(&self) -> Result<InterruptHandle, Error> {
        let host = self.host();
        match host.engine.config().is_interruptible() {
            true => Ok(InterruptHandle(Arc::clone(&host.interrupted))),
            false => Err(Error::msg(
                "calls can't be interrupted: see `Config::interruptible`",
            )),
        }
    }

    fn context(&mut self) -> StoreContextMut<'_, T> {
        let Store { machine, holder } = self;
        StoreContextMut { lender: Lender::Whole(&mut **machine), holder }
    }
}

impl<T: fmt::Debug> fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("data", self.data()).finish()
    }
}

impl<T: Default> Default for Store<T> {
    fn default() -> Store<T> {
        Store::new(&Engine::default(), T::default())
    }
}

impl<T> Host<T> {
    pub(crate) fn new(
        engine: &Engine,
        data: T,
        locker: Locker<Host<T>>,
    ) -> Host<T> {
        Host {
            id: StoreId::next(),
            data,
            engine: engine.clone(),
            locker,
            roots: Rc::default(),
            dropped: Dropped::default(),
            externs: Vec::new(),
            known: HashMap::new(),
            past: Past::default(),
            instances: Vec::new(),
            most_instances: usize::MAX,
            limiter: None,
            exception: None,
            reserve: match engine.config().counts_fuel() {
                true => 0,
                false => u64::MAX,
            },
            interrupted: Arc::default(),
        }
    }

    /// A module has become an instance, with these functions.
    pub(crate) fn note_instance(
        &mut self,
        module: &Module,
        functions: &[FuncAddr],
    ) {
        let own = module.decoded().functions.len();
        let first = functions.len().checked_sub(own);
        let first = first.and_then(|first| functions.get(first));
        if let Some(first) = first {
            self.instances.push((module.clone(), *first));
        }
    }

    fn permits(&mut self, growth: Growth) -> bool {
        let Some(limiter) = &self.limiter else { return true };
        let limiter = limiter(&mut self.data);
        match growth {
            Growth::Memory { current, desired, maximum } => {
                limiter.memory_growing(current, desired, maximum)
            }
            Growth::Table { current, desired, maximum } => {
                limiter.table_growing(current, desired, maximum)
            }
        }
    }

    /// Panics if something belongs to another store.
    pub(crate) fn check(&self, id: StoreId) {
        assert!(id == self.id, "this belongs to another store");
    }
}

/// Interrupts the calls of a store from another thread.
#[derive(Clone, Debug)]
pub struct InterruptHandle(Arc<AtomicBool>);

impl InterruptHandle {
    /// Interrupts the call that is running, or else the next one.
    pub fn interrupt(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A call was ended by an [`InterruptHandle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted")]
pub struct Interrupted;

/// What executes code: the whole store, or one in the middle of a call, whose
/// functions are called on top of the interrupted one.
pub(crate) enum Lender<'a> {
    Whole(&'a mut dyn Machine),
    Calling(Seam<'a>),
}

impl Lender<'_> {
    /// What is below, as both kinds of it are alike.
    fn seam(&mut self) -> &mut dyn seam::Engine {
        match self {
            Lender::Whole(machine) => &mut **machine,
            Lender::Calling(seam) => &mut **seam,
        }
    }
}

/// A store, lent for reading.
pub struct StoreContext<'a, T: 'static> {
    pub(crate) seam: &'a dyn seam::Engine,
    pub(crate) host: &'a Host<T>,
}

impl<T> Clone for StoreContext<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StoreContext<'_, T> {}

impl<'a, T> StoreContext<'a, T> {
    /// The host's data.
    pub fn data(&self) -> &'a T {
        &self.host.data
    }

    /// The engine.
    pub fn engine(&self) -> &'a Engine {
        &self.host.engine
    }

    /// How much fuel there is.
    ///
    /// # Errors
    ///
    /// The engine doesn't count it.
    pub fn get_fuel(&self) -> Result<u64, Error> {
        let config = self.host.engine.config();
        match self.seam.fuel().filter(|_| config.counts_fuel()) {
            Some(fuel) => Ok(fuel.saturating_add(self.host.reserve)),
            None => Err(no_fuel()),
        }
    }
}

fn no_fuel() -> Error {
    Error::msg("no fuel is counted: see `Config::consume_fuel`")
}

/// A store, lent for changes.
pub struct StoreContextMut<'a, T: 'static> {
    pub(crate) lender: Lender<'a>,
    pub(crate) holder: &'a mut Holder<Host<T>>,
}

impl<'a, T: 'static> StoreContextMut<'a, T> {
    /// The same, lent once more.
    pub(crate) fn reborrow(&mut self) -> StoreContextMut<'_, T> {
        let lender = match &mut self.lender {
            Lender::Whole(machine) => Lender::Whole(&mut **machine),
            Lender::Calling(seam) => Lender::Calling(&mut **seam),
        };
        StoreContextMut { lender, holder: self.holder }
    }

    /// The machine's half.
    pub(crate) fn seam(&mut self) -> &mut dyn seam::Engine {
        self.lender.seam()
    }

    /// The host's half.
    pub(crate) fn host(&mut self) -> &mut Host<T> {
        self.holder.as_mut().expect(LENT)
    }

    /// Both halves.
    pub(crate) fn parts(&mut self) -> (&mut dyn seam::Engine, &mut Host<T>) {
        (self.lender.seam(), self.holder.as_mut().expect(LENT))
    }

    /// Both halves, for as long as the store is lent.
    pub(crate) fn into_parts(
        self,
    ) -> (&'a mut dyn seam::Engine, &'a mut Host<T>) {
        let seam: &'a mut dyn seam::Engine = match self.lender {
            Lender::Whole(machine) => machine,
            Lender::Calling(seam) => seam,
        };
        (seam, self.holder.as_mut().expect(LENT))
    }

    /// Lets the machine do something in which it may call the host.
    pub(crate) fn enter<R>(
        &mut self,
        work: impl FnOnce(&mut dyn seam::Engine) -> R,
    ) -> R {
        self.let_go();
        let locker = Rc::clone(&self.host().locker);
        let _running = Running::new(self.holder, locker);
        work(self.lender.seam())
    }

    /// The same for what only a whole store can do.
    pub(crate) fn enter_whole<R>(
        &mut self,
        work: impl FnOnce(&mut dyn Machine) -> R,
    ) -> Result<R, Error> {
        self.let_go();
        let locker = Rc::clone(&self.host().locker);
        let Lender::Whole(machine) = &mut self.lender else {
            return Err(Error::msg(
                "a module can't be instantiated while a call is running",
            ));
        };
        let _running = Running::new(self.holder, locker);
        Ok(work(&mut **machine))
    }

    /// Tells the machine what the host has dropped: references, and calls.
    fn let_go(&mut self) {
        let (seam, host) = self.parts();
        for call in host.dropped.take() {
            // It is the store's own, so it is there.
            _ = seam.cancel(call);
        }
        let gone = host.roots.borrow_mut().take_gone();
        for slot in gone {
            seam.release(Value::AnyRef(seam::Referent::from_slot(slot)));
        }
    }

    /// What the machine says, with the calls that it has ended.
    pub(crate) fn explain(&mut self, error: seam::Error) -> Error {
        if let seam::Error::Exception(report) = &error {
            let host = self.host();
            let values = report.values.iter().map(|it| Val::of(*it, host));
            let values = values.collect();
            let tag = Tag { store: host.id, address: report.tag };
            host.exception = Some(Exception { tag, values });
        }
        let (error, frames) = Error::of_seam(error);
        if frames.is_empty() {
            return error;
        }
        let frames = frames.into_iter().filter_map(|it| self.frame(it));
        let frames = frames.collect();
        error.with_backtrace(frames)
    }

    fn frame(&mut self, frame: TrapFrame) -> Option<FrameInfo> {
        let (seam, host) = self.parts();
        let instruction = seam.instruction(frame);
        let instances = &host.instances;
        let after =
            instances.partition_point(|(_, first)| *first <= frame.function);
        let (module, first) = instances.get(after.checked_sub(1)?)?;
        let is_func = |ty: &_| matches!(ty, ch09_module::ImportType::Func(_));
        let imported = module.decoded().imported(is_func);
        let index = imported + (frame.function.0 - first.0);
        Some(module.frame(index, instruction))
    }

    /// The exception that the last call has ended in, if it has and nobody has
    /// taken it.
    pub fn take_pending_exception(&mut self) -> Option<Exception> {
        self.host().exception.take()
    }

    /// The host's data.
    pub fn data(&self) -> &T {
        &self.holder.as_ref().expect(LENT).data
    }

    /// The host's data, for changes.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.host().data
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.holder.as_ref().expect(LENT).engine
    }

    /// Sets how much fuel there is.
    ///
    /// # Errors
    ///
    /// The engine doesn't count it.
    pub fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        let (seam, host) = self.parts();
        if !host.engine.config().counts_fuel() {
            return Err(no_fuel());
        }
        // Where calls run in slices, the machine gets one at a time.
        let (now, reserve) = match host.engine.config().is_interruptible() {
            true => (0, fuel),
            false => (fuel, 0),
        };
        host.reserve = reserve;
        seam.set_fuel(now);
        Ok(())
    }

    /// How much fuel there is.
    ///
    /// # Errors
    ///
    /// The engine doesn't count it.
    pub fn get_fuel(&self) -> Result<u64, Error> {
        self.as_context().get_fuel()
    }
}

/// What a store can be read through: a [`Store`], a [`Caller`](crate::Caller),
/// or references to them.
pub trait AsContext {
    /// The host's data.
    type Data: 'static;

    /// The store, lent for reading.
    fn as_context(&self) -> StoreContext<'_, Self::Data>;
}

/// What a store can be changed through.
pub trait AsContextMut: AsContext {
    /// The store, lent for changes.
    fn as_context_mut(&mut self) -> StoreContextMut<'_, Self::Data>;
}

impl<T> AsContext for Store<T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext { seam: &*self.machine, host: self.host() }
    }
}

impl<T> AsContextMut for Store<T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        self.context()
    }
}

impl<T> AsContext for StoreContext<'_, T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        *self
    }
}

impl<T> AsContext for StoreContextMut<'_, T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        let seam: &dyn seam::Engine = match &self.lender {
            Lender::Whole(machine) => &**machine,
            Lender::Calling(seam) => &**seam,
        };
        StoreContext { seam, host: self.holder.as_ref().expect(LENT) }
    }
}

impl<T> AsContextMut for StoreContextMut<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        self.reborrow()
    }
}

impl<C: AsContext> AsContext for &C {
    type Data = C::Data;

    fn as_context(&self) -> StoreContext<'_, C::Data> {
        C::as_context(self)
    }
}

impl<C: AsContext> AsContext for &mut C {
    type Data = C::Data;

    fn as_context(&self) -> StoreContext<'_, C::Data> {
        C::as_context(self)
    }
}

impl<C: AsContextMut> AsContextMut for &mut C {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, C::Data> {
        C::as_context_mut(self)
    }
}

impl<'a, C: AsContext> From<&'a C> for StoreContext<'a, C::Data> {
    fn from(context: &'a C) -> Self {
        context.as_context()
    }
}

impl<'a, C: AsContext> From<&'a mut C> for StoreContext<'a, C::Data> {
    fn from(context: &'a mut C) -> Self {
        C::as_context(context)
    }
}

impl<'a, C: AsContextMut> From<&'a mut C> for StoreContextMut<'a, C::Data> {
    fn from(context: &'a mut C) -> Self {
        context.as_context_mut()
    }
}
