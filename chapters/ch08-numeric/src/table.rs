//! The table: one row per operator.

/// Invokes the macro `$use_rows` with all rows of the table (an *X-macro*).
/// What follows the macro's name comes before the rows.
///
/// A row has: opcode, name in the text format, variant, operands, results,
/// meaning. The meaning is plain Rust on the typed operands, and `?` where it
/// may trap. What Rust doesn't have is in [`operations`](crate::operations); a
/// macro that expands the meanings must bring these functions into scope.
/// An opcode of four digits is the prefix `0xfc` and the number that follows
/// it.
///
/// Specification: Structure, Instructions, *Numeric Instructions*; Execution,
/// *Numerics*.
#[macro_export]
macro_rules! numeric_table {
    ($use_rows:ident $($before:tt)*) => { $use_rows! {
        $($before)*
        // Tests and comparisons of i32.
        0x45 "i32.eqz"  I32Eqz (x: i32)         -> bool = x == 0;
        0x46 "i32.eq"   I32Eq  (x: i32, y: i32) -> bool = x == y;
        0x47 "i32.ne"   I32Ne  (x: i32, y: i32) -> bool = x != y;
        0x48 "i32.lt_s" I32LtS (x: i32, y: i32) -> bool = x < y;
        0x49 "i32.lt_u" I32LtU (x: u32, y: u32) -> bool = x < y;
        0x4a "i32.gt_s" I32GtS (x: i32, y: i32) -> bool = x > y;
        0x4b "i32.gt_u" I32GtU (x: u32, y: u32) -> bool = x > y;
        0x4c "i32.le_s" I32LeS (x: i32, y: i32) -> bool = x <= y;
        0x4d "i32.le_u" I32LeU (x: u32, y: u32) -> bool = x <= y;
        0x4e "i32.ge_s" I32GeS (x: i32, y: i32) -> bool = x >= y;
        0x4f "i32.ge_u" I32GeU (x: u32, y: u32) -> bool = x >= y;

        // Tests and comparisons of i64.
        0x50 "i64.eqz"  I64Eqz (x: i64)         -> bool = x == 0;
        0x51 "i64.eq"   I64Eq  (x: i64, y: i64) -> bool = x == y;
        0x52 "i64.ne"   I64Ne  (x: i64, y: i64) -> bool = x != y;
        0x53 "i64.lt_s" I64LtS (x: i64, y: i64) -> bool = x < y;
        0x54 "i64.lt_u" I64LtU (x: u64, y: u64) -> bool = x < y;
        0x55 "i64.gt_s" I64GtS (x: i64, y: i64) -> bool = x > y;
        0x56 "i64.gt_u" I64GtU (x: u64, y: u64) -> bool = x > y;
        0x57 "i64.le_s" I64LeS (x: i64, y: i64) -> bool = x <= y;
        0x58 "i64.le_u" I64LeU (x: u64, y: u64) -> bool = x <= y;
        0x59 "i64.ge_s" I64GeS (x: i64, y: i64) -> bool = x >= y;
        0x5a "i64.ge_u" I64GeU (x: u64, y: u64) -> bool = x >= y;

        // Comparisons of f32.
        0x5b "f32.eq" F32Eq (x: f32, y: f32) -> bool = x == y;
        0x5c "f32.ne" F32Ne (x: f32, y: f32) -> bool = x != y;
        0x5d "f32.lt" F32Lt (x: f32, y: f32) -> bool = x < y;
        0x5e "f32.gt" F32Gt (x: f32, y: f32) -> bool = x > y;
        0x5f "f32.le" F32Le (x: f32, y: f32) -> bool = x <= y;
        0x60 "f32.ge" F32Ge (x: f32, y: f32) -> bool = x >= y;

        // Comparisons of f64.
        0x61 "f64.eq" F64Eq (x: f64, y: f64) -> bool = x == y;
        0x62 "f64.ne" F64Ne (x: f64, y: f64) -> bool = x != y;
        0x63 "f64.lt" F64Lt (x: f64, y: f64) -> bool = x < y;
        0x64 "f64.gt" F64Gt (x: f64, y: f64) -> bool = x > y;
        0x65 "f64.le" F64Le (x: f64, y: f64) -> bool = x <= y;
        0x66 "f64.ge" F64Ge (x: f64, y: f64) -> bool = x >= y;

        // Arithmetic of i32.
        0x67 "i32.clz"    I32Clz    (x: u32) -> u32 = x.leading_zeros();
        0x68 "i32.ctz"    I32Ctz    (x: u32) -> u32 = x.trailing_zeros();
        0x69 "i32.popcnt" I32Popcnt (x: u32) -> u32 = x.count_ones();
        0x6a "i32.add"    I32Add    (x: i32, y: i32) -> i32 = x.wrapping_add(y);
        0x6b "i32.sub"    I32Sub    (x: i32, y: i32) -> i32 = x.wrapping_sub(y);
        0x6c "i32.mul"    I32Mul    (x: i32, y: i32) -> i32 = x.wrapping_mul(y);
        0x6d "i32.div_s"  I32DivS   (x: i32, y: i32) -> i32 = div(x, y)?;
        0x6e "i32.div_u"  I32DivU   (x: u32, y: u32) -> u32 = div(x, y)?;
        0x6f "i32.rem_s"  I32RemS   (x: i32, y: i32) -> i32 = rem(x, y)?;
        0x70 "i32.rem_u"  I32RemU   (x: u32, y: u32) -> u32 = rem(x, y)?;
        0x71 "i32.and"    I32And    (x: i32, y: i32) -> i32 = x & y;
        0x72 "i32.or"     I32Or     (x: i32, y: i32) -> i32 = x | y;
        0x73 "i32.xor"    I32Xor    (x: i32, y: i32) -> i32 = x ^ y;
        0x74 "i32.shl"    I32Shl    (x: i32, y: u32) -> i32 = x.wrapping_shl(y);
        0x75 "i32.shr_s"  I32ShrS   (x: i32, y: u32) -> i32 = x.wrapping_shr(y);
        0x76 "i32.shr_u"  I32ShrU   (x: u32, y: u32) -> u32 = x.wrapping_shr(y);
        0x77 "i32.rotl"   I32Rotl   (x: u32, y: u32) -> u32 = x.rotate_left(y);
        0x78 "i32.rotr"   I32Rotr   (x: u32, y: u32) -> u32 = x.rotate_right(y);

        // Arithmetic of i64.
        0x79 "i64.clz"    I64Clz    (x: u64) -> u64 = x.leading_zeros().into();
        0x7a "i64.ctz"    I64Ctz    (x: u64) -> u64 = x.trailing_zeros().into();
        0x7b "i64.popcnt" I64Popcnt (x: u64) -> u64 = x.count_ones().into();
        0x7c "i64.add"    I64Add    (x: i64, y: i64) -> i64 = x.wrapping_add(y);
        0x7d "i64.sub"    I64Sub    (x: i64, y: i64) -> i64 = x.wrapping_sub(y);
        0x7e "i64.mul"    I64Mul    (x: i64, y: i64) -> i64 = x.wrapping_mul(y);
        0x7f "i64.div_s"  I64DivS   (x: i64, y: i64) -> i64 = div(x, y)?;
        0x80 "i64.div_u"  I64DivU   (x: u64, y: u64) -> u64 = div(x, y)?;
        0x81 "i64.rem_s"  I64RemS   (x: i64, y: i64) -> i64 = rem(x, y)?;
        0x82 "i64.rem_u"  I64RemU   (x: u64, y: u64) -> u64 = rem(x, y)?;
        0x83 "i64.and"    I64And    (x: i64, y: i64) -> i64 = x & y;
        0x84 "i64.or"     I64Or     (x: i64, y: i64) -> i64 = x | y;
        0x85 "i64.xor"    I64Xor    (x: i64, y: i64) -> i64 = x ^ y;
        0x86 "i64.shl"    I64Shl    (x: i64, y: u64) -> i64
            = x.wrapping_shl(y as u32);
        0x87 "i64.shr_s"  I64ShrS   (x: i64, y: u64) -> i64
            = x.wrapping_shr(y as u32);
        0x88 "i64.shr_u"  I64ShrU   (x: u64, y: u64) -> u64
            = x.wrapping_shr(y as u32);
        0x89 "i64.rotl"   I64Rotl   (x: u64, y: u64) -> u64
            = x.rotate_left(y as u32);
        0x8a "i64.rotr"   I64Rotr   (x: u64, y: u64) -> u64
            = x.rotate_right(y as u32);

        // Arithmetic of f32.
        0x8b "f32.abs"      F32Abs      (x: f32) -> f32 = x.abs();
        0x8c "f32.neg"      F32Neg      (x: f32) -> f32 = -x;
        0x8d "f32.ceil"     F32Ceil     (x: f32) -> f32 = rounded(x, x.ceil());
        0x8e "f32.floor"    F32Floor    (x: f32) -> f32 = rounded(x, x.floor());
        0x8f "f32.trunc"    F32Trunc    (x: f32) -> f32 = rounded(x, x.trunc());
        0x90 "f32.nearest"  F32Nearest  (x: f32) -> f32
            = rounded(x, x.round_ties_even());
        0x91 "f32.sqrt"     F32Sqrt     (x: f32) -> f32 = x.sqrt();
        0x92 "f32.add"      F32Add      (x: f32, y: f32) -> f32 = x + y;
        0x93 "f32.sub"      F32Sub      (x: f32, y: f32) -> f32 = x - y;
        0x94 "f32.mul"      F32Mul      (x: f32, y: f32) -> f32 = x * y;
        0x95 "f32.div"      F32Div      (x: f32, y: f32) -> f32 = x / y;
        0x96 "f32.min"      F32Min      (x: f32, y: f32) -> f32 = min(x, y);
        0x97 "f32.max"      F32Max      (x: f32, y: f32) -> f32 = max(x, y);
        0x98 "f32.copysign" F32Copysign (x: f32, y: f32) -> f32 = x.copysign(y);

        // Arithmetic of f64.
        0x99 "f64.abs"      F64Abs      (x: f64) -> f64 = x.abs();
        0x9a "f64.neg"      F64Neg      (x: f64) -> f64 = -x;
        0x9b "f64.ceil"     F64Ceil     (x: f64) -> f64 = rounded(x, x.ceil());
        0x9c "f64.floor"    F64Floor    (x: f64) -> f64 = rounded(x, x.floor());
        0x9d "f64.trunc"    F64Trunc    (x: f64) -> f64 = rounded(x, x.trunc());
        0x9e "f64.nearest"  F64Nearest  (x: f64) -> f64
            = rounded(x, x.round_ties_even());
        0x9f "f64.sqrt"     F64Sqrt     (x: f64) -> f64 = x.sqrt();
        0xa0 "f64.add"      F64Add      (x: f64, y: f64) -> f64 = x + y;
        0xa1 "f64.sub"      F64Sub      (x: f64, y: f64) -> f64 = x - y;
        0xa2 "f64.mul"      F64Mul      (x: f64, y: f64) -> f64 = x * y;
        0xa3 "f64.div"      F64Div      (x: f64, y: f64) -> f64 = x / y;
        0xa4 "f64.min"      F64Min      (x: f64, y: f64) -> f64 = min(x, y);
        0xa5 "f64.max"      F64Max      (x: f64, y: f64) -> f64 = max(x, y);
        0xa6 "f64.copysign" F64Copysign (x: f64, y: f64) -> f64 = x.copysign(y);

        // Conversions.
        0xa7 "i32.wrap_i64"      I32WrapI64     (x: i64) -> i32 = x as i32;
        0xa8 "i32.trunc_f32_s"   I32TruncF32S   (x: f32) -> i32 = trunc(x)?;
        0xa9 "i32.trunc_f32_u"   I32TruncF32U   (x: f32) -> u32 = trunc(x)?;
        0xaa "i32.trunc_f64_s"   I32TruncF64S   (x: f64) -> i32 = trunc(x)?;
        0xab "i32.trunc_f64_u"   I32TruncF64U   (x: f64) -> u32 = trunc(x)?;
        0xac "i64.extend_i32_s"  I64ExtendI32S  (x: i32) -> i64 = x.into();
        0xad "i64.extend_i32_u"  I64ExtendI32U  (x: u32) -> u64 = x.into();
        0xae "i64.trunc_f32_s"   I64TruncF32S   (x: f32) -> i64 = trunc(x)?;
        0xaf "i64.trunc_f32_u"   I64TruncF32U   (x: f32) -> u64 = trunc(x)?;
        0xb0 "i64.trunc_f64_s"   I64TruncF64S   (x: f64) -> i64 = trunc(x)?;
        0xb1 "i64.trunc_f64_u"   I64TruncF64U   (x: f64) -> u64 = trunc(x)?;
        0xb2 "f32.convert_i32_s" F32ConvertI32S (x: i32) -> f32 = x as f32;
        0xb3 "f32.convert_i32_u" F32ConvertI32U (x: u32) -> f32 = x as f32;
        0xb4 "f32.convert_i64_s" F32ConvertI64S (x: i64) -> f32 = x as f32;
        0xb5 "f32.convert_i64_u" F32ConvertI64U (x: u64) -> f32 = x as f32;
        0xb6 "f32.demote_f64"    F32DemoteF64   (x: f64) -> f32 = x as f32;
        0xb7 "f64.convert_i32_s" F64ConvertI32S (x: i32) -> f64 = x.into();
        0xb8 "f64.convert_i32_u" F64ConvertI32U (x: u32) -> f64 = x.into();
        0xb9 "f64.convert_i64_s" F64ConvertI64S (x: i64) -> f64 = x as f64;
        0xba "f64.convert_i64_u" F64ConvertI64U (x: u64) -> f64 = x as f64;
        0xbb "f64.promote_f32"   F64PromoteF32  (x: f32) -> f64 = x.into();
        0xbc "i32.reinterpret_f32" I32ReinterpretF32 (x: f32) -> u32
            = x.to_bits();
        0xbd "i64.reinterpret_f64" I64ReinterpretF64 (x: f64) -> u64
            = x.to_bits();
        0xbe "f32.reinterpret_i32" F32ReinterpretI32 (x: u32) -> f32
            = f32::from_bits(x);
        0xbf "f64.reinterpret_i64" F64ReinterpretI64 (x: u64) -> f64
            = f64::from_bits(x);

        // Sign extension.
        0xc0 "i32.extend8_s"  I32Extend8S  (x: i32) -> i32 = x as i8 as i32;
        0xc1 "i32.extend16_s" I32Extend16S (x: i32) -> i32 = x as i16 as i32;
        0xc2 "i64.extend8_s"  I64Extend8S  (x: i64) -> i64 = x as i8 as i64;
        0xc3 "i64.extend16_s" I64Extend16S (x: i64) -> i64 = x as i16 as i64;
        0xc4 "i64.extend32_s" I64Extend32S (x: i64) -> i64 = x as i32 as i64;

        // Saturating truncation: a number follows the prefix 0xfc.
        0xfc00 "i32.trunc_sat_f32_s" I32TruncSatF32S (x: f32) -> i32 = x as i32;
        0xfc01 "i32.trunc_sat_f32_u" I32TruncSatF32U (x: f32) -> u32 = x as u32;
        0xfc02 "i32.trunc_sat_f64_s" I32TruncSatF64S (x: f64) -> i32 = x as i32;
        0xfc03 "i32.trunc_sat_f64_u" I32TruncSatF64U (x: f64) -> u32 = x as u32;
        0xfc04 "i64.trunc_sat_f32_s" I64TruncSatF32S (x: f32) -> i64 = x as i64;
        0xfc05 "i64.trunc_sat_f32_u" I64TruncSatF32U (x: f32) -> u64 = x as u64;
        0xfc06 "i64.trunc_sat_f64_s" I64TruncSatF64S (x: f64) -> i64 = x as i64;
        0xfc07 "i64.trunc_sat_f64_u" I64TruncSatF64U (x: f64) -> u64 = x as u64;

        // Wide arithmetic, a proposal: 128 bits are two operands, low and high.
        0xfc13 "i64.add128" I64Add128 (w: u64, x: u64, y: u64, z: u64)
            -> (u64, u64) = halves(wide(w, x).wrapping_add(wide(y, z)));
        0xfc14 "i64.sub128" I64Sub128 (w: u64, x: u64, y: u64, z: u64)
            -> (u64, u64) = halves(wide(w, x).wrapping_sub(wide(y, z)));
        0xfc15 "i64.mul_wide_s" I64MulWideS (x: i64, y: i64) -> (u64, u64)
            = halves((i128::from(x) * i128::from(y)) as u128);
        0xfc16 "i64.mul_wide_u" I64MulWideU (x: u64, y: u64) -> (u64, u64)
            = halves(u128::from(x) * u128::from(y));
    } };
}
