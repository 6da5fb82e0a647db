//! Types.
//!
//! Specification: Structure, *Types*.

use std::iter;

use ch07_values::NumType;

use crate::TypeIdx;

/// What a reference can refer to.
///
/// Specification: Structure, Types, *Heap Types*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeapType {
    /// Any function.
    Func,
    /// Nothing at all: the bottom of the functions.
    NoFunc,
    /// A value of the embedder.
    Extern,
    /// Nothing at all: the bottom of the embedder's values.
    NoExtern,
    /// Any exception.
    Exn,
    /// Nothing at all: the bottom of the exceptions.
    NoExn,
    /// Anything that lives in the heap of the module.
    Any,
    /// Anything that can be compared by `ref.eq`.
    Eq,
    /// An integer of 31 bits.
    I31,
    /// Any structure.
    Struct,
    /// Any array.
    Array,
    /// Nothing at all: the bottom of the heap.
    None,
    /// What the type of this index describes.
    Concrete(TypeIdx),
}

/// The type of a reference.
///
/// Specification: Structure, Types, *Reference Types*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RefType {
    /// Whether the reference may be null.
    pub nullable: bool,
    /// What it refers to.
    pub heap: HeapType,
}

impl RefType {
    /// `funcref`: a function or null.
    pub const FUNCREF: RefType =
        RefType { nullable: true, heap: HeapType::Func };
    /// `externref`: a value of the embedder, or null.
    pub const EXTERNREF: RefType =
        RefType { nullable: true, heap: HeapType::Extern };
}

/// The type of a value.
///
/// Specification: Structure, Types, *Value Types*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValType {
    /// A number.
    Num(NumType),
    /// 128 bits that each instruction divides into lanes.
    V128,
    /// A reference.
    Ref(RefType),
}

/// The type of a function: what it takes and what it leaves.
///
/// Specification: Structure, Types, *Composite Types*.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FuncType {
    /// The types of the parameters.
    pub params: Box<[ValType]>,
    /// The types of the results.
    pub results: Box<[ValType]>,
}

/// How a field is stored.
///
/// Specification: Structure, Types, *Composite Types* (`storagetype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StorageType {
    /// The low 8 bits of an `i32`.
    I8,
    /// The low 16 bits of an `i32`.
    I16,
    /// A value.
    Val(ValType),
}

/// A field of a structure, or all fields of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldType {
    /// How it is stored.
    pub storage: StorageType,
    /// Whether it can be written after its creation.
    pub mutable: bool,
}

/// A type that is made of others.
///
/// Specification: Structure, Types, *Composite Types*.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CompositeType {
    /// A function.
    Func(FuncType),
    /// A structure with these fields.
    Struct(Box<[FieldType]>),
    /// An array of such fields.
    Array(FieldType),
}

/// A type with its place among the other types.
///
/// Specification: Structure, Types, *Recursive Types* (`subtype`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubType {
    /// Whether no type may name this one as its supertype.
    pub is_final: bool,
    /// The supertype of this one.
    pub supertype: Option<TypeIdx>,
    /// What it is made of.
    pub composite: CompositeType,
}

/// The types of a module, in groups.
///
/// The types of a group may name each other; otherwise a type names only those
/// before it. An index counts types, not groups, so the types lie in one list,
/// and where each group ends stands beside it.
///
/// Specification: Structure, Types, *Recursive Types* (`rectype`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Types {
    types: Vec<SubType>,
    ends: Vec<usize>,
}

impl Types {
    /// Appends a group.
    pub fn push(&mut self, group: impl IntoIterator<Item = SubType>) {
        self.types.extend(group);
        self.ends.push(self.types.len());
    }

    /// The type of an index, if there is one.
    pub fn get(&self, index: TypeIdx) -> Option<&SubType> {
        self.types.get(index.index())
    }

    /// All types, in the order of their indices.
    pub fn all(&self) -> &[SubType] {
        &self.types
    }

    /// The groups in their order, each with the index of its first type.
    pub fn groups(&self) -> impl Iterator<Item = (TypeIdx, &[SubType])> {
        let starts = iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, &end)| {
            (TypeIdx(start as u32), &self.types[start..end])
        })
    }
}

/// The type of the addresses of a memory or a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressType {
    /// Addresses are an `i32`.
    I32,
    /// Addresses are an `i64`.
    I64,
}

impl AddressType {
    /// The slot that holds -1, which `memory.grow` and `table.grow` leave when
    /// they fail. Without a sign it is the largest number of this type.
    pub fn minus_one(self) -> u64 {
        match self {
            AddressType::I32 => u32::MAX.into(),
            AddressType::I64 => u64::MAX,
        }
    }
}

/// How small and how large something that grows may be.
///
/// Specification: Structure, Types, *Limits*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// The size at the beginning.
    pub min: u64,
    /// The size that it never exceeds.
    pub max: Option<u64>,
}

impl Limits {
    /// Whether these limits are in order, and neither is above `most`.
    ///
    /// Specification: Validation, Types, *Limits*.
    pub fn are_valid(self, most: u64) -> bool {
        let max = self.max.unwrap_or(most);
        self.min <= max && max <= most
    }
}

/// The type of a memory; its limits count pages.
///
/// Specification: Structure, Types, *Memory Types*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemoryType {
    /// The type of an address.
    pub address: AddressType,
    /// How many pages there can be.
    pub limits: Limits,
    /// Bytes in a page: [`MemoryType::PAGE_SIZE`], or 1 with the proposal
    /// *Custom Page Sizes*.
    pub page_size: u64,
}

impl MemoryType {
    /// Bytes in a page of the standard.
    pub const PAGE_SIZE: u64 = 65_536;

    /// A memory with pages of the standard.
    pub fn new(address: AddressType, limits: Limits) -> MemoryType {
        MemoryType { address, limits, page_size: MemoryType::PAGE_SIZE }
    }

    /// The most pages that a memory with such addresses can have.
    ///
    /// All of its bytes need an address, and `memory.size` needs a number for
    /// all of its pages.
    pub fn max_pages(self) -> u64 {
        let largest = self.address.minus_one();
        let last_page = largest.checked_div(self.page_size).unwrap_or(0);
        last_page.saturating_add(1).min(largest)
    }

    /// Whether this is a valid type.
    ///
    /// Specification: Validation, Types, *Memory Types*.
    pub fn is_valid(self) -> bool {
        [1, MemoryType::PAGE_SIZE].contains(&self.page_size)
            && self.limits.are_valid(self.max_pages())
    }
}

/// The type of a table; its limits count elements.
///
/// Specification: Structure, Types, *Table Types*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableType {
    /// The type of an element's index.
    pub address: AddressType,
    /// How many elements there can be.
    pub limits: Limits,
    /// The type of an element.
    pub element: RefType,
}

impl TableType {
    /// Whether this is a valid type.
    ///
    /// Specification: Validation, Types, *Table Types*.
    pub fn is_valid(self) -> bool {
        self.limits.are_valid(self.address.minus_one())
    }
}

/// The type of a global.
///
/// Specification: Structure, Types, *Global Types*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GlobalType {
    /// The type of its value.
    pub content: ValType,
    /// Whether it can be written.
    pub mutable: bool,
}

/// The type of a block.
///
/// Specification: Structure, Instructions, *Control Instructions*
/// (`blocktype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockType {
    /// Takes nothing, leaves nothing.
    Empty,
    /// Takes nothing, leaves one value.
    Value(ValType),
    /// What a function of this type takes and leaves.
    Func(TypeIdx),
}
