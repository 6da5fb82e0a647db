//! `wasmi` 2, by whose speed our machine is measured.

#[expect(clippy::duplicate_mod, reason = "both versions come to the seam by the same way")]
#[path = "store.rs"]
mod store;

use std::fmt::Debug;

pub(crate) use ::wasmi;
use annex_embedding::LinkError;
use ch07_values::Trap;
use ch09_module::{AddressType, TableType};

pub use store::Wasmi;
use wasmi::errors::{ErrorKind, InstantiationError};
use wasmi::{Ref, RefType, Val};

pub(crate) const NAME: &str = "wasmi";

pub(crate) use wasmi::Nullable;

/// The zero or the null of a type.
pub(crate) fn zero(ty: wasmi::ValType) -> Val {
    Val::default_for_ty(ty)
}

/// A table of nulls.
pub(crate) fn table(
    store: &mut impl wasmi::AsContextMut,
    ty: TableType,
) -> Result<wasmi::Table, wasmi::Error> {
    let element = match store::theirs(ch09_module::ValType::Ref(ty.element)) {
        wasmi::ValType::FuncRef => RefType::Func,
        _ => RefType::Extern,
    };
    let theirs = match ty.address {
        AddressType::I32 => {
            let maximum = ty.limits.max.map(|max| max as u32);
            wasmi::TableType::new(element, ty.limits.min as u32, maximum)
        }
        AddressType::I64 => wasmi::TableType::new64(element, ty.limits.min, ty.limits.max),
    };
    wasmi::Table::new(store, theirs, Ref::default_for_ty(element))
}

/// An element of a table.
pub(crate) fn element(
    store: &impl wasmi::AsContext,
    table: wasmi::Table,
    index: u64,
) -> Option<Val> {
    Some(match table.get(store, index)? {
        Ref::Func(function) => Val::FuncRef(function),
        Ref::Extern(reference) => Val::ExternRef(reference),
    })
}

/// The trap that only this version calls so.
pub(crate) fn other_trap(_: &ErrorKind) -> Option<Trap> {
    None
}

/// The import that does not fit, if that is what is wrong.
pub(crate) fn misfit(error: &InstantiationError) -> Option<LinkError> {
    use InstantiationError as Error;
    let debug = |ty: &dyn Debug| format!("{ty:?}");
    let (name, wanted, given) = match error {
        Error::ImportTypeMismatch { name, expected, actual } => {
            (name, debug(expected), debug(actual))
        }
        Error::GlobalTypeMismatch { name, expected, actual } => {
            (name, debug(expected), debug(actual))
        }
        Error::FuncTypeMismatch { name, expected, actual } => {
            (name, debug(expected), debug(actual))
        }
        Error::TableTypeMismatch { name, expected, actual } => {
            (name, debug(expected), debug(actual))
        }
        Error::MemoryTypeMismatch { name, expected, actual } => {
            (name, debug(expected), debug(actual))
        }
        _ => return None,
    };
    let (module, name) = (name.module().to_owned(), name.name().to_owned());
    Some(LinkError { module, name, wanted, given: Some(given) })
}
