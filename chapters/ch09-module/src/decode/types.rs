//! From bytes to the tree: types.
//!
//! Specification: Binary Format, *Types*.

use ch07_values::NumType;
use wasmparser::{
    AbstractHeapType, CompositeInnerType, PackedIndex, RecGroup, UnpackedIndex,
};

use super::beyond_standard;
use crate::{
    AddressType, BlockType, CompositeType, FieldType, FuncType, GlobalType,
    HeapType, Limits, MemoryType, ModuleError, RefType, StorageType, SubType,
    TableType, TypeIdx, ValType,
};

/// `rectype ::= 0x4E st*:list(subtype) | st:subtype`
pub(super) fn rec_type(group: RecGroup) -> Result<Vec<SubType>, ModuleError> {
    group.into_types().map(sub_type).collect()
}

/// `subtype ::= 0x50 x*:list(typeidx) ct:comptype
/// | 0x4F x*:list(typeidx) ct:comptype | ct:comptype`
fn sub_type(ty: wasmparser::SubType) -> Result<SubType, ModuleError> {
    let composite = &ty.composite_type;
    if composite.shared
        || composite.descriptor_idx.is_some()
        || composite.describes_idx.is_some()
    {
        return Err(beyond_standard(composite));
    }
    let supertypes = ty.supertype_idxs.into_iter();
    Ok(SubType {
        is_final: ty.is_final,
        // The grammar allows a list, validation at most one.
        supertype: supertypes.map(type_idx).next().transpose()?,
        composite: composite_type(&ty.composite_type.inner)?,
    })
}

/// `comptype ::= 0x5E ft:fieldtype | 0x5F ft*:list(fieldtype)
/// | 0x60 t1*:resulttype t2*:resulttype`
fn composite_type(
    ty: &CompositeInnerType,
) -> Result<CompositeType, ModuleError> {
    Ok(match ty {
        CompositeInnerType::Func(ty) => CompositeType::Func(FuncType {
            params: result_type(ty.params())?,
            results: result_type(ty.results())?,
        }),
        CompositeInnerType::Array(ty) => {
            CompositeType::Array(field_type(ty.0)?)
        }
        CompositeInnerType::Struct(ty) => {
            let fields = ty.fields.iter().copied();
            CompositeType::Struct(
                fields.map(field_type).collect::<Result<_, _>>()?,
            )
        }
        CompositeInnerType::Cont(_) => return Err(beyond_standard(ty)),
    })
}

/// `resulttype ::= t*:list(valtype)`
fn result_type(
    types: &[wasmparser::ValType],
) -> Result<Box<[ValType]>, ModuleError> {
    types.iter().copied().map(val_type).collect()
}

/// `fieldtype ::= zt:storagetype mut?:mut`
fn field_type(ty: wasmparser::FieldType) -> Result<FieldType, ModuleError> {
    Ok(FieldType {
        storage: match ty.element_type {
            wasmparser::StorageType::I8 => StorageType::I8,
            wasmparser::StorageType::I16 => StorageType::I16,
            wasmparser::StorageType::Val(ty) => StorageType::Val(val_type(ty)?),
        },
        mutable: ty.mutable,
    })
}

/// `valtype ::= nt:numtype | vt:vectype | rt:reftype`
pub(super) fn val_type(
    ty: wasmparser::ValType,
) -> Result<ValType, ModuleError> {
    Ok(match ty {
        wasmparser::ValType::I32 => ValType::Num(NumType::I32),
        wasmparser::ValType::I64 => ValType::Num(NumType::I64),
        wasmparser::ValType::F32 => ValType::Num(NumType::F32),
        wasmparser::ValType::F64 => ValType::Num(NumType::F64),
        wasmparser::ValType::V128 => ValType::V128,
        wasmparser::ValType::Ref(ty) => ValType::Ref(ref_type(ty)?),
    })
}

