//! Tables, globals and tags.

use annex_embedding::{GlobalAddr, TableAddr, TagAddr};

use crate::freeze::Made;
use crate::store::StoreId;
use crate::types::{FuncType, GlobalType, TableType, ValType};
use crate::value::Val;
use crate::{AsContext, AsContextMut, Error};

/// A table of a store: references in a row.
///
/// Specification: Execution, Runtime Structure, *Table Instances*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Table {
    pub(crate) store: StoreId,
    pub(crate) address: TableAddr,
}

impl Table {
    /// Makes a table whose elements all have this value.
    ///
    /// # Errors
    ///
    /// A type that isn't valid, a value that an element can't have, or a limit.
    pub fn new(
        mut store: impl AsContextMut,
        ty: TableType,
        init: Val,
    ) -> Result<Table, Error> {
        let mut store = store.as_context_mut();
        let (seam, host) = store.parts();
        let value = init.to_value(host);
        let element = ValType::Ref(ty.element);
        if !seam.is_of(value, element.into()) {
            return Err(Error::msg(format!(
                "a table of {element} can't hold {value}"
            )));
        }
        let address = store.enter(|seam| seam.add_table(ty))?;
        store.host().past.note(Made::Table(ty));
        // Its elements are null already.
        if value.referent().is_some() {
            for index in 0..ty.limits.min {
                store.seam().table_set(address, index, value)?;
            }
        }
        Ok(Table { store: store.host().id, address })
    }

    /// Its type, with its present size as the lower limit.
    pub fn ty(&self, store: impl AsContext) -> TableType {
        let store = store.as_context();
        store.host.check(self.store);
        store.seam.table_type(self.address).expect("it is in the store")
    }

    /// How many elements it has.
    pub fn size(&self, store: impl AsContext) -> u64 {
        let store = store.as_context();
        store.host.check(self.store);
        store.seam.table_size(self.address)
    }

    /// An element, if there is one.
    pub fn get(&self, mut store: impl AsContextMut, index: u64) -> Option<Val> {
        let mut store = store.as_context_mut();
        let (seam, host) = store.parts();
        host.check(self.store);
        Some(Val::of(seam.table_get(self.address, index)?, host))
    }

    /// Writes an element.
    ///
    /// # Errors
    ///
    /// There is no such element, or it can't have this value.
    pub fn set(
        &self,
        mut store: impl AsContextMut,
        index: u64,
        value: Val,
    ) -> Result<(), Error> {
        let mut store = store.as_context_mut();
        let (seam, host) = store.parts();
        host.check(self.store);
        let value = value.to_value(host);
        Ok(seam.table_set(self.address, index, value)?)
    }

    /// Adds elements that have this value, and returns how many it has had.
    ///
    /// # Errors
    ///
    /// A value that an element can't have; or its type or a limit doesn't allow
    /// so many.
    pub fn grow(
        &self,
        mut store: impl AsContextMut,
        elements: u64,
        value: Val,
    ) -> Result<u64, Error> {
        let mut store = store.as_context_mut();
        let host = store.host();
        host.check(self.store);
        let (address, value) = (self.address, value.to_value(host));
        Ok(store.enter(|seam| seam.grow_table(address, elements, value))?)
    }
}

/// A global of a store.
///
/// Specification: Execution, Runtime Structure, *Global Instances*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Global {
    pub(crate) store: StoreId,
    pub(crate) address: GlobalAddr,
}

impl Global {
    /// Makes a global with a value.
    ///
    /// # Errors
    ///
    /// A value of another type.
    pub fn new(
        mut store: impl AsContextMut,
        ty: GlobalType,
        value: Val,
    ) -> Result<Global, Error> {
        let mut store = store.as_context_mut();
        let (seam, host) = store.parts();
        let value = value.to_value(host);
        let address = seam.add_global(ty.into(), value)?;
        host.past.note(Made::Global(ty.into()));
        Ok(Global { store: host.id, address })
    }

    /// Its type.
    pub fn ty(&self, store: impl AsContext) -> GlobalType {
        let store = store.as_context();
        store.host.check(self.store);
        let ty = store.seam.global_type(self.address);
        ty.expect("it is in the store").into()
    }

    /// Its value.
    pub fn get(&self, mut store: impl AsContextMut) -> Val {
        let mut store = store.as_context_mut();
        let (seam, host) = store.parts();
        host.check(self.store);
        let value = seam.global(self.address).expect("it is in the store");
        Val::of(value, host)
    }

    /// Gives it another value.
    ///
    /// # Errors
    ///
    /// It can't be written, or the value is of another type.
    pub fn set(
        &self,
        mut store: impl AsContextMut,
        value: Val,
    ) -> Result<(), Error> {
        let mut store = store.as_context_mut();
        let (seam, host) = store.parts();
        host.check(self.store);
        let value = value.to_value(host);
        Ok(seam.set_global(self.address, value)?)
    }
}

/// A tag of a store: what tells the exceptions of one kind from others.
///
/// Specification: Execution, Runtime Structure, *Tag Instances*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag {
    pub(crate) store: StoreId,
    pub(crate) address: TagAddr,
}

impl Tag {
    /// Makes a tag whose exceptions carry what a function of this type takes.
    ///
    /// # Errors
    ///
    /// The type has results.
    pub fn new(
        mut store: impl AsContextMut,
        ty: FuncType,
    ) -> Result<Tag, Error> {
        if !ty.results().is_empty() {
            return Err(Error::msg("a tag has no results"));
        }
        let mut store = store.as_context_mut();
        let (seam, host) = store.parts();
        let address = seam.add_tag((&ty).into())?;
        host.past.note(Made::Tag((&ty).into()));
        Ok(Tag { store: host.id, address })
    }

    /// Its type: the parameters are what its exceptions carry.
    pub fn ty(&self, store: impl AsContext) -> FuncType {
        let store = store.as_context();
        store.host.check(self.store);
        let ty = store.seam.tag_type(self.address).unwrap_or_default();
        FuncType::from(&ty)
    }
}
