//! Where lanes are not what one expects: bit by bit, in a debug build as in a
//! release build.

use std::hint::black_box;

use annex_vector::{
    Lanes, V128, VectorLaneOp, VectorMemory, VectorMemoryOp, VectorOp,
    VectorStack, shuffle,
};
use ch07_values::{OperandStack, Trap};

/// Executes on vectors that the compiler cannot foresee.
fn compute(op: VectorOp, operands: &[V128]) -> V128 {
    let (mut slots, mut upper) = ([0; 3], Vec::new());
    let mut stack = OperandStack::new(&mut slots, 0);
    let mut stack = VectorStack::new(&mut stack, &mut upper);
    for operand in black_box(operands) {
        stack.push(*operand).unwrap();
    }
    black_box(op).execute(&mut stack).unwrap();
    assert_eq!(stack.height(), 1);
    stack.pop()
}

fn of(lanes: impl Lanes) -> V128 {
    V128::from_lanes(lanes)
}

#[test]
fn lanes_begin_at_the_lowest_byte() {
    let vector = of([1_i32, 2, 3, -1]);
    assert_eq!(vector.halves(), (0x0000_0002_0000_0001, 0xffff_ffff_0000_0003));
    assert_eq!(vector.lanes::<[i8; 16]>()[..5], [1, 0, 0, 0, 2]);
    assert_eq!(
        vector.to_string(),
        "i32x4 0x00000001 0x00000002 0x00000003 0xffffffff"
    );
    assert_eq!(V128::from_halves(1, 2), V128(2 << 64 | 1));
}

#[test]
fn the_upper_half_is_kept_beside_the_stack() {
    let (mut slots, mut upper) = ([0; 2], Vec::new());
    let mut stack = OperandStack::new(&mut slots, 0);
    stack.push(7_i32).unwrap();
    let mut both = VectorStack::new(&mut stack, &mut upper);
    both.push(V128(5 << 64 | 6)).unwrap();
    assert_eq!(both.push(V128(0)), Err(Trap::CallStackExhausted));
    assert_eq!(both.push(1_i32), Err(Trap::CallStackExhausted));
    assert_eq!((stack.slots(), &upper[..]), (&[7, 6][..], &[0, 5][..]));
    let mut both = VectorStack::new(&mut stack, &mut upper);
    both.set_vector(0, V128(3 << 64 | 4));
    assert_eq!(
        (both.vector(0), both.vector(1)),
        (V128(3 << 64 | 4), V128(5 << 64 | 6))
    );
}

#[test]
fn a_comparison_leaves_all_bits_or_none() {
    let result =
        compute(VectorOp::F64x2Lt, &[of([1.0, f64::NAN]), of([2.0, 1.0])]);
    assert_eq!(result, of([-1_i64, 0]));
    assert_eq!(compute(VectorOp::I8x16Eq, &[V128(0), V128(1)]), V128(!0xff));
}

#[test]
fn sums_wrap_or_saturate() {
    let (most, one) = (of([i8::MAX; 16]), of([1_i8; 16]));
    assert_eq!(compute(VectorOp::I8x16Add, &[most, one]), of([i8::MIN; 16]));
    assert_eq!(
        compute(VectorOp::I8x16AddSatS, &[most, one]),
        of([i8::MAX; 16])
    );
    assert_eq!(compute(VectorOp::I8x16SubSatU, &[one, most]), of([0_u8; 16]));
}

#[test]
fn shifts_count_modulo_the_width_of_a_lane() {
    let (mut slots, mut upper) = ([0; 2], Vec::new());
    let mut stack = OperandStack::new(&mut slots, 0);
    let mut stack = VectorStack::new(&mut stack, &mut upper);
    stack.push([-128_i8; 16]).unwrap();
    stack.push(9_i32).unwrap();
    VectorOp::I8x16ShrS.execute(&mut stack).unwrap();
    assert_eq!(stack.pop::<[i8; 16]>(), [-64; 16]);
}

#[test]
fn only_one_product_of_fractions_does_not_fit() {
    let least = of([i16::MIN; 8]);
    assert_eq!(
        compute(VectorOp::I16x8Q15MulrSatS, &[least, least]),
        of([i16::MAX; 8])
    );
    let half = of([1_i16 << 14; 8]);
    assert_eq!(
        compute(VectorOp::I16x8Q15MulrSatS, &[half, half]),
        of([1_i16 << 13; 8])
    );
    assert_eq!(
        compute(VectorOp::I32x4DotI16x8S, &[least, least]),
        of([i32::MIN; 4])
    );
}

#[test]
fn the_mean_is_rounded_up() {
    let result: [u8; 16] =
        compute(VectorOp::I8x16AvgrU, &[of([254_u8; 16]), of([255_u8; 16])])
            .lanes();
    assert_eq!(result, [255; 16]);
}

