//! A twin has the same slot, or there is none.

use ch07_values::{NumType, Number};

use super::twin;

#[test]
fn a_number_has_a_twin_in_each_type_that_has_room() {
    assert_eq!(
        twin(Number::F32(1.5), NumType::I32),
        Some(Number::I32(0x3fc0_0000))
    );
    assert_eq!(
        twin(Number::I32(-1), NumType::I64),
        Some(Number::I64(0xffff_ffff))
    );
    assert_eq!(twin(Number::I64(0), NumType::F32), Some(Number::F32(0.0)));
    assert_eq!(
        twin(Number::F64(1.5), NumType::I64),
        Some(Number::I64(0x3ff8 << 48))
    );
}

#[test]
fn bits_in_the_upper_half_fit_no_narrow_type() {
    for ty in [NumType::I32, NumType::F32] {
        assert_eq!(
            twin(Number::I64(-1), ty),
            None,
            "an i64 of 64 ones is no {ty}"
        );
        assert_eq!(
            twin(Number::F64(1.5), ty),
            None,
            "an f64 of 1.5 is no {ty}"
        );
    }
}
