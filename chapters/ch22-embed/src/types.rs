//! Types of values, functions, and everything that a module imports or exports.

use std::fmt;

use annex_embedding::list;
use ch07_values::NumType;
use ch09_module as module;
pub use ch09_module::{HeapType, MemoryType, RefType, TableType};

/// The type of a value.
///
/// Specification: Structure, Types, *Value Types*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValType {
    /// A 32-bit integer, signed or not.
    I32,
    /// A 64-bit integer, signed or not.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
    /// A vector of 128 bits.
    V128,
    /// A reference. A concrete heap type in it is a number of the module, or,
    /// of what is in a store, of the store.
    Ref(RefType),
}

impl ValType {
    /// `funcref`.
    pub const FUNCREF: ValType = ValType::Ref(RefType::FUNCREF);
    /// `externref`.
    pub const EXTERNREF: ValType = ValType::Ref(RefType::EXTERNREF);
    /// `anyref`.
    pub const ANYREF: ValType =
        ValType::Ref(RefType { nullable: true, heap: HeapType::Any });
    /// `exnref`.
    pub const EXNREF: ValType =
        ValType::Ref(RefType { nullable: true, heap: HeapType::Exn });

    /// Whether it is a type of numbers.
    pub fn is_num(self) -> bool {
        !matches!(self, ValType::V128 | ValType::Ref(_))
    }

    /// Whether it is a type of references.
    pub fn is_ref(self) -> bool {
        matches!(self, ValType::Ref(_))
    }
}

impl From<module::ValType> for ValType {
    fn from(ty: module::ValType) -> ValType {
        match ty {
            module::ValType::Num(NumType::I32) => ValType::I32,
            module::ValType::Num(NumType::I64) => ValType::I64,
            module::ValType::Num(NumType::F32) => ValType::F32,
            module::ValType::Num(NumType::F64) => ValType::F64,
            module::ValType::V128 => ValType::V128,
            module::ValType::Ref(ty) => ValType::Ref(ty),
        }
    }
}

impl From<ValType> for module::ValType {
    fn from(ty: ValType) -> module::ValType {
        match ty {
            ValType::I32 => module::ValType::Num(NumType::I32),
            ValType::I64 => module::ValType::Num(NumType::I64),
            ValType::F32 => module::ValType::Num(NumType::F32),
            ValType::F64 => module::ValType::Num(NumType::F64),
            ValType::V128 => module::ValType::V128,
            ValType::Ref(ty) => module::ValType::Ref(ty),
        }
    }
}

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        module::ValType::from(*self).fmt(f)
    }
}

/// The type of a function.
///
/// Specification: Structure, Types, *Composite Types*.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FuncType {
    params: Box<[ValType]>,
    results: Box<[ValType]>,
}

impl FuncType {
    /// A type with these parameters and results.
    pub fn new(
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> FuncType {
        let params = params.into_iter().collect();
        FuncType { params, results: results.into_iter().collect() }
    }

    /// The types of the parameters.
    pub fn params(&self) -> &[ValType] {
        &self.params
    }

    /// The types of the results.
    pub fn results(&self) -> &[ValType] {
        &self.results
    }
}

impl From<&module::FuncType> for FuncType {
    fn from(ty: &module::FuncType) -> FuncType {
        let types = |types: &[module::ValType]| {
            types.iter().copied().map(ValType::from).collect()
        };
        let module::FuncType { params, results } = ty;
        FuncType { params: types(params), results: types(results) }
    }
}

impl From<&FuncType> for module::FuncType {
    fn from(ty: &FuncType) -> module::FuncType {
        let types = |types: &[ValType]| {
            types.iter().copied().map(module::ValType::from).collect()
        };
        let FuncType { params, results } = ty;
        module::FuncType { params: types(params), results: types(results) }
    }
}

impl fmt::Display for FuncType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", list(&self.params), list(&self.results))
    }
}

/// Whether a global can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mutability {
    /// It can't.
    Const,
    /// It can.
    Var,
}

/// The type of a global.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalType {
    content: ValType,
    mutability: Mutability,
}

impl GlobalType {
    /// The type of a global with such values.
    pub fn new(content: ValType, mutability: Mutability) -> GlobalType {
        GlobalType { content, mutability }
    }

    /// The type of its value.
    pub fn content(&self) -> ValType {
        self.content
    }

    /// Whether it can be written.
    pub fn mutability(&self) -> Mutability {
        self.mutability
    }
}

impl From<module::GlobalType> for GlobalType {
    fn from(ty: module::GlobalType) -> GlobalType {
        let mutability = match ty.mutable {
            true => Mutability::Var,
            false => Mutability::Const,
        };
        GlobalType { content: ty.content.into(), mutability }
    }
}

impl From<GlobalType> for module::GlobalType {
    fn from(ty: GlobalType) -> module::GlobalType {
        let mutable = ty.mutability == Mutability::Var;
        module::GlobalType { content: ty.content.into(), mutable }
    }
}

impl fmt::Display for GlobalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        module::GlobalType::from(*self).fmt(f)
    }
}

/// The type of something that a module imports or exports.
///
/// Specification: Structure, Types, *External Types*.
#[derive(Clone, Debug, PartialEq)]
pub enum ExternType {
    /// A function.
    Func(FuncType),
    /// A global.
    Global(GlobalType),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A tag, whose exceptions carry what such a function takes.
    Tag(FuncType),
}

impl ExternType {
    /// The type of the function, if it is one.
    pub fn func(&self) -> Option<&FuncType> {
        match self {
            ExternType::Func(ty) => Some(ty),
            _ => None,
        }
    }
}

impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExternType::Func(ty) => write!(f, "func {ty}"),
            ExternType::Global(ty) => write!(f, "global {ty}"),
            ExternType::Table(ty) => write!(f, "table {ty}"),
            ExternType::Memory(ty) => write!(f, "memory {ty}"),
            ExternType::Tag(ty) => write!(f, "tag {}", list(ty.params())),
        }
    }
}
