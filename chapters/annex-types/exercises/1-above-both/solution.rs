//! The lowest heap type that is above two others.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::iter;

use annex_types::TypeRegistry;
use ch09_module::HeapType;

/// The lowest heap type that is above `one` and above `other`; nothing, where
/// they are in different trees.
pub fn above_both(
    types: &TypeRegistry,
    one: HeapType,
    other: HeapType,
) -> Option<HeapType> {
    if types.heap_matches(one, other) {
        return Some(other);
    }
    let mut upward = iter::successors(Some(one), |heap| types.above(*heap));
    upward.find(|heap| types.heap_matches(other, *heap))
}

fn main() {
    let types = TypeRegistry::default();
    let answer = above_both(&types, HeapType::I31, HeapType::Struct);
    println!(
        "above i31 and struct: {}",
        answer.map_or_else(String::new, |heap| heap.to_string())
    );
    println!("and it should be eq");
}
