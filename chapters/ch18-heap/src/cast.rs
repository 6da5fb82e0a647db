//! What a reference refers to, asked while the program runs.
//!
//! Specification: Execution, Instructions, *Reference Instructions*, and Execution, Values, *Reference Typing*.

use ch09_module::{HeapType, RefType, TypeIdx, ValType};
use ch12_instance::{ModuleInstance, NULL, Referent, Surroundings, Typing, close_ref, function_of};

use crate::Collected;

/// Whether the reference in a slot is of a type that a module names.
pub(crate) fn is_of(
    here: &Surroundings<Collected>,
    slot: u64,
    wanted: RefType,
    instance: &ModuleInstance,
) -> bool {
    if slot == NULL {
        return wanted.nullable;
    }
    let wanted = close_ref(wanted, &instance.types);
    let given = RefType { nullable: false, heap: heap_type(here, slot, wanted.heap) };
    given == wanted || here.types.matches(ValType::Ref(given), ValType::Ref(wanted)) == Some(true)
}

/// The type of what a reference refers to, as narrow as it can be. Behind an `externref` anything can stand, and there it
/// is a value of the embedder.
fn heap_type(here: &Surroundings<Collected>, slot: u64, wanted: HeapType) -> HeapType {
    if let HeapType::Extern | HeapType::NoExtern = wanted {
        return HeapType::Extern;
    }
    let identity = match Referent::from_slot(slot) {
        Some(Referent::Host(_)) => return HeapType::Any,
        Some(Referent::I31(_)) => return HeapType::I31,
        Some(Referent::Struct(_) | Referent::Array(_)) => here.layer.heap.ty(slot),
        None if matches!(wanted, HeapType::Exn | HeapType::NoExn) => return HeapType::Exn,
        None => function_of(slot).and_then(|address| here.functions[address.index()].ty.identity),
    };
    identity.map_or(HeapType::Func, |number| HeapType::Concrete(TypeIdx(number)))
}
