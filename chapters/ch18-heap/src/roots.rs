//! Roots: what the program can name without going through another object.

use ch09_module::{HeapType, ValType};
use ch12_instance::Surroundings;

use crate::{Collected, Marking};

/// Collects garbage.
///
/// Of the operand stack nobody knows which slots are references. So each is taken for what it looks like.
pub(crate) fn collect(here: &mut Surroundings<Collected>, stack: &[u64]) {
    let Collected { heap, exceptions, handed_out, kept_exceptions } = here.layer;
    let mut marking = Marking::new(heap, exceptions);
    for global in here.globals.iter() {
        if let ValType::Ref(_) = global.ty.content {
            marking.reach(global.slot);
        }
    }
    for table in here.tables.iter() {
        if table.ty().element.heap != HeapType::Func {
            marking.reach_all(table.elements());
        }
    }
    for segment in here.elements.iter().flatten() {
        marking.reach_all(segment);
    }
    marking.reach_all(handed_out.iter());
    marking.reach_all(stack);
    let (marked, slots) = marking.finish();
    heap.sweep(&marked, slots);
    exceptions.sweep();
    *kept_exceptions = exceptions.weight();
}
