//! Roots: what the program can name without going through another object.

use ch09_module::{HeapType, ValType};
use ch12_instance::StoreData;

use crate::{HeapLayer, Marking};

/// Collects garbage.
///
/// The operand stack has no types, so every slot that looks like a reference
/// is taken for one.
pub(crate) fn collect(layer: &mut HeapLayer, here: &StoreData, stack: &[u64]) {
    let HeapLayer { heap, exceptions, exposed, kept_exceptions, paused } =
        layer;
    // Without memory for the marks everything stays, and the next object has
    // to find a place all the same.
    let Some(mut marking) = Marking::new(heap, exceptions) else { return };
    for global in &here.globals {
        if let ValType::Ref(_) = global.ty.content {
            marking.reach(global.slot);
        }
    }
    for table in &here.tables {
        if table.ty().element.heap != HeapType::Func {
            marking.reach_all(table.elements());
        }
    }
    for segment in here.element_segments.iter().flatten() {
        marking.reach_all(segment);
    }
    marking.reach_all(exposed.iter());
    marking.reach_all(stack);
    marking.reach_all(paused.iter().flatten());
    let (marked, slots) = marking.finish();
    heap.sweep(&marked, slots);
    exceptions.sweep();
    *kept_exceptions = exceptions.size();
}
