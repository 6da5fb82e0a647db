//! What there is to import, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use annex_embedding as seam;

use crate::host::{HostFunc, IntoFunc};
use crate::instance::{Extern, Instance};
use crate::store::StoreId;
use crate::types::{ExternType, FuncType, HeapType, ValType};
use crate::value::Val;
use crate::{
    AsContext, AsContextMut, Caller, Engine, Error, Func, ImportType, Module,
    Result, StoreContextMut,
};

/// What there is to import: functions of the host, and what instances export,
/// each under a name of two parts.
///
/// Functions of the host belong to no store, so one linker may serve many
/// stores.
pub struct Linker<T: 'static> {
    engine: Engine,
    items: BTreeMap<(String, String), Item<T>>,
    shadowing: bool,
}

enum Item<T: 'static> {
    Host(Arc<HostFunc<T>>),
    Extern(StoreId, seam::Extern),
}

impl<T> Clone for Item<T> {
    fn clone(&self) -> Item<T> {
        match self {
            Item::Host(function) => Item::Host(Arc::clone(function)),
            Item::Extern(store, item) => Item::Extern(*store, *item),
        }
    }
}

impl<T> Clone for Linker<T> {
    fn clone(&self) -> Linker<T> {
        let Linker { engine, items, shadowing } = self;
        let (engine, items) = (engine.clone(), items.clone());
        Linker { engine, items, shadowing: *shadowing }
    }
}

