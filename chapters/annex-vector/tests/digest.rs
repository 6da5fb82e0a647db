//! Every row of every table, on operands where something changes, against a
//! snapshot of digests: a row that computes anything else is red here.

use std::hint::black_box;

use annex_vector::{
    OperandType, V128, VectorLaneOp, VectorMemory, VectorMemoryLaneOp,
    VectorMemoryOp, VectorOp, VectorStack, shuffle,
};
use ch07_values::{NumType, OperandStack, Trap};

/// Vectors at which lanes of some width are least, greatest, or a float that is
/// special.
const VECTORS: [u128; 16] = [
    0,
    u128::MAX,
    0x0f0e_0d0c_0b0a_0908_1716_1514_1312_1110,
    0x8080_8080_8080_8080_8080_8080_8080_8080,
    0x7f7f_7f7f_7f7f_7f7f_7f7f_7f7f_7f7f_7f7f,
    0x8000_8000_8000_8000_8000_8000_8000_8000,
    0x7fff_7fff_7fff_7fff_7fff_7fff_7fff_7fff,
    0x8000_0000_8000_0000_8000_0000_8000_0000,
    0x8000_0000_0000_0000_7fff_ffff_ffff_ffff,
    // f32: NaN, -infinity, 0.5, and a NaN that signals.
    0x7fc0_0000_ff80_0000_3f00_0000_7fa0_0000,
    // f32: 2.5, -2.5, 2^31, -1.5
    0x4020_0000_c020_0000_4f00_0000_bfc0_0000,
    // f32: -0.0, 0.0, -0.0, 1e-40
    0x8000_0000_0000_0000_8000_0000_0001_16c2,
    // f64: NaN, -infinity
    0x7ff8_0000_0000_0000_fff0_0000_0000_0000,
    // f64: 2.5, -0.5
    0x4004_0000_0000_0000_bfe0_0000_0000_0000,
    // f64: 2^31, a NaN that signals
    0x41e0_0000_0000_0000_7ff4_0000_0000_0000,
    // f64: 300.75, -0.0
    0x4072_cc00_0000_0000_8000_0000_0000_0000,
];

/// Slots of integers, most of them near the width of a lane.
const INTEGERS: [u64; 12] =
    [0, 1, 7, 8, 9, 15, 17, 31, 33, 63, 65, 0xffff_fff9];

/// The bits of all operands of a type that are tried.
fn operands(ty: &OperandType) -> Vec<V128> {
    let numbers = |slots: &[u64]| {
        slots.iter().map(|slot| V128::from_halves(*slot, 0)).collect()
    };
    let floats = [0.0, -0.0, 1.5, -2.25, f32::INFINITY, f32::NAN];
    match ty {
        OperandType::Vector => VECTORS.map(V128).into(),
        OperandType::Number(NumType::I32 | NumType::I64) => numbers(&INTEGERS),
        OperandType::Number(NumType::F32) => {
            numbers(&floats.map(|x| u64::from(x.to_bits())))
        }
        OperandType::Number(NumType::F64) => {
            numbers(&floats.map(|x| f64::from(x).to_bits()))
        }
    }
}

/// All combinations of operands of these types.
fn combinations(types: &[OperandType]) -> Vec<Vec<V128>> {
    types.iter().fold(vec![Vec::new()], |all, ty| {
        let operands = operands(ty);
        let more = |so_far: &Vec<V128>| -> Vec<Vec<V128>> {
            let with = |operand: &V128| [&so_far[..], &[*operand]].concat();
            operands.iter().map(with).collect()
        };
        all.iter().flat_map(more).collect()
    })
}

/// The sign and the payload of a NaN that was computed depend on the processor:
/// in the result of an operator of floats, all NaNs count as one.
fn without_nans(name: &str, result: V128) -> V128 {
    if name.starts_with("f32x4") {
        let lanes: [f32; 4] = result.lanes();
        V128::from_lanes(lanes.map(|x| if x.is_nan() { f32::NAN } else { x }))
    } else if name.starts_with("f64x2") {
        let lanes: [f64; 2] = result.lanes();
        V128::from_lanes(lanes.map(|x| if x.is_nan() { f64::NAN } else { x }))
    } else {
        result
    }
}

/// A number that another sequence of bits is unlikely to have.
struct Digest(u64);

