//! A cache whose references are weak.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// An entry of a heap: the objects that its object refers to; `None` if it's
/// empty.
pub type Entry = Option<Vec<usize>>;

/// Empties the entries of all objects that can't be reached from the roots. A
/// weak reference keeps no object, and becomes `None` when its object goes.
pub fn collect(
    heap: &mut [Entry],
    roots: &[usize],
    weak: &mut [Option<usize>],
) {
    let mut marked = vec![false; heap.len()];
    let mut work = roots.to_vec();
    work.extend(weak.iter().flatten());
    while let Some(object) = work.pop() {
        if !std::mem::replace(&mut marked[object], true) {
            work.extend(heap[object].iter().flatten());
        }
    }
    for (entry, marked) in heap.iter_mut().zip(marked) {
        if !marked {
            *entry = None;
        }
    }
}

fn main() {
    // The screen shows picture 1. The cache knows picture 2 as well.
    let mut heap = [Some(vec![1]), Some(vec![]), Some(vec![])];
    let mut cache = [Some(1), Some(2)];
    collect(&mut heap, &[0], &mut cache);
    let objects = heap.iter().flatten().count();
    println!("{objects} objects are left, and should be 2.");
    println!("the cache: {cache:?}, and should be [Some(1), None]");
}
