//! Copies of types with other indices in them.

use ch09_module::{
    CompositeType, FieldType, FuncType, HeapType, RefType, StorageType,
    SubType, TypeIdx, ValType,
};

/// What has indices of types in it.
pub(crate) trait WithIndices {
    /// A copy in which `other` has replaced every index.
    fn with_indices(&self, other: &impl Fn(TypeIdx) -> TypeIdx) -> Self;
}

impl WithIndices for SubType {
    fn with_indices(&self, other: &impl Fn(TypeIdx) -> TypeIdx) -> SubType {
        SubType {
            is_final: self.is_final,
            supertype: self.supertype.map(other),
            composite: match &self.composite {
                CompositeType::Func(func) => {
                    CompositeType::Func(func.with_indices(other))
                }
                CompositeType::Struct(fields) => {
                    CompositeType::Struct(fields.with_indices(other))
                }
                CompositeType::Array(field) => {
                    CompositeType::Array(field.with_indices(other))
                }
            },
        }
    }
}

impl WithIndices for FuncType {
    fn with_indices(&self, other: &impl Fn(TypeIdx) -> TypeIdx) -> FuncType {
        FuncType {
            params: self.params.with_indices(other),
            results: self.results.with_indices(other),
        }
    }
}

impl WithIndices for FieldType {
    fn with_indices(&self, other: &impl Fn(TypeIdx) -> TypeIdx) -> FieldType {
        let storage = match self.storage {
            StorageType::Val(ty) => StorageType::Val(ty.with_indices(other)),
            packed => packed,
        };
        FieldType { storage, ..*self }
    }
}

impl WithIndices for ValType {
    fn with_indices(&self, other: &impl Fn(TypeIdx) -> TypeIdx) -> ValType {
        match *self {
            ValType::Ref(ty) => ValType::Ref(ty.with_indices(other)),
            ty => ty,
        }
    }
}

impl WithIndices for RefType {
    fn with_indices(&self, other: &impl Fn(TypeIdx) -> TypeIdx) -> RefType {
        let heap = match self.heap {
            HeapType::Concrete(index) => HeapType::Concrete(other(index)),
            heap => heap,
        };
        RefType { heap, ..*self }
    }
}

impl<T: WithIndices> WithIndices for Box<[T]> {
    fn with_indices(&self, other: &impl Fn(TypeIdx) -> TypeIdx) -> Box<[T]> {
        self.iter().map(|ty| ty.with_indices(other)).collect()
    }
}
