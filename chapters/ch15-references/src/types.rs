//! The types of a store.
//!
//! Legend: an *index* names a type within its module; a *number* names it in the store, whichever module it came
//! from. A type is *closed* when the indices in it are numbers.
//!
//! Specification: Validation, Types, *Recursive Types* and *Matching*.

use std::collections::HashMap;
use std::iter;

use ch09_module::{CompositeType, FuncType, HeapType, RefType, SubType, TypeIdx, ValType};
use ch12_instance::{Type, Typing};

use crate::closing::WithIndices;

/// The types of a store, each with a number of its own.
#[derive(Debug, Default)]
pub struct Types {
    /// All types, closed; the position of each is its number.
    types: Vec<SubType>,
    /// The groups in their canonical form, each with the number of its first type.
    groups: HashMap<Box<[SubType]>, u32>,
}

impl Typing for Types {
    /// Takes in a group of types, and says which types they are. A group that is known already, from whichever
    /// module, is the same group.
    fn define(&mut self, group: &[SubType], earlier: &[Type]) -> Vec<Type> {
        let canonical = canonical(group, earlier);
        let first = match self.groups.get(&canonical) {
            Some(first) => *first,
            None => self.add(canonical),
        };
        (first..).take(group.len()).map(|number| self.ty(number)).collect()
    }

    /// Specification: Validation, Types, Matching, *Value Types*.
    fn matches(&self, given: ValType, wanted: ValType) -> Option<bool> {
        Some(match (given, wanted) {
            (ValType::Ref(given), ValType::Ref(wanted)) => self.ref_matches(given, wanted),
            _ => given == wanted,
        })
    }

    fn composite(&self, number: u32) -> Option<&CompositeType> {
        Some(&self.types.get(number as usize)?.composite)
    }

    /// Takes in a type that is closed already. What is outside a group stands behind its own types, and here they are one.
    fn define_func(&mut self, func: FuncType) -> Type {
        let func = func.with_indices(&|number| TypeIdx(number.0.saturating_add(1)));
        let composite = CompositeType::Func(func);
        self.define(&[SubType { is_final: true, supertype: None, composite }], &[]).remove(0)
    }
}

/// A group in the form in which equal groups are equal, wherever they come from. The group's own types are counted
/// first, from 0; behind them come those of the store.
///
/// Specification: Validation, Conventions, *Rolling and Unrolling*.
fn canonical(group: &[SubType], earlier: &[Type]) -> Box<[SubType]> {
    let own = group.len() as u32;
    let form = |index: TypeIdx| match earlier.get(index.index()) {
        None => TypeIdx(index.0 - earlier.len() as u32),
        Some(ty) => TypeIdx(own + ty.identity.unwrap_or_default()),
    };
    group.iter().map(|ty| ty.with_indices(&form)).collect()
}

impl Types {
    /// All types, closed, in the order of their numbers.
    pub fn all(&self) -> &[SubType] {
        &self.types
    }

    /// Gives the types of a new group the next numbers, closes them, and says which is the first.
    fn add(&mut self, canonical: Box<[SubType]>) -> u32 {
        let (first, own) = (self.types.len() as u32, canonical.len() as u32);
        let close = |form: TypeIdx| match form.0.checked_sub(own) {
            Some(number) => TypeIdx(number),
            None => TypeIdx(first + form.0),
        };
        self.types.extend(canonical.iter().map(|ty| ty.with_indices(&close)));
        self.groups.insert(canonical, first);
        first
    }

    /// The type of a number; as a function's type, where that is what it is.
    fn ty(&self, number: u32) -> Type {
        let func = match &self.types[number as usize].composite {
            CompositeType::Func(func) => func.clone(),
            CompositeType::Struct(_) | CompositeType::Array(_) => FuncType::default(),
        };
        Type { func, identity: Some(number) }
    }

    /// Whether every reference of type `given` is one of type `wanted`. Both are closed.
    ///
    /// Specification: Validation, Types, Matching, *Reference Types*.
    pub fn ref_matches(&self, given: RefType, wanted: RefType) -> bool {
        (wanted.nullable || !given.nullable) && self.heap_matches(given.heap, wanted.heap)
    }

    /// Whether everything of heap type `given` is of heap type `wanted`: because this is above that, or because that
    /// is what is below everything. Both are closed.
    ///
    /// Specification: Validation, Types, Matching, *Heap Types*.
    pub fn heap_matches(&self, given: HeapType, wanted: HeapType) -> bool {
        self.upward(given).any(|heap| heap == wanted)
            || self.upward(wanted).last().and_then(bottom) == Some(given)
    }

    /// A heap type and all those above it.
    fn upward(&self, heap: HeapType) -> impl Iterator<Item = HeapType> {
        iter::successors(Some(heap), |heap| self.above(*heap))
    }

    /// The heap type that is next above another. There is at most one; above a bottom there is everything, and nothing is
    /// next.
    pub fn above(&self, heap: HeapType) -> Option<HeapType> {
        match heap {
            HeapType::Eq => Some(HeapType::Any),
            HeapType::I31 | HeapType::Struct | HeapType::Array => Some(HeapType::Eq),
            HeapType::Concrete(number) => {
                let ty = self.types.get(number.index())?;
                Some(match (ty.supertype, &ty.composite) {
                    // Valid supertypes come earlier. So they have smaller numbers, and the way up ends.
                    (Some(supertype), _) if supertype < number => HeapType::Concrete(supertype),
                    (_, CompositeType::Func(_)) => HeapType::Func,
                    (_, CompositeType::Struct(_)) => HeapType::Struct,
                    (_, CompositeType::Array(_)) => HeapType::Array,
                })
            }
            _ => None,
        }
    }
}

/// What is below everything that is below `top`.
fn bottom(top: HeapType) -> Option<HeapType> {
    match top {
        HeapType::Any => Some(HeapType::None),
        HeapType::Func => Some(HeapType::NoFunc),
        HeapType::Extern => Some(HeapType::NoExtern),
        HeapType::Exn => Some(HeapType::NoExn),
        _ => None,
    }
}
