//! What is captured, in which order, and that it is little at a time.

use std::thread;

use super::{call, sum};

#[test]
fn a_call_within_its_budget_returns() {
    let mut captured = Vec::new();
    assert_eq!(call(3, 3, &mut captured), Some(6));
    assert_eq!(call(0, 0, &mut captured), Some(0));
    assert!(captured.is_empty());
}

#[test]
fn the_innermost_call_is_captured_first() {
    let mut captured = Vec::new();
    assert_eq!(call(5, 2, &mut captured), None);
    assert_eq!(captured, [3, 4, 5]);
}

#[test]
fn the_sum_is_the_same_with_every_budget() {
    for budget in 1..20 {
        assert_eq!(sum(10, budget), 55, "{budget}");
    }
    assert_eq!(sum(0, 1), 0);
}

#[test]
fn a_million_calls_need_little_stack() {
    let small = thread::Builder::new().stack_size(256 << 10);
    // Not deep at first: what nests too deep would take the test with it.
    assert_eq!(call(2, 1, &mut Vec::new()), None);
    let work = || sum(1_000_000, 100);
    assert_eq!(small.spawn(work).unwrap().join().unwrap(), 500_000_500_000);
}
