//! Lists with and without a pair, and with a branch into one.

use super::Op::{Add, Constant, Mul, MulAdd};
use super::{Op, fuse, run, thread};

#[test]
fn the_handler_does_both() {
    assert_eq!(run(&thread(&[Constant(20), MulAdd(2, 1)])), 41);
    assert_eq!(run(&thread(&[MulAdd(7, 5), MulAdd(3, -1), Add(1)])), 15);
}

#[test]
fn a_pair_is_one_operation() {
    let found = fuse(&[Constant(20), Mul(2), Add(2)], &[]);
    assert_eq!(found, [Constant(20), MulAdd(2, 2)]);
    let found = fuse(&[Mul(2), Add(3), Mul(4), Add(5), Add(6)], &[]);
    assert_eq!(found, [MulAdd(2, 3), MulAdd(4, 5), Add(6)]);
    let found = fuse(&[Mul(2), Mul(3), Add(4)], &[]);
    assert_eq!(found, [Mul(2), MulAdd(3, 4)]);
}

#[test]
fn what_is_no_pair_stays() {
    for ops in [&[][..], &[Add(2), Mul(3)], &[Mul(2), Constant(1), Add(3)]] {
        assert_eq!(fuse(ops, &[]), ops);
    }
}

#[test]
fn a_branch_between_the_two_keeps_them_apart() {
    let ops = [Mul(2), Add(3), Mul(4), Add(5)];
    assert_eq!(fuse(&ops, &[1]), [Mul(2), Add(3), MulAdd(4, 5)]);
    // After the first pair has become one, the second is still number 3.
    assert_eq!(fuse(&ops, &[3]), [MulAdd(2, 3), Mul(4), Add(5)]);
    // A branch to the first of the two takes both.
    assert_eq!(fuse(&ops, &[0, 2]), [MulAdd(2, 3), MulAdd(4, 5)]);
}

#[test]
fn the_result_is_the_same() {
    let ops = [Constant(20), Mul(2), Add(2), Mul(3), Mul(2), Add(-10)];
    let fused: Vec<Op> = fuse(&ops, &[]);
    assert_eq!(run(&thread(&fused)), run(&thread(&ops)));
    assert_eq!(fused.len(), 4);
}