impl Digest {
    fn new() -> Digest {
        Digest(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bits: V128) {
        let (lower, upper) = bits.halves();
        for half in [lower, upper] {
            // The rotation makes the highest bit count: multiplied, it stays
            // where it is, and a second change of it would undo the first.
            self.0 =
                (self.0.rotate_left(29) ^ half).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// Executes an instruction that leaves one operand or none.
fn execute(
    operands: &[V128],
    instr: impl FnOnce(&mut VectorStack<'_, '_>) -> Result<(), Trap>,
) -> Option<V128> {
    let (mut slots, mut upper) = ([0; 4], Vec::new());
    let mut stack = OperandStack::new(&mut slots, 0);
    let mut stack = VectorStack::new(&mut stack, &mut upper);
    for operand in black_box(operands) {
        stack.push(*operand).unwrap();
    }
    instr(&mut stack).unwrap();
    (stack.height() > 0).then(|| stack.pop())
}

#[test]
fn every_operator_computes_the_same_in_every_build() {
    let mut shown = String::new();
    for (op, row) in VectorOp::TABLE {
        let mut digest = Digest::new();
        for operands in combinations(row.params) {
            let result =
                execute(&operands, |stack| black_box(*op).execute(stack));
            digest.add(without_nans(row.name, result.unwrap()));
        }
        shown += &format!("{:<36} {:016x}\n", row.name, digest.0);
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn every_lane_is_the_same_in_every_build() {
    let mut shown = String::new();
    for (op, row) in VectorLaneOp::TABLE {
        // `i8x16` has sixteen lanes.
        let (shape, _) = row.name.split_once('.').unwrap();
        let (_, lanes) = shape.split_once('x').unwrap();
        let mut digest = Digest::new();
        for lane in 0..lanes.parse().unwrap() {
            for operands in combinations(row.params) {
                let result = execute(&operands, |stack| {
                    black_box(*op).execute(lane, stack)
                });
                digest.add(result.unwrap());
            }
        }
        shown += &format!("{:<36} {:016x}\n", row.name, digest.0);
    }
    let mut digest = Digest::new();
    for operands in combinations(&[OperandType::Vector; 2]) {
        let lanes = [0, 31, 1, 30, 2, 29, 3, 28, 4, 27, 15, 16, 7, 7, 23, 23];
        let result = execute(&operands, |stack| shuffle(&lanes, stack));
        digest.add(result.unwrap());
    }
    shown += &format!("{:<36} {:016x}\n", "i8x16.shuffle", digest.0);
    insta::assert_snapshot!(shown);
}

/// A small memory.
struct Bytes([u8; 32]);

impl Bytes {
    fn new() -> Bytes {
        let byte = |index: usize| (index as u8).wrapping_mul(0x4d);
        Bytes(std::array::from_fn(byte))
    }
}

impl VectorMemory for Bytes {
    fn read<const N: usize>(
        &self,
        address: u64,
        offset: u64,
    ) -> Result<[u8; N], Trap> {
        let bytes = self.0.get((address + offset) as usize..);
        let bytes = bytes.and_then(|rest| rest.first_chunk());
        bytes.copied().ok_or(Trap::OutOfBoundsMemoryAccess)
    }

    fn write<const N: usize>(
        &mut self,
        address: u64,
        offset: u64,
        bytes: [u8; N],
    ) -> Result<(), Trap> {
        let place = self.0.get_mut((address + offset) as usize..);
        let place = place.and_then(|rest| rest.first_chunk_mut());
        *place.ok_or(Trap::OutOfBoundsMemoryAccess)? = bytes;
        Ok(())
    }
}

/// The digest of a load or store at several addresses: what it leaves, and what
/// the memory is afterwards.
fn accesses(
    params: &[OperandType],
    instr: impl Fn(&mut Bytes, &mut VectorStack<'_, '_>) -> Result<(), Trap>,
) -> u64 {
    let mut digest = Digest::new();
    for address in 0..8 {
        for operands in combinations(params) {
            let operands = [&[V128(address)], &operands[..]].concat();
            let mut memory = Bytes::new();
            let result = execute(&operands, |stack| instr(&mut memory, stack));
            digest.add(result.unwrap_or_default());
            let (halves, _) = memory.0.as_chunks();
            halves.iter().for_each(|bytes| {
                digest.add(V128(u128::from_le_bytes(*bytes)))
            });
        }
    }
    digest.0
}

#[test]
fn every_access_reaches_the_same_bytes_in_every_build() {
    let mut shown = String::new();
    for (op, row) in VectorMemoryOp::TABLE {
        let digest = accesses(row.params, |memory, stack| {
            black_box(*op).execute(3, memory, stack)
        });
        shown += &format!("{:<20} {:>2} {digest:016x}\n", row.name, op.width());
    }
    for (op, row) in VectorMemoryLaneOp::TABLE {
        for lane in 0..(16 / op.width()) as u8 {
            let digest = accesses(row.params, |memory, stack| {
                black_box(*op).execute(lane, 3, memory, stack)
            });
            let name = format!("{} {lane}", row.name);
            shown += &format!("{name:<20} {:>2} {digest:016x}\n", op.width());
        }
    }
    insta::assert_snapshot!(shown);
}
