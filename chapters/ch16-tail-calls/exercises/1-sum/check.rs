//! The sum of few numbers, and of many.

use super::{MODULE, sum};

#[test]
fn few_numbers_are_added_up() {
    for (n, expected) in [(0, 0), (1, 1), (2, 3), (10, 55)] {
        assert_eq!(sum(n).unwrap(), [i64::into(expected)], "sum({n})");
    }
}

#[test]
fn a_million_numbers_are_added_up() {
    assert_eq!(sum(1_000_000).unwrap(), [500_000_500_000_i64.into()]);
}

#[test]
fn the_module_uses_tail_calls_and_no_loop() {
    assert!(
        MODULE.contains("return_call"),
        "without a tail call it is another exercise"
    );
    assert!(!MODULE.contains("loop"), "with a loop it is another exercise");
}
