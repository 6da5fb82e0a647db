//! Bit by bit, for numbers, zeros and NaNs.

use super::{abs, copysign, neg};

const ALL: [u32; 7] =
    [0, 1, 0x3fc0_0000, 0x7f80_0000, 0x7fc0_0000, 0x7fa0_0001, 0x7fff_ffff];

#[test]
fn ordinary_numbers() {
    assert_eq!((neg(1.5), neg(-1.5)), (-1.5, 1.5));
    assert_eq!((abs(1.5), abs(-1.5)), (1.5, 1.5));
    assert_eq!((copysign(1.5, -2.0), copysign(-1.5, 2.0)), (-1.5, 1.5));
}

#[test]
fn every_other_bit_stays() {
    for bits in ALL {
        let (plus, minus) =
            (f32::from_bits(bits), f32::from_bits(bits | 0x8000_0000));
        assert_eq!(neg(plus).to_bits(), minus.to_bits(), "neg of {bits:#010x}");
        assert_eq!(
            neg(minus).to_bits(),
            plus.to_bits(),
            "neg of minus {bits:#010x}"
        );
        assert_eq!(
            abs(minus).to_bits(),
            plus.to_bits(),
            "abs of minus {bits:#010x}"
        );
        for sign in ALL {
            let (positive, negative) =
                (f32::from_bits(sign), f32::from_bits(sign | 0x8000_0000));
            assert_eq!(copysign(minus, positive).to_bits(), plus.to_bits());
            assert_eq!(copysign(plus, negative).to_bits(), minus.to_bits());
        }
    }
}
