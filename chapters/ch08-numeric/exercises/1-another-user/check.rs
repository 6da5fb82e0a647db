//! The rows say how they read their operands.

use super::{READINGS, reads_unsigned};

fn types(name: &str) -> &str {
    READINGS
        .iter()
        .find(|(row, _)| *row == name)
        .map_or("no such row", |(_, types)| *types)
}

#[test]
fn types_are_as_the_row_writes_them() {
    assert_eq!(types("i32.lt_u"), "u32 u32 ");
    assert_eq!(types("i32.lt_s"), "i32 i32 ");
    assert_eq!(types("i64.shl"), "i64 u64 ");
    assert_eq!(types("f64.sqrt"), "f64 ");
}

#[test]
fn the_sign_is_in_the_types() {
    for name in ["i32.lt_u", "i64.div_u", "i64.extend_i32_u", "i32.clz"] {
        assert!(reads_unsigned(name), "{name}");
    }
    for name in ["i32.lt_s", "i32.add", "f32.add", "i64.extend_i32_s"] {
        assert!(!reads_unsigned(name), "{name}");
    }
    assert_eq!(READINGS.len(), 140);
}
