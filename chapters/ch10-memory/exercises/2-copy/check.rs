//! As if by way of another place, or not at all.

use ch07_values::Trap;

use super::copy;

#[track_caller]
fn check(destination: usize, source: usize, length: usize, expected: &[u8; 8]) {
    let mut bytes = *b"abcdefgh";
    assert_eq!(copy(&mut bytes, destination, source, length), Ok(()));
    assert_eq!(
        String::from_utf8_lossy(&bytes),
        String::from_utf8_lossy(expected)
    );
}

#[test]
fn ranges_that_are_apart() {
    check(4, 0, 2, b"abcdabgh");
    check(0, 4, 4, b"efghefgh");
}

#[test]
fn ranges_that_overlap() {
    check(0, 1, 7, b"bcdefghh");
    check(2, 0, 6, b"ababcdef");
    check(1, 0, 7, b"aabcdefg");
    check(3, 3, 4, b"abcdefgh");
}

#[test]
fn a_range_that_does_not_fit_writes_nothing() {
    for (destination, source, length) in
        [(5, 0, 4), (0, 5, 4), (9, 0, 0), (0, 9, 0)]
    {
        let mut bytes = *b"abcdefgh";
        let outcome = copy(&mut bytes, destination, source, length);
        assert_eq!(
            outcome,
            Err(Trap::OutOfBoundsMemoryAccess),
            "{destination} {source} {length}"
        );
        assert_eq!(&bytes, b"abcdefgh");
    }
    let mut bytes = *b"abcdefgh";
    assert_eq!(copy(&mut bytes, 8, 8, 0), Ok(()));
}
