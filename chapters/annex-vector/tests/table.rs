//! The tables as data: opcodes and widths.

use annex_vector::{
    VectorLaneOp, VectorMemoryLaneOp, VectorMemoryOp, VectorOp,
};

/// `v128.const` and `i8x16.shuffle`, which are in no table.
const OTHERS: [u16; 2] = [0x0c, 0x0d];

/// The opcodes up to 0x113 that the standard gives to nothing.
const UNUSED: [u16; 20] = [
    0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5,
    0xc6, 0xcf, 0xd0, 0xd2, 0xd3, 0xd4, 0xe2, 0xee,
];

#[test]
fn every_opcode_is_given_once() {
    let mut opcodes: Vec<u16> = Vec::new();
    opcodes.extend(VectorOp::TABLE.iter().map(|(_, row)| row.opcode));
    opcodes.extend(VectorLaneOp::TABLE.iter().map(|(_, row)| row.opcode));
    opcodes.extend(VectorMemoryOp::TABLE.iter().map(|(_, row)| row.opcode));
    opcodes.extend(VectorMemoryLaneOp::TABLE.iter().map(|(_, row)| row.opcode));
    opcodes.extend(OTHERS);
    opcodes.extend(UNUSED);
    opcodes.sort_unstable();
    let all: Vec<u16> = (0..=0x113).collect();
    assert_eq!(opcodes, all);
}

#[test]
fn an_access_is_as_wide_as_its_name_says() {
    for (op, row) in VectorMemoryOp::TABLE {
        let bits = match row.name.trim_end_matches(|char| "_su".contains(char))
        {
            "v128.load" | "v128.store" => 128,
            name if name.contains('x') => 64,
            name => digits(name),
        };
        assert_eq!(op.width() * 8, bits, "{op}");
    }
    for (op, row) in VectorMemoryLaneOp::TABLE {
        assert_eq!(op.width() * 8, digits(row.name), "{op}");
    }
}

/// The number in `v128.load8_splat` after the point.
fn digits(name: &str) -> usize {
    let (_, access) = name.split_once('.').unwrap();
    let digits = access.chars().filter(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap()
}
