//! A weak reference keeps nothing, and never names what is gone.

use super::{Entry, collect};

fn heap(objects: &[&[usize]]) -> Vec<Entry> {
    objects.iter().map(|object| Some(object.to_vec())).collect()
}

#[test]
fn a_weak_reference_keeps_nothing() {
    let mut heap = heap(&[&[], &[]]);
    let mut weak = [Some(1)];
    collect(&mut heap, &[0], &mut weak);
    assert_eq!(heap, [Some(vec![]), None]);
    assert_eq!(weak, [None]);
}

#[test]
fn it_stays_as_long_as_its_object() {
    let mut heap = heap(&[&[1], &[2], &[]]);
    let mut weak = [Some(2), None, Some(2), Some(0)];
    collect(&mut heap, &[0], &mut weak);
    assert_eq!(heap.iter().flatten().count(), 3);
    assert_eq!(weak, [Some(2), None, Some(2), Some(0)]);
    collect(&mut heap, &[1], &mut weak);
    assert_eq!(weak, [Some(2), None, Some(2), None]);
}

#[test]
fn a_cycle_that_only_a_cache_knows_goes() {
    let mut heap = heap(&[&[1], &[0], &[]]);
    let mut weak = [Some(1), Some(0), Some(2)];
    collect(&mut heap, &[2], &mut weak);
    assert_eq!(heap, [None, None, Some(vec![])]);
    assert_eq!(weak, [None, None, Some(2)]);
}

#[test]
fn what_moves_into_an_empty_entry_is_not_found() {
    let mut heap = heap(&[&[]]);
    let mut weak = [Some(0)];
    collect(&mut heap, &[], &mut weak);
    heap[0] = Some(vec![]);
    collect(&mut heap, &[0], &mut weak);
    assert_eq!(weak, [None]);
}
