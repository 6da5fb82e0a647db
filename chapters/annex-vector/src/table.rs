//! The tables of the vector instructions, one per shape of immediates.
//!
//! A row has: opcode, name in the text format, variant, form, operands, result,
//! meaning. An opcode is the number that follows the prefix `0xfd`. The meaning
//! is plain Rust on the typed operands; where Rust has no word for it,
//! [`operations`](crate::operations) does, and a macro that expands the
//! meanings must bring these words into scope.
//!
//! The form tells what the operands are:
//!
//! | form | `x` is |
//! |---|---|
//! | `each` | one lane, and the meaning is that of each lane |
//! | `shift` | one lane; the second operand is one number for all lanes |
//! | `whole` | the whole vector as lanes, or a number |
//! | `load` | what is read from memory |
//! | `store` | the operand; the result is what is written to memory |
//!
//! After a semicolon comes an immediate: `lane`, the number of a lane.
//!
//! Specification: Structure, Instructions, *Vector Instructions*; Binary
//! Format, Instructions, *Vector Instructions*; Execution, *Numerics*.

/// Invokes the macro `$use_rows` with all rows of vector instructions without
/// immediates.
#[macro_export]
macro_rules! vector_table {
    ($use_rows:ident $($before:tt)*) => { $use_rows! {
        $($before)*
        // Bits.
        0x4d "v128.not" V128Not whole (x: u128) -> u128 = !x;
        0x4e "v128.and" V128And whole (x: u128, y: u128) -> u128 = x & y;
        0x4f "v128.andnot" V128AndNot whole (x: u128, y: u128) -> u128 = x & !y;
        0x50 "v128.or" V128Or whole (x: u128, y: u128) -> u128 = x | y;
        0x51 "v128.xor" V128Xor whole (x: u128, y: u128) -> u128 = x ^ y;
        0x52 "v128.bitselect" V128Bitselect whole (x: u128, y: u128, z: u128)
            -> u128 = x & z | y & !z;
        0x53 "v128.any_true" V128AnyTrue whole (x: u128) -> bool = x != 0;

        // Lanes: i8x16.
        0x0e "i8x16.swizzle" I8x16Swizzle whole (x: [u8; 16], y: [u8; 16])
            -> [u8; 16] = swizzle(x, y);
        0x0f "i8x16.splat" I8x16Splat whole (x: u32) -> [u8; 16]
            = [x as u8; 16];
        0x23 "i8x16.eq" I8x16Eq each (x: i8, y: i8) -> bool = x == y;
        0x24 "i8x16.ne" I8x16Ne each (x: i8, y: i8) -> bool = x != y;
        0x25 "i8x16.lt_s" I8x16LtS each (x: i8, y: i8) -> bool = x < y;
        0x26 "i8x16.lt_u" I8x16LtU each (x: u8, y: u8) -> bool = x < y;
        0x27 "i8x16.gt_s" I8x16GtS each (x: i8, y: i8) -> bool = x > y;
        0x28 "i8x16.gt_u" I8x16GtU each (x: u8, y: u8) -> bool = x > y;
        0x29 "i8x16.le_s" I8x16LeS each (x: i8, y: i8) -> bool = x <= y;
        0x2a "i8x16.le_u" I8x16LeU each (x: u8, y: u8) -> bool = x <= y;
        0x2b "i8x16.ge_s" I8x16GeS each (x: i8, y: i8) -> bool = x >= y;
        0x2c "i8x16.ge_u" I8x16GeU each (x: u8, y: u8) -> bool = x >= y;
        0x60 "i8x16.abs" I8x16Abs each (x: i8) -> i8 = x.wrapping_abs();
        0x61 "i8x16.neg" I8x16Neg each (x: i8) -> i8 = x.wrapping_neg();
        0x62 "i8x16.popcnt" I8x16Popcnt each (x: u8) -> u8
            = x.count_ones() as u8;
        0x63 "i8x16.all_true" I8x16AllTrue whole (x: [i8; 16]) -> bool
            = !x.contains(&0);
        0x64 "i8x16.bitmask" I8x16Bitmask whole (x: [i8; 16]) -> u32
            = bitmask(x.map(|x| x < 0));
        0x65 "i8x16.narrow_i16x8_s" I8x16NarrowI16x8S whole
            (x: [i16; 8], y: [i16; 8]) -> [i8; 16]
            = join(x.map(saturate), y.map(saturate));
        0x66 "i8x16.narrow_i16x8_u" I8x16NarrowI16x8U whole
            (x: [i16; 8], y: [i16; 8]) -> [u8; 16]
            = join(x.map(saturate), y.map(saturate));
        0x6b "i8x16.shl" I8x16Shl shift (x: i8, y: u32) -> i8
            = x.wrapping_shl(y);
        0x6c "i8x16.shr_s" I8x16ShrS shift (x: i8, y: u32) -> i8
            = x.wrapping_shr(y);
        0x6d "i8x16.shr_u" I8x16ShrU shift (x: u8, y: u32) -> u8
            = x.wrapping_shr(y);
        0x6e "i8x16.add" I8x16Add each (x: i8, y: i8) -> i8
            = x.wrapping_add(y);
        0x6f "i8x16.add_sat_s" I8x16AddSatS each (x: i8, y: i8) -> i8
            = x.saturating_add(y);
        0x70 "i8x16.add_sat_u" I8x16AddSatU each (x: u8, y: u8) -> u8
            = x.saturating_add(y);
        0x71 "i8x16.sub" I8x16Sub each (x: i8, y: i8) -> i8
            = x.wrapping_sub(y);
        0x72 "i8x16.sub_sat_s" I8x16SubSatS each (x: i8, y: i8) -> i8
            = x.saturating_sub(y);
        0x73 "i8x16.sub_sat_u" I8x16SubSatU each (x: u8, y: u8) -> u8
            = x.saturating_sub(y);
        0x76 "i8x16.min_s" I8x16MinS each (x: i8, y: i8) -> i8 = x.min(y);
        0x77 "i8x16.min_u" I8x16MinU each (x: u8, y: u8) -> u8 = x.min(y);
        0x78 "i8x16.max_s" I8x16MaxS each (x: i8, y: i8) -> i8 = x.max(y);
        0x79 "i8x16.max_u" I8x16MaxU each (x: u8, y: u8) -> u8 = x.max(y);
        0x7b "i8x16.avgr_u" I8x16AvgrU each (x: u8, y: u8) -> u8
            = average(x, y);

        // Lanes: i16x8.
        0x10 "i16x8.splat" I16x8Splat whole (x: u32) -> [u16; 8]
            = [x as u16; 8];
        0x2d "i16x8.eq" I16x8Eq each (x: i16, y: i16) -> bool = x == y;
        0x2e "i16x8.ne" I16x8Ne each (x: i16, y: i16) -> bool = x != y;
        0x2f "i16x8.lt_s" I16x8LtS each (x: i16, y: i16) -> bool = x < y;
        0x30 "i16x8.lt_u" I16x8LtU each (x: u16, y: u16) -> bool = x < y;
        0x31 "i16x8.gt_s" I16x8GtS each (x: i16, y: i16) -> bool = x > y;
        0x32 "i16x8.gt_u" I16x8GtU each (x: u16, y: u16) -> bool = x > y;
        0x33 "i16x8.le_s" I16x8LeS each (x: i16, y: i16) -> bool = x <= y;
        0x34 "i16x8.le_u" I16x8LeU each (x: u16, y: u16) -> bool = x <= y;
        0x35 "i16x8.ge_s" I16x8GeS each (x: i16, y: i16) -> bool = x >= y;
        0x36 "i16x8.ge_u" I16x8GeU each (x: u16, y: u16) -> bool = x >= y;
        0x7c "i16x8.extadd_pairwise_i8x16_s" I16x8ExtAddPairwiseI8x16S whole
            (x: [i8; 16]) -> [i16; 8] = sums(x);
        0x7d "i16x8.extadd_pairwise_i8x16_u" I16x8ExtAddPairwiseI8x16U whole
            (x: [u8; 16]) -> [u16; 8] = sums(x);
        0x80 "i16x8.abs" I16x8Abs each (x: i16) -> i16 = x.wrapping_abs();
        0x81 "i16x8.neg" I16x8Neg each (x: i16) -> i16 = x.wrapping_neg();
        0x82 "i16x8.q15mulr_sat_s" I16x8Q15MulrSatS each (x: i16, y: i16)
            -> i16 = q15_product(x, y);
        0x83 "i16x8.all_true" I16x8AllTrue whole (x: [i16; 8]) -> bool
            = !x.contains(&0);
        0x84 "i16x8.bitmask" I16x8Bitmask whole (x: [i16; 8]) -> u32
            = bitmask(x.map(|x| x < 0));
        0x85 "i16x8.narrow_i32x4_s" I16x8NarrowI32x4S whole
            (x: [i32; 4], y: [i32; 4]) -> [i16; 8]
            = join(x.map(saturate), y.map(saturate));
        0x86 "i16x8.narrow_i32x4_u" I16x8NarrowI32x4U whole
            (x: [i32; 4], y: [i32; 4]) -> [u16; 8]
            = join(x.map(saturate), y.map(saturate));
        0x87 "i16x8.extend_low_i8x16_s" I16x8ExtendLowI8x16S whole (x: [i8; 16])
            -> [i16; 8] = low(x).map(i16::from);
        0x88 "i16x8.extend_high_i8x16_s" I16x8ExtendHighI8x16S whole
            (x: [i8; 16]) -> [i16; 8] = high(x).map(i16::from);
        0x89 "i16x8.extend_low_i8x16_u" I16x8ExtendLowI8x16U whole (x: [u8; 16])
            -> [u16; 8] = low(x).map(u16::from);
        0x8a "i16x8.extend_high_i8x16_u" I16x8ExtendHighI8x16U whole
            (x: [u8; 16]) -> [u16; 8] = high(x).map(u16::from);
        0x8b "i16x8.shl" I16x8Shl shift (x: i16, y: u32) -> i16
            = x.wrapping_shl(y);
        0x8c "i16x8.shr_s" I16x8ShrS shift (x: i16, y: u32) -> i16
            = x.wrapping_shr(y);
        0x8d "i16x8.shr_u" I16x8ShrU shift (x: u16, y: u32) -> u16
            = x.wrapping_shr(y);
        0x8e "i16x8.add" I16x8Add each (x: i16, y: i16) -> i16
            = x.wrapping_add(y);
        0x8f "i16x8.add_sat_s" I16x8AddSatS each (x: i16, y: i16) -> i16
            = x.saturating_add(y);
        0x90 "i16x8.add_sat_u" I16x8AddSatU each (x: u16, y: u16) -> u16
            = x.saturating_add(y);
        0x91 "i16x8.sub" I16x8Sub each (x: i16, y: i16) -> i16
            = x.wrapping_sub(y);
        0x92 "i16x8.sub_sat_s" I16x8SubSatS each (x: i16, y: i16) -> i16
            = x.saturating_sub(y);
        0x93 "i16x8.sub_sat_u" I16x8SubSatU each (x: u16, y: u16) -> u16
            = x.saturating_sub(y);
        0x95 "i16x8.mul" I16x8Mul each (x: i16, y: i16) -> i16
            = x.wrapping_mul(y);
        0x96 "i16x8.min_s" I16x8MinS each (x: i16, y: i16) -> i16 = x.min(y);
        0x97 "i16x8.min_u" I16x8MinU each (x: u16, y: u16) -> u16 = x.min(y);
        0x98 "i16x8.max_s" I16x8MaxS each (x: i16, y: i16) -> i16 = x.max(y);
        0x99 "i16x8.max_u" I16x8MaxU each (x: u16, y: u16) -> u16 = x.max(y);
        0x9b "i16x8.avgr_u" I16x8AvgrU each (x: u16, y: u16) -> u16
            = average(x, y);
        0x9c "i16x8.extmul_low_i8x16_s" I16x8ExtMulLowI8x16S whole
            (x: [i8; 16], y: [i8; 16]) -> [i16; 8] = products(low(x), low(y));
        0x9d "i16x8.extmul_high_i8x16_s" I16x8ExtMulHighI8x16S whole
            (x: [i8; 16], y: [i8; 16]) -> [i16; 8] = products(high(x), high(y));
        0x9e "i16x8.extmul_low_i8x16_u" I16x8ExtMulLowI8x16U whole
            (x: [u8; 16], y: [u8; 16]) -> [u16; 8] = products(low(x), low(y));
        0x9f "i16x8.extmul_high_i8x16_u" I16x8ExtMulHighI8x16U whole
            (x: [u8; 16], y: [u8; 16]) -> [u16; 8] = products(high(x), high(y));

        // Lanes: i32x4.
        0x11 "i32x4.splat" I32x4Splat whole (x: u32) -> [u32; 4] = [x; 4];
        0x37 "i32x4.eq" I32x4Eq each (x: i32, y: i32) -> bool = x == y;
        0x38 "i32x4.ne" I32x4Ne each (x: i32, y: i32) -> bool = x != y;
        0x39 "i32x4.lt_s" I32x4LtS each (x: i32, y: i32) -> bool = x < y;
        0x3a "i32x4.lt_u" I32x4LtU each (x: u32, y: u32) -> bool = x < y;
        0x3b "i32x4.gt_s" I32x4GtS each (x: i32, y: i32) -> bool = x > y;
        0x3c "i32x4.gt_u" I32x4GtU each (x: u32, y: u32) -> bool = x > y;
        0x3d "i32x4.le_s" I32x4LeS each (x: i32, y: i32) -> bool = x <= y;
        0x3e "i32x4.le_u" I32x4LeU each (x: u32, y: u32) -> bool = x <= y;
        0x3f "i32x4.ge_s" I32x4GeS each (x: i32, y: i32) -> bool = x >= y;
        0x40 "i32x4.ge_u" I32x4GeU each (x: u32, y: u32) -> bool = x >= y;
        0x7e "i32x4.extadd_pairwise_i16x8_s" I32x4ExtAddPairwiseI16x8S whole
            (x: [i16; 8]) -> [i32; 4] = sums(x);
        0x7f "i32x4.extadd_pairwise_i16x8_u" I32x4ExtAddPairwiseI16x8U whole
            (x: [u16; 8]) -> [u32; 4] = sums(x);
        0xa0 "i32x4.abs" I32x4Abs each (x: i32) -> i32 = x.wrapping_abs();
        0xa1 "i32x4.neg" I32x4Neg each (x: i32) -> i32 = x.wrapping_neg();
        0xa3 "i32x4.all_true" I32x4AllTrue whole (x: [i32; 4]) -> bool
            = !x.contains(&0);
        0xa4 "i32x4.bitmask" I32x4Bitmask whole (x: [i32; 4]) -> u32
            = bitmask(x.map(|x| x < 0));
        0xa7 "i32x4.extend_low_i16x8_s" I32x4ExtendLowI16x8S whole (x: [i16; 8])
            -> [i32; 4] = low(x).map(i32::from);
        0xa8 "i32x4.extend_high_i16x8_s" I32x4ExtendHighI16x8S whole
            (x: [i16; 8]) -> [i32; 4] = high(x).map(i32::from);
        0xa9 "i32x4.extend_low_i16x8_u" I32x4ExtendLowI16x8U whole (x: [u16; 8])
            -> [u32; 4] = low(x).map(u32::from);
        0xaa "i32x4.extend_high_i16x8_u" I32x4ExtendHighI16x8U whole
            (x: [u16; 8]) -> [u32; 4] = high(x).map(u32::from);
        0xab "i32x4.shl" I32x4Shl shift (x: i32, y: u32) -> i32
            = x.wrapping_shl(y);
        0xac "i32x4.shr_s" I32x4ShrS shift (x: i32, y: u32) -> i32
            = x.wrapping_shr(y);
        0xad "i32x4.shr_u" I32x4ShrU shift (x: u32, y: u32) -> u32
            = x.wrapping_shr(y);
        0xae "i32x4.add" I32x4Add each (x: i32, y: i32) -> i32
            = x.wrapping_add(y);
        0xb1 "i32x4.sub" I32x4Sub each (x: i32, y: i32) -> i32
            = x.wrapping_sub(y);
        0xb5 "i32x4.mul" I32x4Mul each (x: i32, y: i32) -> i32
            = x.wrapping_mul(y);
        0xb6 "i32x4.min_s" I32x4MinS each (x: i32, y: i32) -> i32 = x.min(y);
        0xb7 "i32x4.min_u" I32x4MinU each (x: u32, y: u32) -> u32 = x.min(y);
        0xb8 "i32x4.max_s" I32x4MaxS each (x: i32, y: i32) -> i32 = x.max(y);
        0xb9 "i32x4.max_u" I32x4MaxU each (x: u32, y: u32) -> u32 = x.max(y);
        0xba "i32x4.dot_i16x8_s" I32x4DotI16x8S whole (x: [i16; 8], y: [i16; 8])
            -> [i32; 4] = dot(x, y);
        0xbc "i32x4.extmul_low_i16x8_s" I32x4ExtMulLowI16x8S whole
            (x: [i16; 8], y: [i16; 8]) -> [i32; 4] = products(low(x), low(y));
        0xbd "i32x4.extmul_high_i16x8_s" I32x4ExtMulHighI16x8S whole
            (x: [i16; 8], y: [i16; 8]) -> [i32; 4] = products(high(x), high(y));
        0xbe "i32x4.extmul_low_i16x8_u" I32x4ExtMulLowI16x8U whole
            (x: [u16; 8], y: [u16; 8]) -> [u32; 4] = products(low(x), low(y));
        0xbf "i32x4.extmul_high_i16x8_u" I32x4ExtMulHighI16x8U whole
            (x: [u16; 8], y: [u16; 8]) -> [u32; 4] = products(high(x), high(y));
        0xf8 "i32x4.trunc_sat_f32x4_s" I32x4TruncSatF32x4S each (x: f32) -> i32
            = x as i32;
        0xf9 "i32x4.trunc_sat_f32x4_u" I32x4TruncSatF32x4U each (x: f32) -> u32
            = x as u32;
        0xfc "i32x4.trunc_sat_f64x2_s_zero" I32x4TruncSatF64x2SZero whole
            (x: [f64; 2]) -> [i32; 4] = join(x.map(|x| x as i32), [0; 2]);
        0xfd "i32x4.trunc_sat_f64x2_u_zero" I32x4TruncSatF64x2UZero whole
            (x: [f64; 2]) -> [u32; 4] = join(x.map(|x| x as u32), [0; 2]);

        // Lanes: i64x2.
        0x12 "i64x2.splat" I64x2Splat whole (x: u64) -> [u64; 2] = [x; 2];
        0xc0 "i64x2.abs" I64x2Abs each (x: i64) -> i64 = x.wrapping_abs();
        0xc1 "i64x2.neg" I64x2Neg each (x: i64) -> i64 = x.wrapping_neg();
        0xc3 "i64x2.all_true" I64x2AllTrue whole (x: [i64; 2]) -> bool
            = !x.contains(&0);
        0xc4 "i64x2.bitmask" I64x2Bitmask whole (x: [i64; 2]) -> u32
            = bitmask(x.map(|x| x < 0));
        0xc7 "i64x2.extend_low_i32x4_s" I64x2ExtendLowI32x4S whole (x: [i32; 4])
            -> [i64; 2] = low(x).map(i64::from);
        0xc8 "i64x2.extend_high_i32x4_s" I64x2ExtendHighI32x4S whole
            (x: [i32; 4]) -> [i64; 2] = high(x).map(i64::from);
        0xc9 "i64x2.extend_low_i32x4_u" I64x2ExtendLowI32x4U whole (x: [u32; 4])
            -> [u64; 2] = low(x).map(u64::from);
        0xca "i64x2.extend_high_i32x4_u" I64x2ExtendHighI32x4U whole
            (x: [u32; 4]) -> [u64; 2] = high(x).map(u64::from);
        0xcb "i64x2.shl" I64x2Shl shift (x: i64, y: u32) -> i64
            = x.wrapping_shl(y);
        0xcc "i64x2.shr_s" I64x2ShrS shift (x: i64, y: u32) -> i64
            = x.wrapping_shr(y);
        0xcd "i64x2.shr_u" I64x2ShrU shift (x: u64, y: u32) -> u64
            = x.wrapping_shr(y);
        0xce "i64x2.add" I64x2Add each (x: i64, y: i64) -> i64
            = x.wrapping_add(y);
        0xd1 "i64x2.sub" I64x2Sub each (x: i64, y: i64) -> i64
            = x.wrapping_sub(y);
        0xd5 "i64x2.mul" I64x2Mul each (x: i64, y: i64) -> i64
            = x.wrapping_mul(y);
        0xd6 "i64x2.eq" I64x2Eq each (x: i64, y: i64) -> bool = x == y;
        0xd7 "i64x2.ne" I64x2Ne each (x: i64, y: i64) -> bool = x != y;
        0xd8 "i64x2.lt_s" I64x2LtS each (x: i64, y: i64) -> bool = x < y;
        0xd9 "i64x2.gt_s" I64x2GtS each (x: i64, y: i64) -> bool = x > y;
        0xda "i64x2.le_s" I64x2LeS each (x: i64, y: i64) -> bool = x <= y;
        0xdb "i64x2.ge_s" I64x2GeS each (x: i64, y: i64) -> bool = x >= y;
        0xdc "i64x2.extmul_low_i32x4_s" I64x2ExtMulLowI32x4S whole
            (x: [i32; 4], y: [i32; 4]) -> [i64; 2] = products(low(x), low(y));
        0xdd "i64x2.extmul_high_i32x4_s" I64x2ExtMulHighI32x4S whole
            (x: [i32; 4], y: [i32; 4]) -> [i64; 2] = products(high(x), high(y));
        0xde "i64x2.extmul_low_i32x4_u" I64x2ExtMulLowI32x4U whole
            (x: [u32; 4], y: [u32; 4]) -> [u64; 2] = products(low(x), low(y));
        0xdf "i64x2.extmul_high_i32x4_u" I64x2ExtMulHighI32x4U whole
            (x: [u32; 4], y: [u32; 4]) -> [u64; 2] = products(high(x), high(y));

        // Lanes: f32x4.
        0x13 "f32x4.splat" F32x4Splat whole (x: f32) -> [f32; 4] = [x; 4];
        0x41 "f32x4.eq" F32x4Eq each (x: f32, y: f32) -> bool = x == y;
        0x42 "f32x4.ne" F32x4Ne each (x: f32, y: f32) -> bool = x != y;
        0x43 "f32x4.lt" F32x4Lt each (x: f32, y: f32) -> bool = x < y;
        0x44 "f32x4.gt" F32x4Gt each (x: f32, y: f32) -> bool = x > y;
        0x45 "f32x4.le" F32x4Le each (x: f32, y: f32) -> bool = x <= y;
        0x46 "f32x4.ge" F32x4Ge each (x: f32, y: f32) -> bool = x >= y;
        0x5e "f32x4.demote_f64x2_zero" F32x4DemoteF64x2Zero whole (x: [f64; 2])
            -> [f32; 4] = join(x.map(|x| x as f32), [0.0; 2]);
        0x67 "f32x4.ceil" F32x4Ceil each (x: f32) -> f32
            = rounded(x, x.ceil());
        0x68 "f32x4.floor" F32x4Floor each (x: f32) -> f32
            = rounded(x, x.floor());
        0x69 "f32x4.trunc" F32x4Trunc each (x: f32) -> f32
            = rounded(x, x.trunc());
        0x6a "f32x4.nearest" F32x4Nearest each (x: f32) -> f32
            = rounded(x, x.round_ties_even());
        0xe0 "f32x4.abs" F32x4Abs each (x: f32) -> f32 = x.abs();
        0xe1 "f32x4.neg" F32x4Neg each (x: f32) -> f32 = -x;
        0xe3 "f32x4.sqrt" F32x4Sqrt each (x: f32) -> f32 = x.sqrt();
        0xe4 "f32x4.add" F32x4Add each (x: f32, y: f32) -> f32 = x + y;
        0xe5 "f32x4.sub" F32x4Sub each (x: f32, y: f32) -> f32 = x - y;
        0xe6 "f32x4.mul" F32x4Mul each (x: f32, y: f32) -> f32 = x * y;
        0xe7 "f32x4.div" F32x4Div each (x: f32, y: f32) -> f32 = x / y;
        0xe8 "f32x4.min" F32x4Min each (x: f32, y: f32) -> f32 = min(x, y);
        0xe9 "f32x4.max" F32x4Max each (x: f32, y: f32) -> f32 = max(x, y);
        0xea "f32x4.pmin" F32x4PMin each (x: f32, y: f32) -> f32
            = if y < x { y } else { x };
        0xeb "f32x4.pmax" F32x4PMax each (x: f32, y: f32) -> f32
            = if x < y { y } else { x };
        0xfa "f32x4.convert_i32x4_s" F32x4ConvertI32x4S each (x: i32) -> f32
            = x as f32;
        0xfb "f32x4.convert_i32x4_u" F32x4ConvertI32x4U each (x: u32) -> f32
            = x as f32;

        // Lanes: f64x2.
        0x14 "f64x2.splat" F64x2Splat whole (x: f64) -> [f64; 2] = [x; 2];
        0x47 "f64x2.eq" F64x2Eq each (x: f64, y: f64) -> bool = x == y;
        0x48 "f64x2.ne" F64x2Ne each (x: f64, y: f64) -> bool = x != y;
        0x49 "f64x2.lt" F64x2Lt each (x: f64, y: f64) -> bool = x < y;
        0x4a "f64x2.gt" F64x2Gt each (x: f64, y: f64) -> bool = x > y;
        0x4b "f64x2.le" F64x2Le each (x: f64, y: f64) -> bool = x <= y;
        0x4c "f64x2.ge" F64x2Ge each (x: f64, y: f64) -> bool = x >= y;
        0x5f "f64x2.promote_low_f32x4" F64x2PromoteLowF32x4 whole (x: [f32; 4])
            -> [f64; 2] = low(x).map(f64::from);
        0x74 "f64x2.ceil" F64x2Ceil each (x: f64) -> f64
            = rounded(x, x.ceil());
        0x75 "f64x2.floor" F64x2Floor each (x: f64) -> f64
            = rounded(x, x.floor());
        0x7a "f64x2.trunc" F64x2Trunc each (x: f64) -> f64
            = rounded(x, x.trunc());
        0x94 "f64x2.nearest" F64x2Nearest each (x: f64) -> f64
            = rounded(x, x.round_ties_even());
        0xec "f64x2.abs" F64x2Abs each (x: f64) -> f64 = x.abs();
        0xed "f64x2.neg" F64x2Neg each (x: f64) -> f64 = -x;
        0xef "f64x2.sqrt" F64x2Sqrt each (x: f64) -> f64 = x.sqrt();
        0xf0 "f64x2.add" F64x2Add each (x: f64, y: f64) -> f64 = x + y;
        0xf1 "f64x2.sub" F64x2Sub each (x: f64, y: f64) -> f64 = x - y;
        0xf2 "f64x2.mul" F64x2Mul each (x: f64, y: f64) -> f64 = x * y;
        0xf3 "f64x2.div" F64x2Div each (x: f64, y: f64) -> f64 = x / y;
        0xf4 "f64x2.min" F64x2Min each (x: f64, y: f64) -> f64 = min(x, y);
        0xf5 "f64x2.max" F64x2Max each (x: f64, y: f64) -> f64 = max(x, y);
        0xf6 "f64x2.pmin" F64x2PMin each (x: f64, y: f64) -> f64
            = if y < x { y } else { x };
        0xf7 "f64x2.pmax" F64x2PMax each (x: f64, y: f64) -> f64
            = if x < y { y } else { x };
        0xfe "f64x2.convert_low_i32x4_s" F64x2ConvertLowI32x4S whole
            (x: [i32; 4]) -> [f64; 2] = low(x).map(f64::from);
        0xff "f64x2.convert_low_i32x4_u" F64x2ConvertLowI32x4U whole
            (x: [u32; 4]) -> [f64; 2] = low(x).map(f64::from);

        // Relaxed: a part of the result depends on the machine.
        0x100 "i8x16.relaxed_swizzle" I8x16RelaxedSwizzle whole
            (x: [u8; 16], y: [u8; 16]) -> [u8; 16] = swizzle(x, y);
        0x101 "i32x4.relaxed_trunc_f32x4_s" I32x4RelaxedTruncF32x4S each
            (x: f32) -> i32 = x as i32;
        0x102 "i32x4.relaxed_trunc_f32x4_u" I32x4RelaxedTruncF32x4U each
            (x: f32) -> u32 = x as u32;
        0x103 "i32x4.relaxed_trunc_f64x2_s_zero"
            I32x4RelaxedTruncF64x2SZero whole
            (x: [f64; 2]) -> [i32; 4] = join(x.map(|x| x as i32), [0; 2]);
        0x104 "i32x4.relaxed_trunc_f64x2_u_zero"
            I32x4RelaxedTruncF64x2UZero whole
            (x: [f64; 2]) -> [u32; 4] = join(x.map(|x| x as u32), [0; 2]);
        0x105 "f32x4.relaxed_madd" F32x4RelaxedMadd each
            (x: f32, y: f32, z: f32) -> f32 = x * y + z;
        0x106 "f32x4.relaxed_nmadd" F32x4RelaxedNmadd each
            (x: f32, y: f32, z: f32) -> f32 = -(x * y) + z;
        0x107 "f64x2.relaxed_madd" F64x2RelaxedMadd each
            (x: f64, y: f64, z: f64) -> f64 = x * y + z;
        0x108 "f64x2.relaxed_nmadd" F64x2RelaxedNmadd each
            (x: f64, y: f64, z: f64) -> f64 = -(x * y) + z;
        0x109 "i8x16.relaxed_laneselect" I8x16RelaxedLaneselect whole
            (x: u128, y: u128, z: u128) -> u128 = x & z | y & !z;
        0x10a "i16x8.relaxed_laneselect" I16x8RelaxedLaneselect whole
            (x: u128, y: u128, z: u128) -> u128 = x & z | y & !z;
        0x10b "i32x4.relaxed_laneselect" I32x4RelaxedLaneselect whole
            (x: u128, y: u128, z: u128) -> u128 = x & z | y & !z;
        0x10c "i64x2.relaxed_laneselect" I64x2RelaxedLaneselect whole
            (x: u128, y: u128, z: u128) -> u128 = x & z | y & !z;
        0x10d "f32x4.relaxed_min" F32x4RelaxedMin each (x: f32, y: f32) -> f32
            = min(x, y);
        0x10e "f32x4.relaxed_max" F32x4RelaxedMax each (x: f32, y: f32) -> f32
            = max(x, y);
        0x10f "f64x2.relaxed_min" F64x2RelaxedMin each (x: f64, y: f64) -> f64
            = min(x, y);
        0x110 "f64x2.relaxed_max" F64x2RelaxedMax each (x: f64, y: f64) -> f64
            = max(x, y);
        0x111 "i16x8.relaxed_q15mulr_s" I16x8RelaxedQ15mulrS each
            (x: i16, y: i16) -> i16 = q15_product(x, y);
        0x112 "i16x8.relaxed_dot_i8x16_i7x16_s" I16x8RelaxedDotI8x16I7x16S whole
            (x: [i8; 16], y: [i8; 16]) -> [i16; 8] = dot(x, y);
        0x113 "i32x4.relaxed_dot_i8x16_i7x16_add_s"
            I32x4RelaxedDotI8x16I7x16AddS whole
            (x: [i8; 16], y: [i8; 16], z: [i32; 4]) -> [i32; 4]
            = dot_add(x, y, z);
    } };
}

