//! The walk finds the same sections as `wasmparser`.

use wasmparser::{Parser, Payload};

use super::sections;

/// What `wasmparser` finds. Of a section it says where the contents begin and
/// end.
fn expected(bytes: &[u8]) -> Vec<(u8, usize)> {
    let payloads = Parser::new(0).parse_all(bytes).map(Result::unwrap);
    payloads
        .filter(|payload| !matches!(payload, Payload::CodeSectionEntry(_)))
        .filter_map(|payload| payload.as_section())
        .map(|(id, range)| (id, (range.end - range.start) as usize))
        .collect()
}

fn module(length: usize) -> Vec<u8> {
    let text = format!(
        "(module (memory 1) (func (export \"f\") (result i32) i32.const 7) \
         (data (i32.const 0) \"{}\"))",
        "-".repeat(length)
    );
    wat::parse_str(text).unwrap()
}

#[test]
fn short_sections_are_found() {
    let bytes = module(3);
    assert_eq!(sections(&bytes), expected(&bytes));
}

#[test]
fn a_size_of_two_bytes_is_read() {
    for length in [121, 122, 123, 128, 1000, 16_000] {
        let bytes = module(length);
        assert_eq!(
            sections(&bytes),
            expected(&bytes),
            "{length} bytes of data"
        );
    }
}

#[test]
fn a_size_of_three_bytes_is_read() {
    for length in [20_000, 60_000] {
        let bytes = module(length);
        assert_eq!(
            sections(&bytes),
            expected(&bytes),
            "{length} bytes of data"
        );
    }
}

/// Real compilers write a size that they learn late in five bytes.
#[test]
fn a_size_may_have_more_bytes_than_it_needs() {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    bytes.extend([0, 0x85, 0x80, 0x80, 0x80, 0x00, 4, b'n', b'o', b't', b'e']);
    assert_eq!(sections(&bytes), [(0, 5)]);
}
