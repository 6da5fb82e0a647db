//! Held against the machine's own `f64.nearest`, bit by bit.

use ch07_values::{Number, OperandStack};
use ch08_numeric::Numeric;

use super::nearest;

#[track_caller]
fn check(x: f64) {
    let mut slots = [x.to_bits()];
    let mut stack = OperandStack::new(&mut slots, 1);
    Numeric::F64Nearest.execute(&mut stack).unwrap();
    let expected: f64 = stack.pop();
    assert_eq!(
        Number::F64(nearest(x)),
        Number::F64(expected),
        "nearest({x:?})"
    );
}

#[test]
fn other_numbers_round_to_the_nearest() {
    for x in
        [0.3, 0.7, 2.4, 2.6, -2.4, -2.6, 0.5_f64.next_down(), 0.5_f64.next_up()]
    {
        check(x);
    }
}

#[test]
fn ties_round_to_even() {
    for x in [0.5, 1.5, 2.5, 3.5, -1.5, -2.5, -3.5] {
        check(x);
    }
}

#[test]
fn zero_keeps_its_sign() {
    for x in [0.0, -0.0, -0.3, -0.5, 0.3] {
        check(x);
    }
}

#[test]
fn numbers_without_a_fraction_are_unchanged() {
    for x in
        [3.0, -3.0, 4503599627370497.0, 1e300, f64::INFINITY, f64::NEG_INFINITY]
    {
        check(x);
    }
}