/// Invokes the macro `$use_rows` with all rows of vector instructions that name
/// a lane. They have no form: `x` is the whole vector.
#[macro_export]
macro_rules! vector_lane_table {
    ($use_rows:ident $($before:tt)*) => { $use_rows! {
        $($before)*
        0x15 "i8x16.extract_lane_s" I8x16ExtractLaneS (x: [i8; 16]; lane) -> i32
            = x[lane].into();
        0x16 "i8x16.extract_lane_u" I8x16ExtractLaneU (x: [u8; 16]; lane) -> u32
            = x[lane].into();
        0x17 "i8x16.replace_lane" I8x16ReplaceLane (x: [u8; 16], y: u32; lane)
            -> [u8; 16] = replace(x, lane, y as u8);
        0x18 "i16x8.extract_lane_s" I16x8ExtractLaneS (x: [i16; 8]; lane) -> i32
            = x[lane].into();
        0x19 "i16x8.extract_lane_u" I16x8ExtractLaneU (x: [u16; 8]; lane) -> u32
            = x[lane].into();
        0x1a "i16x8.replace_lane" I16x8ReplaceLane (x: [u16; 8], y: u32; lane)
            -> [u16; 8] = replace(x, lane, y as u16);
        0x1b "i32x4.extract_lane"   I32x4ExtractLane  (x: [u32; 4]; lane) -> u32
            = x[lane];
        0x1c "i32x4.replace_lane" I32x4ReplaceLane (x: [u32; 4], y: u32; lane)
            -> [u32; 4] = replace(x, lane, y);
        0x1d "i64x2.extract_lane"   I64x2ExtractLane  (x: [u64; 2]; lane) -> u64
            = x[lane];
        0x1e "i64x2.replace_lane" I64x2ReplaceLane (x: [u64; 2], y: u64; lane)
            -> [u64; 2] = replace(x, lane, y);
        0x1f "f32x4.extract_lane"   F32x4ExtractLane  (x: [f32; 4]; lane) -> f32
            = x[lane];
        0x20 "f32x4.replace_lane" F32x4ReplaceLane (x: [f32; 4], y: f32; lane)
            -> [f32; 4] = replace(x, lane, y);
        0x21 "f64x2.extract_lane"   F64x2ExtractLane  (x: [f64; 2]; lane) -> f64
            = x[lane];
        0x22 "f64x2.replace_lane" F64x2ReplaceLane (x: [f64; 2], y: f64; lane)
            -> [f64; 2] = replace(x, lane, y);
    } };
}

