//! Modules.
//!
//! Specification: Structure, *Modules*.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{
    Body, Bytes, CompositeType, DataIdx, ElemIdx, FieldIdx, FuncIdx, FuncType,
    GlobalIdx, GlobalType, LateFunction, LocalIdx, MemIdx, MemoryType, RefType,
    SubType, TableIdx, TableType, TagIdx, TypeIdx, Types, ValType,
};

/// A module: the contents of a file in the text format or the binary format.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Module {
    /// The types, in groups whose types may name each other.
    pub types: Arc<Types>,
    /// What the module needs from outside.
    pub imports: Vec<Import>,
    /// The functions that the module defines, still as bytes.
    pub functions: Vec<LateFunction>,
    /// The tables that the module defines.
    pub tables: Vec<TableDefinition>,
    /// The memories that the module defines.
    pub memories: Vec<MemoryType>,
    /// The globals that the module defines.
    pub globals: Vec<Global>,
    /// The tags that the module defines, each by the type of its function.
    pub tags: Vec<TypeIdx>,
    /// What the module shows outside.
    pub exports: Vec<Export>,
    /// The function that instantiation calls last.
    pub start: Option<FuncIdx>,
    /// The element segments.
    pub elements: Vec<Element>,
    /// The data segments.
    pub data: Vec<Data>,
    /// The names that tools and people use.
    pub names: Names,
    /// Sections that the standard gives no meaning to, except the names.
    pub customs: Vec<Custom>,
}

/// What a module needs from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// The name of the module that should have it.
    pub module: String,
    /// Its name in that module.
    pub name: String,
    /// What it has to be.
    pub ty: ImportType,
}

/// The type of an import.
///
/// Specification: Structure, Types, *External Types*.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ImportType {
    /// A function of this type.
    Func(TypeIdx),
    /// A table.
    Table(TableType),
    /// A memory.
    Memory(MemoryType),
    /// A global.
    Global(GlobalType),
    /// A tag whose function has this type.
    Tag(TypeIdx),
}

/// A function that the module defines.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its type.
    pub ty: TypeIdx,
    /// The types of its locals, apart from the parameters.
    pub locals: Box<[ValType]>,
    /// What it executes.
    pub body: Body,
}

/// A table that the module defines.
#[derive(Clone, Debug, PartialEq)]
pub struct TableDefinition {
    /// Its type.
    pub ty: TableType,
    /// What its elements are at first; null if it is left out.
    pub init: Option<Body>,
}

/// A global that the module defines.
#[derive(Clone, Debug, PartialEq)]
pub struct Global {
    /// Its type.
    pub ty: GlobalType,
    /// What its value is at first.
    pub init: Body,
}

/// What a module shows outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Export {
    /// Its name outside.
    pub name: String,
    /// What it is.
    pub item: ExportItem,
}

/// What an export refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportItem {
    /// A function.
    Func(FuncIdx),
    /// A table.
    Table(TableIdx),
    /// A memory.
    Memory(MemIdx),
    /// A global.
    Global(GlobalIdx),
    /// A tag.
    Tag(TagIdx),
}

/// A list of references for tables.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// The type of each reference.
    pub ty: RefType,
    /// What makes the references.
    pub items: Vec<Body>,
    /// When they are used.
    pub mode: ElementMode,
}

/// When an element segment is used.
#[derive(Clone, Debug, PartialEq)]
pub enum ElementMode {
    /// At instantiation: copied to a table, from an index on.
    Active(TableIdx, Body),
    /// By `table.init`.
    Passive,
    /// Never: it only declares which functions references are made of.
    Declarative,
}

/// A list of bytes for memories.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    /// The bytes.
    pub bytes: Bytes,
    /// When they are used.
    pub mode: DataMode,
}

/// When a data segment is used.
#[derive(Clone, Debug, PartialEq)]
pub enum DataMode {
    /// At instantiation: copied to a memory, from an address on.
    Active(MemIdx, Body),
    /// By `memory.init`.
    Passive,
}

