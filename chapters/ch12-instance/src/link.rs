//! Linking: whether what there is to import is what a module expects.
//!
//! Specification: Validation, Types, *Matching*, External Types.

use std::fmt::Display;

use annex_types::{close, close_ref};
use ch09_module::{Import, ImportType, Limits, Module, TypeIdx, ValType};

use crate::store::{ModuleInstance, StoreData};
use crate::{Extern, Imports, InstanceAddr, LinkError};

impl StoreData {
    /// An instance that has its types and its imports, and nothing of its own.
    pub(crate) fn link(
        &mut self,
        module: &Module,
        imports: &Imports,
    ) -> Result<ModuleInstance, LinkError> {
        let mut instance = ModuleInstance {
            address: InstanceAddr::after(&self.instances),
            types: Vec::new(),
            functions: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            tags: Vec::new(),
            exports: Vec::new(),
            names: Default::default(),
        };
        for (_, group) in module.types.groups() {
            let types = self.types.define(group, &instance.types);
            instance.types.extend(types);
        }
        for import in &module.imports {
            // An address of another store names nothing here.
            let found = imports.get(&import.module, &import.name);
            let Some(item) = found.filter(|item| self.has(*item)) else {
                return Err(self.misfit(import, None, &instance.types));
            };
            if !self.fits(item, import.ty, &instance.types) {
                return Err(self.misfit(import, Some(item), &instance.types));
            }
            match item {
                Extern::Func(function) => instance.functions.push(function),
                Extern::Table(table) => instance.tables.push(table),
                Extern::Memory(memory) => instance.memories.push(memory),
                Extern::Global(global) => instance.globals.push(global),
                Extern::Tag(tag) => instance.tags.push(tag),
            }
        }
        Ok(instance)
    }

    /// Whether an address names something in this store.
    fn has(&self, item: Extern) -> bool {
        match item {
            Extern::Func(address) => address.index() < self.functions.len(),
            Extern::Table(address) => address.index() < self.tables.len(),
            Extern::Memory(address) => address.index() < self.memories.len(),
            Extern::Global(address) => address.index() < self.globals.len(),
            Extern::Tag(address) => address.index() < self.tags.len(),
        }
    }

    /// Whether something can be imported as `wanted`.
    fn fits(
        &self,
        item: Extern,
        wanted: ImportType,
        types: &[TypeIdx],
    ) -> bool {
        let matches = |given, wanted| self.types.matches(given, wanted);
        let same =
            |given, wanted| matches(given, wanted) && matches(wanted, given);
        match (item, wanted) {
            (Extern::Func(address), ImportType::Func(ty)) => {
                let given = self.functions[address.index()].ty;
                self.types.is_subtype(given, types[ty.index()])
            }
            (Extern::Table(address), ImportType::Table(wanted)) => {
                let given = self.tables[address.index()].ty();
                let element = close_ref(wanted.element, types);
                given.address == wanted.address
                    && keeps_to(given.limits, wanted.limits)
                    && same(ValType::Ref(given.element), ValType::Ref(element))
            }
            (Extern::Memory(address), ImportType::Memory(wanted)) => {
                let given = self.memories[address.index()].ty();
                given.address == wanted.address
                    && given.page_size == wanted.page_size
                    && keeps_to(given.limits, wanted.limits)
            }
            (Extern::Global(address), ImportType::Global(wanted)) => {
                let given = self.globals[address.index()].ty;
                let content = close(wanted.content, types);
                // What is mutable is read as one type and written as the
                // other: both have to fit.
                given.mutable == wanted.mutable
                    && match wanted.mutable {
                        true => same(given.content, content),
                        false => matches(given.content, content),
                    }
            }
            // A type that is above and below another is that other.
            (Extern::Tag(address), ImportType::Tag(ty)) => {
                self.tags[address.index()].ty == types[ty.index()]
            }
            _ => false,
        }
    }

    /// What is wrong with an import.
    fn misfit(
        &self,
        import: &Import,
        given: Option<Extern>,
        types: &[TypeIdx],
    ) -> LinkError {
        let describe = |kind: &str, ty: &dyn Display| {
            format!("{kind} {ty}").trim_end().to_owned()
        };
        let with_func = |kind: &str, ty: TypeIdx| match self.types.func(ty) {
            Some(ty) => describe(kind, ty),
            None => kind.to_owned(),
        };
        let wanted = match import.ty {
            ImportType::Func(ty) => with_func("func", types[ty.index()]),
            ImportType::Table(ty) => describe("table", &ty),
            ImportType::Memory(ty) => describe("memory", &ty),
            ImportType::Global(ty) => describe("global", &ty),
            ImportType::Tag(ty) => with_func("tag", types[ty.index()]),
        };
        let given = given.map(|given| match given {
            Extern::Func(address) => {
                with_func("func", self.functions[address.index()].ty)
            }
            Extern::Table(address) => {
                describe("table", &self.tables[address.index()].ty())
            }
            Extern::Memory(address) => {
                describe("memory", &self.memories[address.index()].ty())
            }
            Extern::Global(address) => {
                describe("global", &self.globals[address.index()].ty)
            }
            Extern::Tag(address) => {
                with_func("tag", self.tags[address.index()].ty)
            }
        });
        LinkError {
            module: import.module.clone(),
            name: import.name.clone(),
            wanted,
            given,
        }
    }
}

/// Whether what has the limits `given` keeps to the limits `wanted`.
fn keeps_to(given: Limits, wanted: Limits) -> bool {
    given.min >= wanted.min
        && wanted
            .max
            .is_none_or(|wanted| given.max.is_some_and(|given| given <= wanted))
}
