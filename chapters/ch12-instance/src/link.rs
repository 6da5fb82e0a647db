//! Linking: whether what there is to import is what a module expects.
//!
//! Specification: Validation, Types, *Matching*, External Types.

use annex_embedding::{Extern, LinkError};
use annex_types::{close, close_ref};
use ch09_module::{ImportType, Limits, Module, TypeIdx};

use crate::store::{ModuleInstance, StoreData};

impl StoreData {
    /// An instance that has its types and its imports, and nothing of its own.
    pub(crate) fn link(
        &mut self,
        module: &Module,
        items: &[Option<Extern>],
    ) -> Result<ModuleInstance, LinkError> {
        let mut instance = ModuleInstance::default();
        for (_, group) in module.types.groups() {
            let types = self.types.define(group, &instance.types);
            instance.types.extend(types);
        }
        for (number, import) in module.imports.iter().enumerate() {
            let found = items.get(number).copied().flatten();
            let given = found.and_then(|item| self.type_of(item));
            let wanted = closed(import.ty, &instance.types);
            let fits = given.is_some_and(|given| self.fits(given, wanted));
            let Some(item) = found.filter(|_| fits) else {
                return Err(LinkError {
                    module: import.module.clone(),
                    name: import.name.clone(),
                    wanted: self.describe(wanted),
                    given: given.map(|given| self.describe(given)),
                });
            };
            match item {
                Extern::Func(function) => {
                    instance.functions.push(function);
                    let name = [&import.module, &import.name].map(Clone::clone);
                    instance.imports.push(name);
                }
                Extern::Table(table) => instance.tables.push(table),
                Extern::Memory(memory) => instance.memories.push(memory),
                Extern::Global(global) => instance.globals.push(global),
                Extern::Tag(tag) => instance.tags.push(tag),
            }
        }
        Ok(instance)
    }

    /// The type of something that can be imported, closed; `None` if an address
    /// of another store names nothing here.
    fn type_of(&self, item: Extern) -> Option<ImportType> {
        Some(match item {
            Extern::Func(address) => {
                ImportType::Func(self.functions.get(address.index())?.ty)
            }
            Extern::Table(address) => {
                ImportType::Table(self.tables.get(address.index())?.ty())
            }
            Extern::Memory(address) => {
                ImportType::Memory(self.memories.get(address.index())?.ty())
            }
            Extern::Global(address) => {
                ImportType::Global(self.globals.get(address.index())?.ty)
            }
            Extern::Tag(address) => {
                ImportType::Tag(self.tags.get(address.index())?.ty)
            }
        })
    }

    /// Whether something of type `given` can be imported as `wanted`.
    fn fits(&self, given: ImportType, wanted: ImportType) -> bool {
        match (given, wanted) {
            (ImportType::Func(given), ImportType::Func(wanted)) => {
                self.types.is_subtype(given, wanted)
            }
            (ImportType::Table(given), ImportType::Table(wanted)) => {
                given.address == wanted.address
                    && given.element == wanted.element
                    && keeps_to(given.limits, wanted.limits)
            }
            (ImportType::Memory(given), ImportType::Memory(wanted)) => {
                given.address == wanted.address
                    && given.page_size == wanted.page_size
                    && keeps_to(given.limits, wanted.limits)
            }
            (ImportType::Global(given), ImportType::Global(wanted)) => {
                given.mutable == wanted.mutable
                    && match wanted.mutable {
                        // It is read as one type and written as the other.
                        true => given.content == wanted.content,
                        false => {
                            self.types.matches(given.content, wanted.content)
                        }
                    }
            }
            (ImportType::Tag(given), ImportType::Tag(wanted)) => {
                given == wanted
            }
            _ => false,
        }
    }

    /// A closed type of an import in words. Where a function's type has the
    /// word `sub`, which makes it another type, its whole definition is shown.
    fn describe(&self, ty: ImportType) -> String {
        let func =
            |ty| self.types.func(ty).map_or(String::new(), |ty| ty.to_string());
        let with_sub = |ty: TypeIdx| {
            let ty = self.types.all().get(ty.index());
            ty.filter(|ty| !ty.is_final || ty.supertype.is_some())
        };
        let (kind, ty) = match ty {
            ImportType::Func(ty) => match with_sub(ty) {
                Some(ty) => ("", ty.to_string()),
                None => ("func", func(ty)),
            },
            ImportType::Table(ty) => ("table", ty.to_string()),
            ImportType::Memory(ty) => ("memory", ty.to_string()),
            ImportType::Global(ty) => ("global", ty.to_string()),
            ImportType::Tag(ty) => ("tag", func(ty)),
        };
        format!("{kind} {ty}").trim().to_owned()
    }
}

/// The type of an import, closed: each index of the module is replaced by the
/// number of that type in the store.
fn closed(mut ty: ImportType, types: &[TypeIdx]) -> ImportType {
    match &mut ty {
        ImportType::Func(ty) | ImportType::Tag(ty) => *ty = types[ty.index()],
        ImportType::Table(ty) => ty.element = close_ref(ty.element, types),
        ImportType::Memory(_) => {}
        ImportType::Global(ty) => ty.content = close(ty.content, types),
    }
    ty
}

/// Whether what has the limits `given` keeps to the limits `wanted`.
fn keeps_to(given: Limits, wanted: Limits) -> bool {
    given.min >= wanted.min
        && wanted
            .max
            .is_none_or(|wanted| given.max.is_some_and(|given| given <= wanted))
}
