//! One of several patterns, and how it is told.

use super::{Pattern, describe, matches};

/// A NaN, or the number 1.
fn pattern() -> Pattern {
    let one = Pattern::Value(0x3f80_0000);
    Pattern::Either(vec![one, Pattern::CanonicalNan])
}

#[test]
fn one_of_several_is_enough() {
    assert!(matches(&pattern(), 0x3f80_0000));
    assert!(matches(&pattern(), 0xffc0_0000));
    assert!(!matches(&pattern(), 0xbf80_0000));
}

#[test]
fn one_of_none_fits_nothing() {
    assert!(!matches(&Pattern::Either(vec![]), 0));
}

#[test]
fn the_message_has_all_of_them() {
    let wanted = "(either (f32.const 1) (f32.const nan:canonical))";
    assert_eq!(describe(&pattern()), wanted);
}

#[test]
fn one_of_several_may_be_one_of_several() {
    let either = vec![Pattern::ArithmeticNan, pattern()];
    let nested = Pattern::Either(either);
    assert!(matches(&nested, 0x3f80_0000) && !matches(&nested, 0));
    let wanted = "(either (f32.const nan:arithmetic) \
        (either (f32.const 1) (f32.const nan:canonical)))";
    assert_eq!(describe(&nested), wanted);
}