/// `reftype ::= 0x64 ht:heaptype | 0x63 ht:heaptype | ht:absheaptype`
pub(super) fn ref_type(
    ty: wasmparser::RefType,
) -> Result<RefType, ModuleError> {
    Ok(RefType { nullable: ty.is_nullable(), heap: heap_type(ty.heap_type())? })
}

/// `heaptype ::= ht:absheaptype | x:s33`
pub(super) fn heap_type(
    ty: wasmparser::HeapType,
) -> Result<HeapType, ModuleError> {
    Ok(match ty {
        wasmparser::HeapType::Abstract { shared: false, ty } => match ty {
            AbstractHeapType::Func => HeapType::Func,
            AbstractHeapType::NoFunc => HeapType::NoFunc,
            AbstractHeapType::Extern => HeapType::Extern,
            AbstractHeapType::NoExtern => HeapType::NoExtern,
            AbstractHeapType::Exn => HeapType::Exn,
            AbstractHeapType::NoExn => HeapType::NoExn,
            AbstractHeapType::Any => HeapType::Any,
            AbstractHeapType::Eq => HeapType::Eq,
            AbstractHeapType::I31 => HeapType::I31,
            AbstractHeapType::Struct => HeapType::Struct,
            AbstractHeapType::Array => HeapType::Array,
            AbstractHeapType::None => HeapType::None,
            AbstractHeapType::Cont | AbstractHeapType::NoCont => {
                return Err(beyond_standard(&ty));
            }
        },
        wasmparser::HeapType::Concrete(UnpackedIndex::Module(index)) => {
            HeapType::Concrete(TypeIdx(index))
        }
        unknown => return Err(beyond_standard(&unknown)),
    })
}

fn type_idx(index: PackedIndex) -> Result<TypeIdx, ModuleError> {
    match index.as_module_index() {
        Some(index) => Ok(TypeIdx(index)),
        None => Err(beyond_standard(&index)),
    }
}

/// `limits ::= 0x00 n:u64 | 0x01 n:u64 m:u64 | 0x04 n:u64 | 0x05 n:u64 m:u64`,
/// where 4 is the bit of 64-bit addresses.
fn limits(is_64: bool, min: u64, max: Option<u64>) -> (AddressType, Limits) {
    let address = if is_64 { AddressType::I64 } else { AddressType::I32 };
    (address, Limits { min, max })
}

/// `memtype ::= (at,lim):limits`. With the proposal *Custom Page Sizes* a page
/// has 2 to the power of the number that follows.
pub(super) fn memory_type(
    ty: wasmparser::MemoryType,
) -> Result<MemoryType, ModuleError> {
    if ty.shared {
        return Err(beyond_standard(&ty));
    }
    let (address, limits) = limits(ty.memory64, ty.initial, ty.maximum);
    let page_size = 1 << ty.page_size_log2();
    Ok(MemoryType { page_size, ..MemoryType::new(address, limits) })
}

/// `tabletype ::= rt:reftype (at,lim):limits`
pub(super) fn table_type(
    ty: wasmparser::TableType,
) -> Result<TableType, ModuleError> {
    if ty.shared {
        return Err(beyond_standard(&ty));
    }
    let (address, limits) = limits(ty.table64, ty.initial, ty.maximum);
    Ok(TableType { address, limits, element: ref_type(ty.element_type)? })
}

/// `globaltype ::= t:valtype mut?:mut`
pub(super) fn global_type(
    ty: wasmparser::GlobalType,
) -> Result<GlobalType, ModuleError> {
    if ty.shared {
        return Err(beyond_standard(&ty));
    }
    Ok(GlobalType { content: val_type(ty.content_type)?, mutable: ty.mutable })
}

/// `blocktype ::= 0x40 | t:valtype | i:s33`
pub(super) fn block_type(
    ty: wasmparser::BlockType,
) -> Result<BlockType, ModuleError> {
    Ok(match ty {
        wasmparser::BlockType::Empty => BlockType::Empty,
        wasmparser::BlockType::Type(ty) => BlockType::Value(val_type(ty)?),
        wasmparser::BlockType::FuncType(ty) => BlockType::Func(TypeIdx(ty)),
    })
}
