//! What is within is found, and nothing else is.

use super::within;

const BYTES: [u8; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

#[test]
fn bytes_inside_the_memory_are_found() {
    assert_eq!(within(&BYTES, 2, 3, 2), Some(&BYTES[5..7]));
    assert_eq!(within(&BYTES, 0, 0, 8), Some(&BYTES[..]));
    assert_eq!(within(&BYTES, 8, 0, 0), Some(&BYTES[8..]));
}

#[test]
fn bytes_past_the_end_are_not_found() {
    assert_eq!(within(&BYTES, 0, 5, 4), None);
    assert_eq!(within(&BYTES, 9, 0, 0), None);
    assert_eq!(within(&BYTES, u32::MAX, 0, 1), None);
}

#[test]
fn no_sum_wraps_round() {
    assert_eq!(
        within(&BYTES, u32::MAX, 3, 2),
        None,
        "address and offset are not 2"
    );
    assert_eq!(
        within(&BYTES, u32::MAX - 3, 4, 4),
        None,
        "address and offset are not 0"
    );
    assert_eq!(within(&BYTES, 4, 0, u32::MAX), None, "the end is not 3");
    assert_eq!(within(&BYTES, u32::MAX, u32::MAX, u32::MAX), None);
}
