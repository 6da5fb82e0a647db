//! Instances of modules, and what they export.

use annex_embedding as seam;
use annex_embedding::InstanceAddr;

use crate::func::invoke;
use crate::store::StoreId;
use crate::types::ExternType;
use crate::{
    AsContext, AsContextMut, Error, Func, Global, Memory, Module,
    StoreContextMut, Table, Tag, TypedFunc, WasmParams, WasmResults,
};

/// Something that can be imported and exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A global.
    Global(Global),
    /// A table.
    Table(Table),
    /// A memory.
    Memory(Memory),
    /// A tag.
    Tag(Tag),
}

impl Extern {
    pub(crate) fn of(item: seam::Extern, store: StoreId) -> Extern {
        match item {
            seam::Extern::Func(address) => {
                Extern::Func(Func { store, address })
            }
            seam::Extern::Global(address) => {
                Extern::Global(Global { store, address })
            }
            seam::Extern::Table(address) => {
                Extern::Table(Table { store, address })
            }
            seam::Extern::Memory(address) => {
                Extern::Memory(Memory { store, address })
            }
            seam::Extern::Tag(address) => Extern::Tag(Tag { store, address }),
        }
    }

    /// The store that it belongs to, and what it is there.
    pub(crate) fn parts(self) -> (StoreId, seam::Extern) {
        match self {
            Extern::Func(it) => (it.store, seam::Extern::Func(it.address)),
            Extern::Global(it) => (it.store, seam::Extern::Global(it.address)),
            Extern::Table(it) => (it.store, seam::Extern::Table(it.address)),
            Extern::Memory(it) => (it.store, seam::Extern::Memory(it.address)),
            Extern::Tag(it) => (it.store, seam::Extern::Tag(it.address)),
        }
    }

    /// The function, if it is one.
    pub fn into_func(self) -> Option<Func> {
        match self {
            Extern::Func(it) => Some(it),
            _ => None,
        }
    }

    /// The global, if it is one.
    pub fn into_global(self) -> Option<Global> {
        match self {
            Extern::Global(it) => Some(it),
            _ => None,
        }
    }

    /// The table, if it is one.
    pub fn into_table(self) -> Option<Table> {
        match self {
            Extern::Table(it) => Some(it),
            _ => None,
        }
    }

    /// The memory, if it is one.
    pub fn into_memory(self) -> Option<Memory> {
        match self {
            Extern::Memory(it) => Some(it),
            _ => None,
        }
    }

    /// The tag, if it is one.
    pub fn into_tag(self) -> Option<Tag> {
        match self {
            Extern::Tag(it) => Some(it),
            _ => None,
        }
    }

    /// Its type.
    pub fn ty(&self, store: impl AsContext) -> ExternType {
        match self {
            Extern::Func(it) => ExternType::Func(it.ty(store)),
            Extern::Global(it) => ExternType::Global(it.ty(store)),
            Extern::Table(it) => ExternType::Table(it.ty(store)),
            Extern::Memory(it) => ExternType::Memory(it.ty(store)),
            Extern::Tag(it) => ExternType::Tag(it.ty(store)),
        }
    }
}

macro_rules! from {
    ($($name:ident)*) => {$(
        impl From<$name> for Extern {
            fn from(it: $name) -> Extern {
                Extern::$name(it)
            }
        }
    )*};
}
from!(Func Global Table Memory Tag);

/// An export of an instance.
#[derive(Clone, Debug)]
pub struct Export {
    name: String,
    item: Extern,
}

impl Export {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is.
    pub fn into_extern(self) -> Extern {
        self.item
    }
}

/// A module that is alive in a store.
///
/// Specification: Execution, Runtime Structure, *Module Instances*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    store: StoreId,
    address: InstanceAddr,
}

impl Instance {
    /// Makes an instance with these imports, in the order of the module, and
    /// calls its start function. A [`Linker`](crate::Linker) finds imports by
    /// their names.
    ///
    /// # Errors
    ///
    /// Too few or too many imports, or of other types; a limit; a segment or a
    /// start function that traps; or a call is running.
    pub fn new(
        mut store: impl AsContextMut,
        module: &Module,
        imports: &[Extern],
    ) -> Result<Instance, Error> {
        let wanted = module.imports();
        if wanted.len() != imports.len() {
            return Err(Error::msg(format!(
                "the module has {} imports, and {} are given",
                wanted.len(),
                imports.len()
            )));
        }
        let mut store = store.as_context_mut();
        let item = |item: &Extern| {
            let (id, item) = item.parts();
            store.host().check(id);
            Some(item)
        };
        let items: Vec<_> = imports.iter().map(item).collect();
        Instance::with(&mut store, module, &items)
    }

