//! Types as text.
//!
//! Specification: Text Format, *Types*.

use std::fmt::{self, Display, Formatter};

use super::identifier::write_name;
use super::{Scope, Text};
use crate::{
    AddressType, BlockType, CompositeType, FieldIdx, FieldType, FuncIdx,
    FuncType, GlobalType, HeapType, Limits, LocalIdx, MemoryType, RefType,
    StorageType, SubType, TableType, TypeIdx, ValType,
};

/// `absheaptype ::= 'any' => any | 'eq' => eq | …`: the words, and those for
/// the nullable references.
const ABSTRACT: [(HeapType, &str, &str); 12] = [
    (HeapType::Any, "any", "anyref"),
    (HeapType::Eq, "eq", "eqref"),
    (HeapType::I31, "i31", "i31ref"),
    (HeapType::Struct, "struct", "structref"),
    (HeapType::Array, "array", "arrayref"),
    (HeapType::None, "none", "nullref"),
    (HeapType::Func, "func", "funcref"),
    (HeapType::NoFunc, "nofunc", "nullfuncref"),
    (HeapType::Extern, "extern", "externref"),
    (HeapType::NoExtern, "noextern", "nullexternref"),
    (HeapType::Exn, "exn", "exnref"),
    (HeapType::NoExn, "noexn", "nullexnref"),
];

impl Text for HeapType {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        if let HeapType::Concrete(ty) = self {
            return ty.write(scope, f);
        }
        let mut words = ABSTRACT.iter().filter(|(heap, ..)| heap == self);
        words.try_for_each(|(_, word, _)| f.write_str(word))
    }
}

impl Text for RefType {
    /// `reftype ::= '(' 'ref' 'null'? heaptype ')'`, or the word that is short
    /// for it.
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        let short = ABSTRACT.iter().find(|(heap, ..)| *heap == self.heap);
        match (self.nullable, short) {
            (true, Some((_, _, short))) => f.write_str(short),
            (true, None) => write!(f, "(ref null {})", scope.show(&self.heap)),
            (false, _) => write!(f, "(ref {})", scope.show(&self.heap)),
        }
    }
}

impl Text for ValType {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            ValType::Num(ty) => ty.fmt(f),
            ValType::V128 => f.write_str("v128"),
            ValType::Ref(ty) => ty.write(scope, f),
        }
    }
}

impl Text for FuncType {
    /// `(param i32 i32) (result i32)`, or nothing for a function that takes and
    /// leaves nothing.
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        for (word, types) in
            [("param", &self.params), ("result", &self.results)]
        {
            if !types.is_empty() {
                write!(f, "{gap}({word}")?;
                types
                    .iter()
                    .try_for_each(|ty| write!(f, " {}", scope.show(ty)))?;
                f.write_str(")")?;
                gap = " ";
            }
        }
        Ok(())
    }
}

/// Writes the parameters or the locals of a function: those with a name each by
/// itself, the others together.
pub(super) fn write_locals(
    word: &str,
    first: LocalIdx,
    types: &[ValType],
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    let mut open = false;
    for (index, ty) in (first.0..).map(LocalIdx).zip(types) {
        let key = (scope.function, index);
        let named = scope
            .module
            .is_some_and(|module| module.names.locals.contains_key(&key));
        if open && named {
            f.write_str(")")?;
        }
        if !open || named {
            write!(f, " ({word}")?;
            write_name(&key, scope, f)?;
        }
        write!(f, " {}", scope.show(ty))?;
        if named {
            f.write_str(")")?;
        }
        open = !named;
    }
    if open { f.write_str(")") } else { Ok(()) }
}

/// `typeuse ::= '(' 'type' typeidx ')' param* result*`, with the names of the
/// function's parameters.
pub(super) fn write_signature(
    ty: TypeIdx,
    function: FuncIdx,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    let scope = Scope { function, ..*scope };
    write!(f, " (type {})", scope.show(&ty))?;
    if let Some(ty) = scope.module.and_then(|module| module.func_type(ty)) {
        write_locals("param", LocalIdx(0), &ty.params, &scope, f)?;
        if !ty.results.is_empty() {
            f.write_str(" (result")?;
            ty.results
                .iter()
                .try_for_each(|ty| write!(f, " {}", scope.show(ty)))?;
            f.write_str(")")?;
        }
    }
    Ok(())
}

