//! Every way in which operands can go along.

use ch19_flat::Branch;

use super::take;

/// What is left of 1 to 5.
fn left(keep: u16, drop: u32) -> Vec<u64> {
    let mut operands = vec![1, 2, 3, 4, 5];
    let branch = Branch { target: 0, keep, drop, is_loop: false };
    take(&mut operands, &branch);
    operands
}

#[test]
fn one_operand_goes_along() {
    assert_eq!(left(1, 2), [1, 2, 5]);
}

#[test]
fn two_go_along_in_their_order() {
    assert_eq!(left(2, 1), [1, 2, 4, 5]);
    assert_eq!(left(2, 3), [4, 5]);
}

#[test]
fn none_goes_along() {
    assert_eq!(left(0, 5), []);
    assert_eq!(left(0, 2), [1, 2, 3]);
}

#[test]
fn nothing_is_dropped() {
    assert_eq!(left(3, 0), [1, 2, 3, 4, 5]);
}
