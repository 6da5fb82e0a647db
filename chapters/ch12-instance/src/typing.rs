//! Which types are the same, and which can stand for which.
//!
//! What a concrete type is depends on the module, which counts its own. In a store modules meet. So a store has
//! numbers of its own for types; a type in which all indices are such numbers is *closed*.

use std::collections::HashMap;
use std::fmt::Debug;

use ch09_module::{CompositeType, FuncType, HeapType, RefType, SubType, TypeIdx, ValType};

/// A type of a module, as its store knows it.
#[derive(Clone, Debug)]
pub struct Type {
    /// What it is, closed, if it is a function type; otherwise the empty one.
    pub func: FuncType,
    /// The store's number, equal for equal types; nothing for a type that this store cannot tell from others yet.
    pub identity: Option<u32>,
}

/// Who knows the types of a store.
pub trait Typing: Debug + Default + Send + Sync {
    /// Takes a group of types in, whose types may name each other and those before them in the module.
    fn define(&mut self, group: &[SubType], earlier: &[Type]) -> Vec<Type>;

    /// What a number of the store stands for.
    fn composite(&self, number: u32) -> Option<&CompositeType>;

    /// Whether every value of type `given` is one of type `wanted`, both closed; nothing, where that cannot be told yet.
    ///
    /// Specification: Validation, Types, *Matching*.
    fn matches(&self, given: ValType, wanted: ValType) -> Option<bool>;

    /// Whether a function of type `given` can stand for one of type `wanted`; nothing, where that cannot be told yet.
    #[inline(always)]
    fn func_matches(&self, given: &Type, wanted: &Type) -> Option<bool> {
        let (given, wanted) = (given.identity?, wanted.identity?);
        if given == wanted {
            return Some(true);
        }
        self.matches(concrete(given), concrete(wanted))
    }

    /// Takes a type in that belongs to no module.
    fn define_func(&mut self, func: FuncType) -> Type {
        let group =
            [SubType { is_final: true, supertype: None, composite: CompositeType::Func(func) }];
        self.define(&group, &[]).remove(0)
    }
}

/// The type of a reference to what has a number in the store; never null.
fn concrete(number: u32) -> ValType {
    ValType::Ref(RefType { nullable: false, heap: HeapType::Concrete(TypeIdx(number)) })
}

/// What stands for the number of a type that a store cannot tell from others yet.
const UNKNOWN: TypeIdx = TypeIdx(u32::MAX);

/// A module's type, closed: the indices of the module's types become the store's numbers.
pub fn close(ty: ValType, types: &[Type]) -> ValType {
    let ValType::Ref(RefType { nullable, heap: HeapType::Concrete(index) }) = ty else { return ty };
    let number = types.get(index.index()).and_then(|ty| ty.identity);
    let heap = HeapType::Concrete(number.map_or(UNKNOWN, TypeIdx));
    ValType::Ref(RefType { nullable, heap })
}

/// A reference type, closed.
pub fn close_ref(ty: RefType, types: &[Type]) -> RefType {
    match close(ValType::Ref(ty), types) {
        ValType::Ref(ty) => ty,
        _ => ty,
    }
}

/// The types that this chapter knows: functions that stand alone. Each gets a number, so that comparing two is comparing
/// numbers.
#[derive(Debug, Default)]
pub struct Functions {
    numbers: HashMap<FuncType, u32>,
    types: Vec<CompositeType>,
}

impl Typing for Functions {
    fn define(&mut self, group: &[SubType], earlier: &[Type]) -> Vec<Type> {
        let define = |ty: &SubType| match &ty.composite {
            CompositeType::Func(func) => {
                let close =
                    |types: &[ValType]| types.iter().map(|ty| close(*ty, earlier)).collect();
                let func = FuncType { params: close(&func.params), results: close(&func.results) };
                let is_known = func.params.iter().chain(&func.results).all(|ty| !is_unknown(*ty));
                let stands_alone = ty.is_final && ty.supertype.is_none() && group.len() == 1;
                let identity = (stands_alone && is_known).then(|| self.number(&func));
                Type { func, identity }
            }
            CompositeType::Struct(_) | CompositeType::Array(_) => {
                Type { func: FuncType::default(), identity: None }
            }
        };
        group.iter().map(define).collect()
    }

    fn composite(&self, number: u32) -> Option<&CompositeType> {
        self.types.get(number as usize)
    }

    fn matches(&self, given: ValType, wanted: ValType) -> Option<bool> {
        let (ValType::Ref(given), ValType::Ref(wanted)) = (given, wanted) else {
            return Some(given == wanted);
        };
        if is_unknown(ValType::Ref(given)) || is_unknown(ValType::Ref(wanted)) {
            return None;
        }
        use HeapType::{Concrete, Extern, Func, NoExtern, NoFunc};
        let heap = match (given.heap, wanted.heap) {
            (given, wanted) if given == wanted => true,
            (Concrete(_) | NoFunc, Func) | (NoFunc, Concrete(_)) | (NoExtern, Extern) => true,
            (Func | NoFunc | Concrete(_), Extern | NoExtern)
            | (Extern | NoExtern, Func | NoFunc | Concrete(_))
            | (Func | Concrete(_), Concrete(_) | NoFunc)
            | (Extern, NoExtern) => false,
            _ => return None,
        };
        Some(heap && (wanted.nullable || !given.nullable))
    }
}

impl Functions {
    fn number(&mut self, func: &FuncType) -> u32 {
        let next = self.types.len() as u32;
        let number = *self.numbers.entry(func.clone()).or_insert(next);
        if number == next {
            self.types.push(CompositeType::Func(func.clone()));
        }
        number
    }
}

fn is_unknown(ty: ValType) -> bool {
    matches!(ty, ValType::Ref(RefType { heap: HeapType::Concrete(UNKNOWN), .. }))
}