/// Invokes the macro `$use_rows` with all rows of vector loads and stores.
#[macro_export]
macro_rules! vector_memory_table {
    ($use_rows:ident $($before:tt)*) => { $use_rows! {
        $($before)*
        0x00 "v128.load"         V128Load        load  (x: u128) -> u128 = x;
        0x01 "v128.load8x8_s"    V128Load8x8S    load  (x: [i8; 8]) -> [i16; 8]
            = x.map(i16::from);
        0x02 "v128.load8x8_u"    V128Load8x8U    load  (x: [u8; 8]) -> [u16; 8]
            = x.map(u16::from);
        0x03 "v128.load16x4_s"   V128Load16x4S   load  (x: [i16; 4]) -> [i32; 4]
            = x.map(i32::from);
        0x04 "v128.load16x4_u"   V128Load16x4U   load  (x: [u16; 4]) -> [u32; 4]
            = x.map(u32::from);
        0x05 "v128.load32x2_s"   V128Load32x2S   load  (x: [i32; 2]) -> [i64; 2]
            = x.map(i64::from);
        0x06 "v128.load32x2_u"   V128Load32x2U   load  (x: [u32; 2]) -> [u64; 2]
            = x.map(u64::from);
        0x07 "v128.load8_splat"  V128Load8Splat  load  (x: u8) -> [u8; 16]
            = [x; 16];
        0x08 "v128.load16_splat" V128Load16Splat load  (x: u16) -> [u16; 8]
            = [x; 8];
        0x09 "v128.load32_splat" V128Load32Splat load  (x: u32) -> [u32; 4]
            = [x; 4];
        0x0a "v128.load64_splat" V128Load64Splat load  (x: u64) -> [u64; 2]
            = [x; 2];
        0x0b "v128.store"        V128Store       store (x: u128) -> u128 = x;
        0x5c "v128.load32_zero"  V128Load32Zero  load  (x: u32) -> [u32; 4]
            = [x, 0, 0, 0];
        0x5d "v128.load64_zero"  V128Load64Zero  load  (x: u64) -> [u64; 2]
            = [x, 0];
    } };
}