impl<T: 'static> Linker<T> {
    /// A linker that has nothing.
    pub fn new(engine: &Engine) -> Linker<T> {
        let engine = engine.clone();
        Linker { engine, items: BTreeMap::new(), shadowing: false }
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether a name may be given a second time: then the later one holds.
    pub fn allow_shadowing(&mut self, allow: bool) -> &mut Linker<T> {
        self.shadowing = allow;
        self
    }

    /// Gives a closure with types of Rust a name. What it may take and return,
    /// [`IntoFunc`] says.
    ///
    /// # Errors
    ///
    /// Something has this name already.
    pub fn func_wrap<Params, Results>(
        &mut self,
        module: &str,
        name: &str,
        function: impl IntoFunc<T, Params, Results>,
    ) -> Result<&mut Linker<T>, Error> {
        let function = Arc::new(function.into_func());
        self.insert(module, name, Item::Host(function))
    }

    /// Gives a closure of any type a name. It gets its arguments, and writes
    /// its results.
    ///
    /// # Errors
    ///
    /// Something has this name already.
    pub fn func_new(
        &mut self,
        module: &str,
        name: &str,
        ty: FuncType,
        body: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()>
        + Send
        + Sync
        + 'static,
    ) -> Result<&mut Linker<T>, Error> {
        let function = Arc::new(HostFunc::dynamic(ty, body));
        self.insert(module, name, Item::Host(function))
    }

    /// Gives something of a store a name.
    ///
    /// # Errors
    ///
    /// Something has this name already.
    pub fn define(
        &mut self,
        store: impl AsContext<Data = T>,
        module: &str,
        name: &str,
        item: impl Into<Extern>,
    ) -> Result<&mut Linker<T>, Error> {
        let (id, item) = item.into().parts();
        store.as_context().host.check(id);
        self.insert(module, name, Item::Extern(id, item))
    }

    /// Gives all exports of an instance names under `module`.
    ///
    /// # Errors
    ///
    /// Something has one of the names already.
    pub fn instance(
        &mut self,
        store: impl AsContext<Data = T>,
        module: &str,
        instance: Instance,
    ) -> Result<&mut Linker<T>, Error> {
        for export in instance.exports(&store) {
            let name = export.name().to_owned();
            self.define(&store, module, &name, export.into_extern())?;
        }
        Ok(self)
    }

    /// Makes an instance of a module, and gives its exports names under
    /// `module`.
    ///
    /// # Errors
    ///
    /// See [`Linker::instantiate`] and [`Linker::instance`].
    pub fn module(
        &mut self,
        mut store: impl AsContextMut<Data = T>,
        name: &str,
        module: &Module,
    ) -> Result<&mut Linker<T>, Error> {
        let instance = self.instantiate(&mut store, module)?;
        self.instance(&store, name, instance)
    }

    /// Gives something a second name.
    ///
    /// # Errors
    ///
    /// Nothing has the first name, or something has the second one already.
    pub fn alias(
        &mut self,
        module: &str,
        name: &str,
        as_module: &str,
        as_name: &str,
    ) -> Result<&mut Linker<T>, Error> {
        let key = (module.to_owned(), name.to_owned());
        let item = self.items.get(&key).cloned();
        let item = item.ok_or_else(|| {
            Error::msg(format!("nothing is called `{module}` `{name}`"))
        })?;
        self.insert(as_module, as_name, item)
    }

    /// Defines each import of a module that isn't defined yet, as a function
    /// that traps.
    ///
    /// # Errors
    ///
    /// One of them isn't a function, or is one with a type in it that the
    /// module defines.
    pub fn define_unknown_imports_as_traps(
        &mut self,
        module: &Module,
    ) -> Result<&mut Linker<T>, Error> {
        for import in module.imports() {
            let (from, name) = (import.module(), import.name());
            if self.items.contains_key(&(from.to_owned(), name.to_owned())) {
                continue;
            }
            let ExternType::Func(ty) = import.ty() else {
                return Err(Error::msg(format!(
                    "`{from}` `{name}` is no function: {}",
                    import.ty()
                )));
            };
            let is_own = |ty: &ValType| match ty {
                ValType::Ref(ty) => matches!(ty.heap, HeapType::Concrete(_)),
                _ => false,
            };
            if ty.params().iter().chain(ty.results()).any(is_own) {
                return Err(Error::msg(format!(
                    "`{from}` `{name}` has types that only the module knows"
                )));
            }
            let called = format!("unknown import `{from}` `{name}` was called");
            self.func_new(from, name, ty.clone(), move |_, _, _| {
                Err(Error::msg(&called))
            })?;
        }
        Ok(self)
    }

    /// What has this name, in a store.
    pub fn get(
        &self,
        mut store: impl AsContextMut<Data = T>,
        module: &str,
        name: &str,
    ) -> Option<Extern> {
        let key = (module.to_owned(), name.to_owned());
        let item = self.items.get(&key)?;
        let mut store = store.as_context_mut();
        let item = in_store(&mut store, item, (module, name));
        Some(Extern::of(item, store.host().id))
    }

    /// Makes an instance of a module, with the imports of these names, and
    /// calls its start function.
    ///
    /// # Errors
    ///
    /// An import that is missing, or of another type; a limit; a
    /// segment or a start function that traps; or a call is running.
    pub fn instantiate(
        &self,
        mut store: impl AsContextMut<Data = T>,
        module: &Module,
    ) -> Result<Instance, Error> {
        let mut store = store.as_context_mut();
        let find = |import: ImportType<'_>| {
            let (from, name) = (import.module(), import.name());
            let key = (from.to_owned(), name.to_owned());
            let item = self.items.get(&key)?;
            Some(in_store(&mut store, item, (from, name)))
        };
        let items: Vec<_> = module.imports().map(find).collect();
        Instance::with(&mut store, module, &items)
    }

    /// The function of the host with this name.
    pub(crate) fn function(
        &self,
        module: &str,
        name: &str,
    ) -> Option<&HostFunc<T>> {
        let key = (module.to_owned(), name.to_owned());
        match self.items.get(&key)? {
            Item::Host(function) => Some(function),
            Item::Extern(..) => None,
        }
    }

    fn insert(
        &mut self,
        module: &str,
        name: &str,
        item: Item<T>,
    ) -> Result<&mut Linker<T>, Error> {
        let key = (module.to_owned(), name.to_owned());
        if !self.shadowing && self.items.contains_key(&key) {
            return Err(Error::msg(format!(
                "`{module}` `{name}` is defined already"
            )));
        }
        self.items.insert(key, item);
        Ok(self)
    }
}

/// What something is in a store.
fn in_store<T>(
    store: &mut StoreContextMut<'_, T>,
    item: &Item<T>,
    name: (&str, &str),
) -> seam::Extern {
    match item {
        Item::Host(function) => {
            seam::Extern::Func(Func::shared(store, function, name))
        }
        Item::Extern(id, item) => {
            store.host().check(*id);
            *item
        }
    }
}
