//! A vector arrives whole.

use super::keep;

#[test]
fn both_halves_are_kept() {
    let mut slots = [1, 2, 3, 4, 5];
    let mut upper = vec![10, 20, 30, 40, 50];
    assert_eq!(keep(&mut slots, &mut upper, 5, 2, 1), 3);
    assert_eq!(slots[..3], [1, 4, 5]);
    assert_eq!(upper[..3], [10, 40, 50]);
}

#[test]
fn halves_may_overlap() {
    let mut slots = [1, 2, 3, 4];
    let mut upper = vec![10, 20, 30, 40];
    assert_eq!(keep(&mut slots, &mut upper, 4, 3, 0), 3);
    assert_eq!(upper[..3], [20, 30, 40]);
}

#[test]
fn before_the_first_vector_there_is_nothing_to_keep() {
    let mut slots = [1, 2, 3];
    let mut upper = Vec::new();
    assert_eq!(keep(&mut slots, &mut upper, 3, 1, 0), 1);
    assert_eq!(slots[0], 3);
    assert!(upper.is_empty());
}