/// `typeuse`, without names.
pub(super) fn write_type_use(
    ty: TypeIdx,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    write!(f, " (type {})", scope.show(&ty))?;
    match scope.module.and_then(|module| module.func_type(ty)) {
        Some(ty) if *ty != FuncType::default() => {
            write!(f, " {}", scope.show(ty))
        }
        _ => Ok(()),
    }
}

impl Text for StorageType {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            StorageType::I8 => f.write_str("i8"),
            StorageType::I16 => f.write_str("i16"),
            StorageType::Val(ty) => ty.write(scope, f),
        }
    }
}

impl Text for FieldType {
    /// `fieldtype ::= storagetype | '(' 'mut' storagetype ')'`
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self.mutable {
            true => write!(f, "(mut {})", scope.show(&self.storage)),
            false => self.storage.write(scope, f),
        }
    }
}

impl Text for CompositeType {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        write_composite(self, None, scope, f)
    }
}

/// `comptype ::= '(' 'array' fieldtype ')' | '(' 'struct' field* ')'
/// | '(' 'func' param* result* ')'`
fn write_composite(
    composite: &CompositeType,
    index: Option<TypeIdx>,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    match composite {
        CompositeType::Array(field) => {
            write!(f, "(array {})", scope.show(field))
        }
        CompositeType::Struct(fields) => {
            f.write_str("(struct")?;
            for (position, field) in (0..).map(FieldIdx).zip(fields) {
                f.write_str(" (field")?;
                if let Some(index) = index {
                    write_name(&(index, position), scope, f)?;
                }
                write!(f, " {})", scope.show(field))?;
            }
            f.write_str(")")
        }
        CompositeType::Func(ty) if *ty == FuncType::default() => {
            f.write_str("(func)")
        }
        CompositeType::Func(ty) => write!(f, "(func {})", scope.show(ty)),
    }
}

impl Text for SubType {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        write_sub_type(self, None, scope, f)
    }
}

/// `subtype ::= '(' 'sub' 'final'? typeidx* comptype ')'`, or the `comptype`
/// alone, which is final.
pub(super) fn write_sub_type(
    ty: &SubType,
    index: Option<TypeIdx>,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    if ty.is_final && ty.supertype.is_none() {
        return write_composite(&ty.composite, index, scope, f);
    }
    f.write_str(if ty.is_final { "(sub final " } else { "(sub " })?;
    if let Some(supertype) = &ty.supertype {
        write!(f, "{} ", scope.show(supertype))?;
    }
    write_composite(&ty.composite, index, scope, f)?;
    f.write_str(")")
}

impl Text for Limits {
    fn write(&self, _: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self.max {
            Some(max) => write!(f, "{} {max}", self.min),
            None => write!(f, "{}", self.min),
        }
    }
}

impl Text for AddressType {
    fn write(&self, _: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AddressType::I32 => "i32",
            AddressType::I64 => "i64",
        })
    }
}

/// `addrtype? limits`: `i32` is left out.
fn write_limits(
    address: AddressType,
    limits: Limits,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    match address {
        AddressType::I32 => limits.fmt(f),
        AddressType::I64 => write!(f, "i64 {limits}"),
    }
}

impl Text for MemoryType {
    fn write(&self, _: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        write_limits(self.address, self.limits, f)?;
        match self.page_size {
            MemoryType::PAGE_SIZE => Ok(()),
            page_size => write!(f, " (pagesize {page_size})"),
        }
    }
}

impl Text for TableType {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        write_limits(self.address, self.limits, f)?;
        write!(f, " {}", scope.show(&self.element))
    }
}

impl Text for GlobalType {
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self.mutable {
            true => write!(f, "(mut {})", scope.show(&self.content)),
            false => self.content.write(scope, f),
        }
    }
}

impl Text for BlockType {
    /// `blocktype ::= (t:result)? | typeuse`, each after a space.
    fn write(&self, scope: &Scope<'_>, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BlockType::Empty => Ok(()),
            BlockType::Value(ty) => write!(f, " (result {})", scope.show(ty)),
            BlockType::Func(ty) => write_type_use(*ty, scope, f),
        }
    }
}
