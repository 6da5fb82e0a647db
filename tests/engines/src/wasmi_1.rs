//! `wasmi` 1.1, by which our machine is judged.
//!
//! Version 2.0.0 is faster and new, and of some ten thousand random modules it executes one wrongly: it makes one instruction of `i32.eqz`
//! of a local and the `select` after it, for instance, and decides by a register that was never loaded. Version 1.1
//! did what our machine does on all of them.

#[expect(clippy::duplicate_mod, reason = "both versions come to the seam by the same way")]
#[path = "store.rs"]
mod store;

use annex_embedding::LinkError;
use ch07_values::Trap;
use ch09_module::{AddressType, TableType};
pub(crate) use wasmi_1 as wasmi;

pub use store::Wasmi;
use wasmi::Val;
use wasmi::errors::{ErrorKind, InstantiationError, TableError};

pub(crate) const NAME: &str = "wasmi-1";

pub(crate) use wasmi::Ref as Nullable;

/// The zero or the null of a type.
pub(crate) fn zero(ty: wasmi::ValType) -> Val {
    Val::default(ty)
}

/// A table of nulls.
pub(crate) fn table(
    store: &mut impl wasmi::AsContextMut,
    ty: TableType,
) -> Result<wasmi::Table, wasmi::Error> {
    let element = store::theirs(ch09_module::ValType::Ref(ty.element));
    let theirs = match ty.address {
        AddressType::I32 => {
            let maximum = ty.limits.max.map(|max| max as u32);
            wasmi::TableType::new(element, ty.limits.min as u32, maximum)
        }
        AddressType::I64 => wasmi::TableType::new64(element, ty.limits.min, ty.limits.max),
    };
    wasmi::Table::new(store, theirs, zero(element))
}

/// An element of a table.
pub(crate) fn element(
    store: &impl wasmi::AsContext,
    table: wasmi::Table,
    index: u64,
) -> Option<Val> {
    table.get(store, index)
}

/// The trap that only this version calls so.
pub(crate) fn other_trap(error: &ErrorKind) -> Option<Trap> {
    use TableError as Error;
    match error {
        ErrorKind::Table(
            Error::InitOutOfBounds
            | Error::FillOutOfBounds
            | Error::SetOutOfBounds
            | Error::CopyOutOfBounds,
        ) => Some(Trap::OutOfBoundsTableAccess),
        _ => None,
    }
}

/// The import that does not fit, if that is what is wrong. This version does not say which it is.
pub(crate) fn misfit(error: &InstantiationError) -> Option<LinkError> {
    use InstantiationError as Error;
    let (wanted, given) = match error {
        Error::ImportsExternalsMismatch { expected, actual } => {
            (format!("{expected:?}"), format!("{actual:?}"))
        }
        Error::GlobalTypeMismatch { expected, actual } => {
            (format!("{expected:?}"), format!("{actual:?}"))
        }
        Error::FuncTypeMismatch { expected, actual } => {
            (format!("{expected:?}"), format!("{actual:?}"))
        }
        Error::TableTypeMismatch { expected, actual } => {
            (format!("{expected:?}"), format!("{actual:?}"))
        }
        Error::MemoryTypeMismatch { expected, actual } => {
            (format!("{expected:?}"), format!("{actual:?}"))
        }
        _ => return None,
    };
    Some(LinkError { module: "?".to_owned(), name: "?".to_owned(), wanted, given: Some(given) })
}
