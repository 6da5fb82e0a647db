//! What a reference refers to, asked while the program runs.
//!
//! Specification: Execution, Instructions, *Reference Instructions*, and
//! Execution, Values, *Reference Typing*.

use annex_embedding::Referent;
use annex_types::close_ref;
use ch09_module::{HeapType, RefType};
use ch12_instance::{Layer, StoreData};

/// Whether the reference in a slot is of type `wanted`, in which the indices
/// are those of the module of `instance`.
pub fn is_of<L: Layer>(
    layer: &L,
    here: &StoreData,
    slot: u64,
    wanted: RefType,
    instance: u32,
) -> bool {
    let Some(referent) = Referent::from_slot(slot) else {
        return wanted.nullable;
    };
    let types = &here.instances[instance as usize].types;
    let wanted = close_ref(wanted, types).heap;
    let given = match wanted {
        // An `externref` may refer to anything, and seen as an `extern` it is a
        // value of the embedder's.
        HeapType::Extern | HeapType::NoExtern => Some(HeapType::Extern),
        _ => here.heap_type(layer, referent),
    };
    given.is_some_and(|given| here.types.heap_matches(given, wanted))
}
