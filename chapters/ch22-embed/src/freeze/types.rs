//! Types, which have numbers in a store and names in a frozen one.
//!
//! The number of a type depends on what else has been in the store, for example
//! on a module whose imports could not be had. So a frozen store says instead
//! which instance's module defines the type, and under which index.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use ch07_values::NumType;
use ch09_module::{AddressType, FuncType, HeapType, RefType, TypeIdx, ValType};
use ch12_instance::StoreData;

use super::FreezeError;
use super::error::wrong;
use super::state::{Address, Func, Kind, Ref, Type};

/// The names of types, while a store is frozen.
pub(super) struct Names {
    /// Where each type is defined first.
    origins: HashMap<TypeIdx, (u32, u32)>,
    /// The position of each type that has been named.
    positions: HashMap<TypeIdx, u32>,
    /// What each of them is: an instance, and an index in its module.
    pub(super) list: Vec<(u32, u32)>,
}

impl Names {
    pub(super) fn new(data: &StoreData) -> Names {
        let mut origins = HashMap::new();
        for (number, instance) in (0..).zip(&data.instances) {
            for (index, ty) in (0..).zip(&instance.types) {
                origins.entry(*ty).or_insert((number, index));
            }
        }
        Names { origins, positions: HashMap::new(), list: Vec::new() }
    }

    /// The position of a type that one of the first instances, so many, has
    /// defined.
    pub(super) fn name(
        &mut self,
        ty: TypeIdx,
        instances: usize,
    ) -> Result<u32, FreezeError> {
        let origin = self.origins.get(&ty).copied();
        let Some(origin) = origin.filter(|it| (it.0 as usize) < instances)
        else {
            return Err(FreezeError::Log(format!(
                "no module defines type {} before it's needed",
                ty.0
            )));
        };
        let next = self.list.len() as u32;
        Ok(match self.positions.entry(ty) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                self.list.push(origin);
                *new.insert(next)
            }
        })
    }

    pub(super) fn func(
        &mut self,
        ty: &FuncType,
        instances: usize,
    ) -> Result<Func, FreezeError> {
        let mut list = |types: &[ValType]| -> Result<_, FreezeError> {
            types.iter().map(|ty| self.ty(*ty, instances)).collect()
        };
        let (params, results) = (list(&ty.params)?, list(&ty.results)?);
        Ok(Func { params, results })
    }

    pub(super) fn ty(
        &mut self,
        ty: ValType,
        instances: usize,
    ) -> Result<Type, FreezeError> {
        Ok(match ty {
            ValType::Num(NumType::I32) => Type::I32,
            ValType::Num(NumType::I64) => Type::I64,
            ValType::Num(NumType::F32) => Type::F32,
            ValType::Num(NumType::F64) => Type::F64,
            ValType::V128 => Type::V128,
            ValType::Ref(ty) => Type::Ref(self.reference(ty, instances)?),
        })
    }

    pub(super) fn reference(
        &mut self,
        ty: RefType,
        instances: usize,
    ) -> Result<Ref, FreezeError> {
        let kind = match ty.heap {
            HeapType::Func => Kind::Func,
            HeapType::NoFunc => Kind::NoFunc,
            HeapType::Extern => Kind::Extern,
            HeapType::NoExtern => Kind::NoExtern,
            HeapType::Exn => Kind::Exn,
            HeapType::NoExn => Kind::NoExn,
            HeapType::Any => Kind::Any,
            HeapType::Eq => Kind::Eq,
            HeapType::I31 => Kind::I31,
            HeapType::Struct => Kind::Struct,
            HeapType::Array => Kind::Array,
            HeapType::None => Kind::None,
            HeapType::Concrete(ty) => Kind::Concrete(self.name(ty, instances)?),
        };
        Ok(Ref { nullable: ty.nullable, kind })
    }
}

/// The numbers of types, while a store is thawed.
pub(super) struct Numbers<'a>(pub(super) &'a [(u32, u32)]);

impl Numbers<'_> {
    /// The number of the type at a position.
    pub(super) fn number(
        &self,
        data: &StoreData,
        position: u32,
    ) -> Result<TypeIdx, FreezeError> {
        let Numbers(list) = self;
        let origin = list.get(position as usize).copied();
        let found = origin.and_then(|(instance, index)| {
            let instance = data.instances.get(instance as usize)?;
            instance.types.get(index as usize).copied()
        });
        found.ok_or_else(|| wrong(format!("there is no type {position}")))
    }

    pub(super) fn func(
        &self,
        data: &StoreData,
        ty: &Func,
    ) -> Result<FuncType, FreezeError> {
        let list = |types: &[Type]| -> Result<_, FreezeError> {
            types.iter().map(|ty| self.ty(data, *ty)).collect()
        };
        Ok(FuncType { params: list(&ty.params)?, results: list(&ty.results)? })
    }

    pub(super) fn ty(
        &self,
        data: &StoreData,
        ty: Type,
    ) -> Result<ValType, FreezeError> {
        Ok(match ty {
            Type::I32 => ValType::Num(NumType::I32),
            Type::I64 => ValType::Num(NumType::I64),
            Type::F32 => ValType::Num(NumType::F32),
            Type::F64 => ValType::Num(NumType::F64),
            Type::V128 => ValType::V128,
            Type::Ref(ty) => ValType::Ref(self.reference(data, ty)?),
        })
    }

    pub(super) fn reference(
        &self,
        data: &StoreData,
        ty: Ref,
    ) -> Result<RefType, FreezeError> {
        let heap = match ty.kind {
            Kind::Func => HeapType::Func,
            Kind::NoFunc => HeapType::NoFunc,
            Kind::Extern => HeapType::Extern,
            Kind::NoExtern => HeapType::NoExtern,
            Kind::Exn => HeapType::Exn,
            Kind::NoExn => HeapType::NoExn,
            Kind::Any => HeapType::Any,
            Kind::Eq => HeapType::Eq,
            Kind::I31 => HeapType::I31,
            Kind::Struct => HeapType::Struct,
            Kind::Array => HeapType::Array,
            Kind::None => HeapType::None,
            Kind::Concrete(ty) => HeapType::Concrete(self.number(data, ty)?),
        };
        Ok(RefType { nullable: ty.nullable, heap })
    }
}

/// The type of an address, to be written.
pub(super) fn address(ty: AddressType) -> Address {
    match ty {
        AddressType::I32 => Address::I32,
        AddressType::I64 => Address::I64,
    }
}

/// The type of an address that has been read.
pub(super) fn address_type(ty: Address) -> AddressType {
    match ty {
        Address::I32 => AddressType::I32,
        Address::I64 => AddressType::I64,
    }
}