#[test]
fn narrowing_reads_signed_lanes() {
    let result: [u8; 16] = compute(
        VectorOp::I8x16NarrowI16x8U,
        &[of([-1_i16; 8]), of([256_i16; 8])],
    )
    .lanes();
    assert_eq!(result, [[0_u8; 8], [255; 8]].concat()[..]);
}

#[test]
fn the_smaller_float_may_be_a_nan_or_the_first() {
    let (x, y) =
        (of([f32::NAN, 0.0, -0.0, 1.0]), of([1.0_f32, -0.0, 0.0, f32::NAN]));
    let min: [f32; 4] = compute(VectorOp::F32x4Min, &[x, y]).lanes();
    assert!(min[0].is_nan() && min[3].is_nan());
    assert!(min[1].is_sign_negative() && min[2].is_sign_negative());
    // `pmin` is `y < x ? y : x`, and nothing else.
    let pmin: [u32; 4] = compute(VectorOp::F32x4PMin, &[x, y]).lanes();
    assert_eq!(pmin, [f32::NAN, 0.0, -0.0, 1.0].map(f32::to_bits));
}

#[test]
fn relaxed_instructions_are_the_same_on_every_machine() {
    let (big, tiny) = (of([1e30_f32; 4]), of([1e-30_f32; 4]));
    let madd: [f32; 4] =
        compute(VectorOp::F32x4RelaxedMadd, &[big, tiny, of([-1.0_f32; 4])])
            .lanes();
    assert_eq!(madd, [1e30_f32 * 1e-30 - 1.0; 4]);
    let trunc: [i32; 4] =
        compute(VectorOp::I32x4RelaxedTruncF32x4S, &[big]).lanes();
    assert_eq!(trunc, [i32::MAX; 4]);
    let (x, y) = (of([1_u8; 16]), of([0x80_u8; 16]));
    assert_eq!(compute(VectorOp::I8x16RelaxedSwizzle, &[x, y]), of([0_u8; 16]));
    let (least, four) = (of([i8::MIN; 16]), of([4_i32; 4]));
    let dot: [i16; 8] =
        compute(VectorOp::I16x8RelaxedDotI8x16I7x16S, &[least, least]).lanes();
    assert_eq!(dot, [i16::MIN; 8]);
    let add: [i32; 4] = compute(
        VectorOp::I32x4RelaxedDotI8x16I7x16AddS,
        &[least, of([127_i8; 16]), four],
    )
    .lanes();
    assert_eq!(add, [4 - 4 * 128 * 127; 4]);
}

#[test]
fn a_shuffle_picks_from_both() {
    let (mut slots, mut upper) = ([0; 2], Vec::new());
    let mut stack = OperandStack::new(&mut slots, 0);
    let mut stack = VectorStack::new(&mut stack, &mut upper);
    stack.push([1_u8; 16]).unwrap();
    stack.push([2_u8; 16]).unwrap();
    shuffle(
        &[0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 31],
        &mut stack,
    )
    .unwrap();
    assert_eq!(stack.pop::<[u16; 8]>(), [0x0201; 8]);
    stack.push(of([1.5_f32, 2.5, 3.5, 4.5])).unwrap();
    VectorLaneOp::F32x4ExtractLane.execute(2, &mut stack).unwrap();
    assert_eq!(stack.pop::<f32>(), 3.5);
}

/// A memory of four bytes.
struct Four([u8; 4]);

impl VectorMemory for Four {
    fn read<const N: usize>(
        &self,
        address: u64,
        offset: u64,
    ) -> Result<[u8; N], Trap> {
        let bytes = self
            .0
            .get((address + offset) as usize..)
            .and_then(|rest| rest.first_chunk());
        bytes.copied().ok_or(Trap::OutOfBoundsMemoryAccess)
    }

    fn write<const N: usize>(
        &mut self,
        _: u64,
        _: u64,
        _: [u8; N],
    ) -> Result<(), Trap> {
        Err(Trap::OutOfBoundsMemoryAccess)
    }
}

#[test]
fn a_load_may_fill_the_lanes_with_one() {
    let (mut slots, mut upper) = ([0; 2], Vec::new());
    let mut stack = OperandStack::new(&mut slots, 0);
    let mut stack = VectorStack::new(&mut stack, &mut upper);
    let mut memory = Four([1, 2, 3, 4]);
    stack.push(1_i32).unwrap();
    VectorMemoryOp::V128Load16Splat
        .execute(1, &mut memory, &mut stack)
        .unwrap();
    assert_eq!(stack.pop::<[u16; 8]>(), [0x0403; 8]);
    stack.push(1_i32).unwrap();
    let trap =
        VectorMemoryOp::V128Load32Zero.execute(0, &mut memory, &mut stack);
    assert_eq!(trap, Err(Trap::OutOfBoundsMemoryAccess));
    assert_eq!(VectorMemoryOp::V128Load32Zero.width(), 4);
}
