//! What is below this library: a store of chapter 12, on one of four machines.

use annex_embedding as seam;
use annex_embedding::{Error, Extern, FuncAddr, InstanceAddr, PausedCall};
use ch09_module::{Bytes, Module};
use ch12_instance::{Limiter, Store, StoreLimits};

use crate::freeze::{self, Freezable, FreezeError, Made};

/// A store with its machine, while no call is running.
pub(crate) trait Machine: seam::Engine {
    /// Makes an instance of a valid module, with what there is of its imports.
    fn instantiate_with(
        &mut self,
        module: Module,
        items: &[Option<Extern>],
    ) -> Result<InstanceAddr, Error>;

    /// Translates all functions of an instance.
    fn translate(&mut self, instance: InstanceAddr);

    /// The functions of an instance, by index.
    fn functions(&self, instance: InstanceAddr) -> &[FuncAddr];

    /// How many instances there are.
    fn instances(&self) -> usize;

    /// Sets how much the store may have of everything from now on.
    fn set_limits(&mut self, limits: StoreLimits);

    /// Lets somebody decide about growth.
    fn set_limiter(&mut self, limiter: Limiter);

    /// Makes bytes of everything that lives in the store.
    fn freeze(
        &mut self,
        log: &[Made],
        modules: &[Bytes],
        calls: &[&PausedCall],
    ) -> Result<Vec<u8>, FreezeError>;
}

/// A machine that was thawed.
pub(crate) struct Thawed {
    pub(crate) machine: Box<dyn Machine>,
    pub(crate) log: Vec<Made>,
    pub(crate) modules: Vec<Bytes>,
    pub(crate) calls: Vec<PausedCall>,
}

impl<L: Freezable> From<freeze::Thawed<(), L>> for Thawed {
    fn from(thawed: freeze::Thawed<(), L>) -> Thawed {
        let freeze::Thawed { store, log, modules, calls } = thawed;
        Thawed { machine: Box::new(store), log, modules, calls }
    }
}

impl<L: Freezable> Machine for Store<(), L> {
    fn instantiate_with(
        &mut self,
        module: Module,
        items: &[Option<Extern>],
    ) -> Result<InstanceAddr, Error> {
        Store::instantiate_with(self, module, items)
    }

    fn translate(&mut self, instance: InstanceAddr) {
        Store::translate(self, instance);
    }

    fn functions(&self, instance: InstanceAddr) -> &[FuncAddr] {
        let instance = self.data().instances.get(instance.index());
        instance.map_or(&[], |instance| &instance.functions)
    }

    fn instances(&self) -> usize {
        self.data().instances.len()
    }

    fn set_limits(&mut self, limits: StoreLimits) {
        Store::set_limits(self, limits);
    }

    fn set_limiter(&mut self, limiter: Limiter) {
        Store::set_limiter(self, limiter);
    }

    fn freeze(
        &mut self,
        log: &[Made],
        modules: &[Bytes],
        calls: &[&PausedCall],
    ) -> Result<Vec<u8>, FreezeError> {
        freeze::freeze(self, log, modules, calls)
    }
}