    pub(crate) fn at(store: StoreId, address: InstanceAddr) -> Instance {
        Instance { store, address }
    }

    /// Makes an instance with what there is of its imports, in the order of the
    /// module.
    pub(crate) fn with<T>(
        store: &mut StoreContextMut<'_, T>,
        module: &Module,
        items: &[Option<seam::Extern>],
    ) -> Result<Instance, Error> {
        let most = store.host().most_instances;
        let mut decoded = module.decoded().clone();
        // It is called like any other function, once the store knows its
        // instance: so it can be interrupted, and its traps tell where.
        let start = decoded.start.take();
        let (outcome, made) = store.enter_whole(|machine| {
            let next = machine.instances();
            if next >= most {
                let refused =
                    format!("the limiter refuses more than {most} instances");
                return (Err(seam::Error::Limit(refused)), None);
            }
            let outcome = machine.instantiate_with(decoded, items);
            let functions = machine.functions(InstanceAddr(next as u32));
            let made = machine.instances() > next;
            (outcome, made.then(|| functions.to_vec()))
        })?;
        // One whose segments don't fit is in the store all the same.
        let mut first = None;
        if let Some(functions) = made {
            first = start.and_then(|it| functions.get(it.index()).copied());
            let host = store.host();
            host.note_instance(module, &functions);
            host.past.note_instance(module, items);
        }
        let address = outcome.map_err(|error| store.explain(error))?;
        if let Some(start) = first {
            invoke(store, start, &[])?;
        }
        Ok(Instance { store: store.host().id, address })
    }

    /// Translates all its functions now. Else each is translated when it is
    /// first called.
    ///
    /// # Errors
    ///
    /// A call is running.
    pub fn translate(&self, mut store: impl AsContextMut) -> Result<(), Error> {
        let mut store = store.as_context_mut();
        store.host().check(self.store);
        store.enter_whole(|machine| machine.translate(self.address))
    }

    /// Its exports, in the order of the module.
    pub fn exports(&self, store: impl AsContext) -> Vec<Export> {
        let store = store.as_context();
        store.host.check(self.store);
        let exports = store.seam.exports(self.address).iter();
        let export = |(name, item): &(String, seam::Extern)| Export {
            name: name.clone(),
            item: Extern::of(*item, self.store),
        };
        exports.map(export).collect()
    }

    /// What it exports under a name.
    pub fn get_export(
        &self,
        store: impl AsContext,
        name: &str,
    ) -> Option<Extern> {
        let store = store.as_context();
        store.host.check(self.store);
        let item = store.seam.export(self.address, name)?;
        Some(Extern::of(item, self.store))
    }

    /// The function that it exports under a name.
    pub fn get_func(&self, store: impl AsContext, name: &str) -> Option<Func> {
        self.get_export(store, name)?.into_func()
    }

    /// The same, to be called with types of Rust.
    ///
    /// # Errors
    ///
    /// There is no such function, or it has other types.
    pub fn get_typed_func<Params: WasmParams, Results: WasmResults>(
        &self,
        store: impl AsContext,
        name: &str,
    ) -> Result<TypedFunc<Params, Results>, Error> {
        let func = self.get_func(&store, name).ok_or_else(|| {
            Error::msg(format!("there is no exported function `{name}`"))
        })?;
        func.typed(store).map_err(|error| {
            Error::msg(format!("the exported function `{name}`: {error}"))
        })
    }

    /// The global that it exports under a name.
    pub fn get_global(
        &self,
        store: impl AsContext,
        name: &str,
    ) -> Option<Global> {
        self.get_export(store, name)?.into_global()
    }

    /// The table that it exports under a name.
    pub fn get_table(
        &self,
        store: impl AsContext,
        name: &str,
    ) -> Option<Table> {
        self.get_export(store, name)?.into_table()
    }

    /// The memory that it exports under a name.
    pub fn get_memory(
        &self,
        store: impl AsContext,
        name: &str,
    ) -> Option<Memory> {
        self.get_export(store, name)?.into_memory()
    }

    /// The tag that it exports under a name.
    pub fn get_tag(&self, store: impl AsContext, name: &str) -> Option<Tag> {
        self.get_export(store, name)?.into_tag()
    }
}
