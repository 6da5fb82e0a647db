//! Values, NaNs, and one of several.

use super::{Pattern, matches};

#[test]
fn values_and_canonical_nans() {
    assert!(matches(&Pattern::Value(0x8000_0000), 0x8000_0000));
    assert!(!matches(&Pattern::Value(0x8000_0000), 0));
    assert!(matches(&Pattern::CanonicalNan, 0xffc0_0000));
    assert!(!matches(&Pattern::CanonicalNan, 0x7fc0_0001));
}

#[test]
fn arithmetic_nans() {
    for bits in
        [0x7fc0_0000, 0xffc0_0000, 0x7fc0_0001, 0xffe1_2345, 0x7fff_ffff]
    {
        assert!(matches(&Pattern::ArithmeticNan, bits), "{bits:#x}");
    }
    // A NaN without the top bit of its payload, the infinities, and numbers.
    for bits in
        [0x7fa0_0000, 0x7f80_0000, 0xff80_0000, 0x3f80_0000, 0x0040_0000, 0]
    {
        assert!(!matches(&Pattern::ArithmeticNan, bits), "{bits:#x}");
    }
}

#[test]
fn one_of_several() {
    let pattern =
        Pattern::Either(vec![Pattern::Value(1), Pattern::CanonicalNan]);
    assert!(matches(&pattern, 1) && matches(&pattern, 0x7fc0_0000));
    assert!(!matches(&pattern, 2));
    assert!(!matches(&Pattern::Either(vec![]), 0));
    assert!(matches(&Pattern::Either(vec![pattern]), 1));
}
