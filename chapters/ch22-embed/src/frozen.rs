//! A store becomes bytes, and goes on from them.

use std::collections::HashMap;
use std::rc::Rc;

use crate::freeze::{FreezeError, Made};
use crate::lend::Locker;
use crate::store::Host;
use crate::{Engine, Error, Instance, Linker, Module, Paused, Store};
use annex_embedding as seam;
use annex_embedding::FuncAddr;

/// How a store was made: what came into it, in which order.
#[derive(Debug, Default)]
pub(crate) struct Past {
    log: Vec<Made>,
    /// The functions of the host that nobody has given a name yet.
    nameless: HashMap<FuncAddr, usize>,
    modules: Vec<Module>,
}

impl Past {
    /// Something has come into the store that isn't an instance.
    pub(crate) fn note(&mut self, made: Made) {
        self.log.push(made);
    }

    /// A function of the host has come into the store.
    pub(crate) fn note_function(
        &mut self,
        address: FuncAddr,
        ty: ch09_module::FuncType,
        name: Option<(&str, &str)>,
    ) {
        if name.is_none() {
            self.nameless.insert(address, self.log.len());
        }
        let (module, name) = name.unwrap_or_default();
        let (module, name) = (module.to_owned(), name.to_owned());
        self.log.push(Made::Function { module, name, ty });
    }

    /// A module has become an instance, with imports of these names. A function
    /// of the host has the first name under which it is imported.
    pub(crate) fn note_instance(
        &mut self,
        module: &Module,
        items: &[Option<seam::Extern>],
    ) {
        let known = self.modules.iter().position(|it| it.same(module));
        let number = known.unwrap_or_else(|| {
            self.modules.push(module.clone());
            self.modules.len() - 1
        });
        let mut imports = Vec::new();
        for (import, item) in module.imports().zip(items) {
            if let Some(seam::Extern::Func(address)) = item
                && let Some(number) = self.nameless.remove(address)
                && let Made::Function { module, name, .. } =
                    &mut self.log[number]
            {
                *module = import.module().to_owned();
                *name = import.name().to_owned();
            }
            imports.extend(item);
        }
        self.log.push(Made::Instance { module: number, imports });
    }
}

/// A store that was thawed, and what belongs to it.
pub struct Thawed<T: 'static> {
    /// The store.
    pub store: Store<T>,
    /// Its instances, in the order in which they were made.
    pub instances: Vec<Instance>,
    /// The calls that were paused, in the order in which they were given to
    /// [`Store::freeze`].
    pub calls: Vec<Paused>,
}

impl<T: 'static> Store<T> {
    /// Makes bytes of everything that lives in the store, and of calls that are
    /// paused. The store stays as it is, and so do they. [`Store::thaw`] goes
    /// on from the bytes: in another process, in another build, on another
    /// machine than this one.
    ///
    /// The host's data `T` is the host's to keep.
    ///
    /// # Errors
    ///
    /// Something refers to the host's data behind an
    /// [`ExternRef`](crate::ExternRef), or a function of the host has no name,
    /// because it was never imported: the error says which.
    ///
    /// ```
    /// use ch22_embed::{Config, Engine, Linker, Module, Store, Strategy};
    /// use ch22_embed::Thawed;
    ///
    /// # fn main() -> Result<(), ch22_embed::Error> {
    /// let text = r#"(module (func (export "count") (result i32) (local i32)
    ///     (loop
    ///         (local.set 0 (i32.add (local.get 0) (i32.const 1)))
    ///         (br_if 0 (i32.lt_u (local.get 0) (i32.const 1000))))
    ///     (local.get 0)))"#;
    /// let engine = Engine::new(Config::new().consume_fuel(true));
    /// let mut store = Store::new(&engine, ());
    /// let module = Module::new(&engine, text)?;
    /// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    /// let count = instance.get_func(&store, "count").expect("it's exported");
    /// store.set_fuel(500)?;
    /// let call = count.call_resumable(&mut store, &[])?;
    /// let paused = call.paused().expect("there wasn't enough fuel");
    /// let bytes = store.freeze(&[&paused])?;
    ///
    /// let mut config = Config::new();
    /// config.consume_fuel(true).strategy(Strategy::Flat);
    /// let engine = Engine::new(&config);
    /// let linker = Linker::new(&engine);
    /// let thawed = Store::thaw(&engine, (), &linker, &bytes)?;
    /// let Thawed { mut store, mut calls, .. } = thawed;
    /// store.set_fuel(1_000)?;
    /// let call = calls.remove(0).resume(&mut store)?;
    /// let results = call.finished().expect("there was enough fuel");
    /// assert_eq!(results[0].i32(), Some(1000));
    /// # Ok(())
    /// # }
    /// ```
    pub fn freeze(&mut self, calls: &[&Paused]) -> Result<Vec<u8>, Error> {
        let (machine, host) = self.whole();
        if host.engine.config().counts_fuel() {
            // What is kept back for later slices has to travel, too.
            let left = machine.fuel().unwrap_or_default();
            machine.set_fuel(left.saturating_add(host.reserve));
            host.reserve = 0;
        }
        let Past { log, nameless, modules } = &host.past;
        if let Some(number) = nameless.values().min()
            && let Made::Function { ty, .. } = &log[*number]
        {
            return Err(Error::msg(format!(
                "a function of the host has no name, and nobody could find it \
                 again: it was never imported, and its type is {ty}"
            )));
        }
        let files: Vec<_> =
            modules.iter().map(|module| module.binary().clone()).collect();
        let calls: Vec<_> =
            calls.iter().map(|paused| paused.in_store(host.id)).collect();
        Ok(machine.freeze(log, &files, &calls)?)
    }

    /// Makes a store of bytes that [`Store::freeze`] has made of one. Functions
    /// of the host are taken from the linker, by their names.
    ///
    /// The bytes may come from anywhere: none of them is trusted, and the
    /// limits of the [`Config`](crate::Config) hold.
    ///
    /// # Errors
    ///
    /// The bytes are no frozen store, or damaged, or need more than the limits
    /// allow; or the linker lacks a function.
    pub fn thaw(
        engine: &Engine,
        data: T,
        linker: &Linker<T>,
        bytes: &[u8],
    ) -> Result<Thawed<T>, Error> {
        let locker = Locker::default();
        let thawed = engine.config().thaw(bytes, &mut |module, name, _| {
            Some(linker.function(module, name)?.in_store(&locker))
        })?;
        let mut host = Host::new(engine, data, Rc::clone(&locker));
        let modules: Result<Vec<Module>, Error> = thawed
            .modules
            .into_iter()
            .map(|bytes| Module::from_shared(engine, bytes))
            .collect();
        let modules = modules?;
        let mut instances = Vec::new();
        let made = thawed.log.iter().filter_map(|made| match made {
            Made::Instance { module, .. } => Some(*module),
            _ => None,
        });
        for (number, module) in made.enumerate() {
            let address = seam::InstanceAddr(number as u32);
            let functions = thawed.machine.functions(address);
            host.note_instance(&modules[module], functions);
            instances.push(Instance::at(host.id, address));
        }
        let (log, nameless) = (thawed.log, HashMap::new());
        host.past = Past { log, nameless, modules };
        let calls = thawed.calls.into_iter();
        let calls = calls.map(|call| Paused::new(&host, call)).collect();
        let store = Store::of_parts(thawed.machine, host);
        Ok(Thawed { store, instances, calls })
    }
}

impl From<FreezeError> for Error {
    fn from(error: FreezeError) -> Error {
        match error {
            FreezeError::Engine(error) => error.into(),
            error => Error::new(error),
        }
    }
}
