//! The types of a store.
//!
//! Legend: an *index* names a type within its module; a *number* names it in
//! the store, whichever module it came from. A type is *closed* when the
//! indices in it are numbers.
//!
//! Specification: Validation, Types, *Recursive Types* and *Matching*.

use std::collections::HashMap;
use std::iter;

use ch09_module::{
    CompositeType, FuncType, HeapType, RefType, SubType, TypeIdx, ValType,
};

use crate::indices::WithIndices;

/// The types of a store, each with a number of its own.
#[derive(Debug, Default)]
pub struct TypeRegistry {
    /// All types, closed; the position of each is its number.
    types: Vec<SubType>,
    /// The groups in their canonical form, each with the number of its first
    /// type.
    groups: HashMap<Box<[SubType]>, u32>,
}

impl TypeRegistry {
    /// Registers a recursive group and returns the numbers of its types. They
    /// may refer to each other and to earlier types of the same module, whose
    /// numbers are in `earlier`. A group that is known already, from whichever
    /// module, keeps the numbers that it has.
    pub fn define(
        &mut self,
        group: &[SubType],
        earlier: &[TypeIdx],
    ) -> impl Iterator<Item = TypeIdx> + use<> {
        let canonical = canonical(group, earlier);
        let first = match self.groups.get(&canonical) {
            Some(first) => *first,
            None => self.add(canonical),
        };
        (first..).take(group.len()).map(TypeIdx)
    }

    /// Registers a function type that is closed already, and returns its
    /// number.
    pub fn define_func(&mut self, func: FuncType) -> TypeIdx {
        // In canonical form the store's numbers come after the group's own
        // types, and this group has one.
        let outside = |number: TypeIdx| TypeIdx(number.0.saturating_add(1));
        let composite = CompositeType::Func(func.with_indices(&outside));
        let ty = SubType { is_final: true, supertype: None, composite };
        let canonical: Box<[SubType]> = Box::new([ty]);
        TypeIdx(match self.groups.get(&canonical) {
            Some(number) => *number,
            None => self.add(canonical),
        })
    }

    /// All types, closed, in the order of their numbers.
    pub fn all(&self) -> &[SubType] {
        &self.types
    }

    /// What a number stands for.
    pub fn composite(&self, number: TypeIdx) -> Option<&CompositeType> {
        Some(&self.types.get(number.index())?.composite)
    }

    /// The function type of a number, closed; `None` if it is no function
    /// type.
    #[inline(always)]
    pub fn func(&self, number: TypeIdx) -> Option<&FuncType> {
        match self.composite(number)? {
            CompositeType::Func(func) => Some(func),
            CompositeType::Struct(_) | CompositeType::Array(_) => None,
        }
    }

    /// Gives the types of a new group the next numbers, closes them, and
    /// returns the first number.
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

    /// Whether every value of type `given` is one of type `wanted`. Both are
    /// closed.
    ///
    /// Specification: Validation, Types, Matching, *Value Types*.
    pub fn matches(&self, given: ValType, wanted: ValType) -> bool {
        match (given, wanted) {
            (ValType::Ref(given), ValType::Ref(wanted)) => {
                self.ref_matches(given, wanted)
            }
            _ => given == wanted,
        }
    }

    /// Whether every reference of type `given` is one of type `wanted`. Both
    /// are closed.
    ///
    /// Specification: Validation, Types, Matching, *Reference Types*.
    pub fn ref_matches(&self, given: RefType, wanted: RefType) -> bool {
        (wanted.nullable || !given.nullable)
            && self.heap_matches(given.heap, wanted.heap)
    }

    /// Whether everything of heap type `given` is of heap type `wanted`:
    /// because `wanted` is above it, or because `given` is the bottom below
    /// `wanted`. Both are closed.
    ///
    /// Specification: Validation, Types, Matching, *Heap Types*.
    pub fn heap_matches(&self, given: HeapType, wanted: HeapType) -> bool {
        self.upward(given).any(|heap| heap == wanted)
            || bottom(self.top(wanted)) == Some(given)
    }

    /// Whether the type `given` can stand for the type `wanted`.
    #[inline(always)]
    pub fn is_subtype(&self, given: TypeIdx, wanted: TypeIdx) -> bool {
        given == wanted
            || self.heap_matches(
                HeapType::Concrete(given),
                HeapType::Concrete(wanted),
            )
    }

    /// The uppermost heap type above one, or itself.
    pub fn top(&self, heap: HeapType) -> HeapType {
        self.upward(heap).last().unwrap_or(heap)
    }

    /// A heap type and all those above it.
    fn upward(&self, heap: HeapType) -> impl Iterator<Item = HeapType> {
        iter::successors(Some(heap), |heap| self.above(*heap))
    }

    /// The heap type one place above another. There is at most one. A bottom
    /// is below everything in its tree, so nothing is next above it.
    pub fn above(&self, heap: HeapType) -> Option<HeapType> {
        match heap {
            HeapType::Eq => Some(HeapType::Any),
            HeapType::I31 | HeapType::Struct | HeapType::Array => {
                Some(HeapType::Eq)
            }
            HeapType::Concrete(number) => {
                let ty = self.types.get(number.index())?;
                Some(match (ty.supertype, &ty.composite) {
                    // Valid supertypes come earlier. So they have smaller
                    // numbers, and the way up ends.
                    (Some(supertype), _) if supertype < number => {
                        HeapType::Concrete(supertype)
                    }
                    (_, CompositeType::Func(_)) => HeapType::Func,
                    (_, CompositeType::Struct(_)) => HeapType::Struct,
                    (_, CompositeType::Array(_)) => HeapType::Array,
                })
            }
            _ => None,
        }
    }
}

/// A module's type, closed: the indices of the module's types become the
/// store's numbers.
pub fn close(ty: ValType, types: &[TypeIdx]) -> ValType {
    ty.with_indices(&|index: TypeIdx| types[index.index()])
}

/// A reference type, closed.
pub fn close_ref(ty: RefType, types: &[TypeIdx]) -> RefType {
    ty.with_indices(&|index: TypeIdx| types[index.index()])
}

/// A group in the form in which equal groups look equal, whichever module they
/// come from. The group's own types are counted first, from 0; the types of the
/// store come after them.
///
/// Specification: Validation, Conventions, *Rolling and Unrolling*.
fn canonical(group: &[SubType], earlier: &[TypeIdx]) -> Box<[SubType]> {
    let own = group.len() as u32;
    let form = |index: TypeIdx| match earlier.get(index.index()) {
        None => TypeIdx(index.0 - earlier.len() as u32),
        Some(number) => TypeIdx(own + number.0),
    };
    group.iter().map(|ty| ty.with_indices(&form)).collect()
}

/// The heap type below all others in the tree of `top`.
fn bottom(top: HeapType) -> Option<HeapType> {
    match top {
        HeapType::Any => Some(HeapType::None),
        HeapType::Func => Some(HeapType::NoFunc),
        HeapType::Extern => Some(HeapType::NoExtern),
        HeapType::Exn => Some(HeapType::NoExn),
        _ => None,
    }
}