/// A section that the standard gives no meaning to.
#[derive(Clone, Debug, PartialEq)]
pub struct Custom {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// The known section that it follows, if there is one.
    pub after: Option<Section>,
}

/// The known sections, in their order in the binary format; without the data
/// count, which only repeats the length of the data section.
///
/// Specification: Binary Format, Modules, *Sections*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the standard's names say it")]
pub enum Section {
    Type,
    Import,
    Func,
    Table,
    Memory,
    Tag,
    Global,
    Export,
    Start,
    Elem,
    Code,
    Data,
}

/// The names that tools and people use; the machine does not.
///
/// Specification: Appendix, *Custom Sections*, Name Section.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "each is the names of what its name says")]
pub struct Names {
    pub module: Option<String>,
    pub functions: BTreeMap<FuncIdx, String>,
    pub locals: BTreeMap<(FuncIdx, LocalIdx), String>,
    /// The second number counts the function's blocks in the order in which
    /// they open.
    pub labels: BTreeMap<(FuncIdx, u32), String>,
    pub types: BTreeMap<TypeIdx, String>,
    pub fields: BTreeMap<(TypeIdx, FieldIdx), String>,
    pub tables: BTreeMap<TableIdx, String>,
    pub memories: BTreeMap<MemIdx, String>,
    pub globals: BTreeMap<GlobalIdx, String>,
    pub tags: BTreeMap<TagIdx, String>,
    pub elements: BTreeMap<ElemIdx, String>,
    pub data: BTreeMap<DataIdx, String>,
}

impl Module {
    /// The type of an index, if there is one.
    pub fn ty(&self, index: TypeIdx) -> Option<&SubType> {
        self.types.get(index)
    }

    /// The function type of an index, if it is one.
    pub fn func_type(&self, index: TypeIdx) -> Option<&FuncType> {
        match &self.ty(index)?.composite {
            CompositeType::Func(ty) => Some(ty),
            _ => None,
        }
    }

    /// How many imports have a type that `kind` accepts: the index of the first
    /// definition of this kind.
    pub fn imported(&self, kind: impl Fn(&ImportType) -> bool) -> u32 {
        let types = self.imports.iter().map(|import| &import.ty);
        types.filter(|ty| kind(ty)).count() as u32
    }

    /// The imports, each with the index that it is given.
    pub fn imported_items(
        &self,
    ) -> impl Iterator<Item = (ExportItem, &Import)> {
        let mut next = [0; 5];
        let mut take = move |kind: usize| {
            let index = next[kind];
            next[kind] += 1;
            index
        };
        self.imports.iter().map(move |import| {
            let item = match import.ty {
                ImportType::Func(_) => ExportItem::Func(FuncIdx(take(0))),
                ImportType::Table(_) => ExportItem::Table(TableIdx(take(1))),
                ImportType::Memory(_) => ExportItem::Memory(MemIdx(take(2))),
                ImportType::Global(_) => ExportItem::Global(GlobalIdx(take(3))),
                ImportType::Tag(_) => ExportItem::Tag(TagIdx(take(4))),
            };
            (item, import)
        })
    }

    /// The function that the module defines under an index, read; nothing if
    /// it is imported, or not there.
    pub fn function(&self, index: FuncIdx) -> Option<Cow<'_, Function>> {
        let imported = self.imported(|ty| matches!(ty, ImportType::Func(_)));
        let index = index.0.checked_sub(imported)? as usize;
        Some(self.functions.get(index)?.read())
    }

    /// The types of all functions, imported ones first, in the order of their
    /// indices.
    pub fn function_types(&self) -> impl Iterator<Item = TypeIdx> {
        let imported =
            self.imports.iter().filter_map(|import| match import.ty {
                ImportType::Func(ty) => Some(ty),
                _ => None,
            });
        imported.chain(self.functions.iter().map(|function| function.ty))
    }
}