/// Invokes the macro `$use_rows` with all rows of vector loads and stores of
/// one lane. In a load, `y` is the vector that gets the lane.
#[macro_export]
macro_rules! vector_memory_lane_table {
    ($use_rows:ident $($before:tt)*) => { $use_rows! {
        $($before)*
        0x54 "v128.load8_lane" V128Load8Lane load (x: u8, y: [u8; 16]; lane)
            -> [u8; 16] = replace(y, lane, x);
        0x55 "v128.load16_lane" V128Load16Lane load (x: u16, y: [u16; 8]; lane)
            -> [u16; 8] = replace(y, lane, x);
        0x56 "v128.load32_lane" V128Load32Lane load (x: u32, y: [u32; 4]; lane)
            -> [u32; 4] = replace(y, lane, x);
        0x57 "v128.load64_lane" V128Load64Lane load (x: u64, y: [u64; 2]; lane)
            -> [u64; 2] = replace(y, lane, x);
        0x58 "v128.store8_lane"  V128Store8Lane  store (x: [u8; 16]; lane) -> u8
            = x[lane];
        0x59 "v128.store16_lane" V128Store16Lane store (x: [u16; 8]; lane)
            -> u16 = x[lane];
        0x5a "v128.store32_lane" V128Store32Lane store (x: [u32; 4]; lane)
            -> u32 = x[lane];
        0x5b "v128.store64_lane" V128Store64Lane store (x: [u64; 2]; lane)
            -> u64 = x[lane];
    } };
}
