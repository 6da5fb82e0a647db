//! The tables of the vector instructions, one a shape of immediates.
//!
//! An opcode is the number that follows the prefix `0xfd`.
//!
//! Specification: Binary Format, Instructions, *Vector Instructions*.

use crate::instr::{memory_widths, named_operators};

/// Hands every row of vector instructions without immediates to the macro `$use_rows`: opcode, name, variant.
#[macro_export]
macro_rules! vector_table {
    ($use_rows:ident) => {
        $use_rows! {
            // Bits.
            0x4d "v128.not"                            V128Not;
            0x4e "v128.and"                            V128And;
            0x4f "v128.andnot"                         V128AndNot;
            0x50 "v128.or"                             V128Or;
            0x51 "v128.xor"                            V128Xor;
            0x52 "v128.bitselect"                      V128Bitselect;
            0x53 "v128.any_true"                       V128AnyTrue;

            // Lanes: i8x16.
            0x0e "i8x16.swizzle"                       I8x16Swizzle;
            0x0f "i8x16.splat"                         I8x16Splat;
            0x23 "i8x16.eq"                            I8x16Eq;
            0x24 "i8x16.ne"                            I8x16Ne;
            0x25 "i8x16.lt_s"                          I8x16LtS;
            0x26 "i8x16.lt_u"                          I8x16LtU;
            0x27 "i8x16.gt_s"                          I8x16GtS;
            0x28 "i8x16.gt_u"                          I8x16GtU;
            0x29 "i8x16.le_s"                          I8x16LeS;
            0x2a "i8x16.le_u"                          I8x16LeU;
            0x2b "i8x16.ge_s"                          I8x16GeS;
            0x2c "i8x16.ge_u"                          I8x16GeU;
            0x60 "i8x16.abs"                           I8x16Abs;
            0x61 "i8x16.neg"                           I8x16Neg;
            0x62 "i8x16.popcnt"                        I8x16Popcnt;
            0x63 "i8x16.all_true"                      I8x16AllTrue;
            0x64 "i8x16.bitmask"                       I8x16Bitmask;
            0x65 "i8x16.narrow_i16x8_s"                I8x16NarrowI16x8S;
            0x66 "i8x16.narrow_i16x8_u"                I8x16NarrowI16x8U;
            0x6b "i8x16.shl"                           I8x16Shl;
            0x6c "i8x16.shr_s"                         I8x16ShrS;
            0x6d "i8x16.shr_u"                         I8x16ShrU;
            0x6e "i8x16.add"                           I8x16Add;
            0x6f "i8x16.add_sat_s"                     I8x16AddSatS;
            0x70 "i8x16.add_sat_u"                     I8x16AddSatU;
            0x71 "i8x16.sub"                           I8x16Sub;
            0x72 "i8x16.sub_sat_s"                     I8x16SubSatS;
            0x73 "i8x16.sub_sat_u"                     I8x16SubSatU;
            0x76 "i8x16.min_s"                         I8x16MinS;
            0x77 "i8x16.min_u"                         I8x16MinU;
            0x78 "i8x16.max_s"                         I8x16MaxS;
            0x79 "i8x16.max_u"                         I8x16MaxU;
            0x7b "i8x16.avgr_u"                        I8x16AvgrU;

            // Lanes: i16x8.
            0x10 "i16x8.splat"                         I16x8Splat;
            0x2d "i16x8.eq"                            I16x8Eq;
            0x2e "i16x8.ne"                            I16x8Ne;
            0x2f "i16x8.lt_s"                          I16x8LtS;
            0x30 "i16x8.lt_u"                          I16x8LtU;
            0x31 "i16x8.gt_s"                          I16x8GtS;
            0x32 "i16x8.gt_u"                          I16x8GtU;
            0x33 "i16x8.le_s"                          I16x8LeS;
            0x34 "i16x8.le_u"                          I16x8LeU;
            0x35 "i16x8.ge_s"                          I16x8GeS;
            0x36 "i16x8.ge_u"                          I16x8GeU;
            0x7c "i16x8.extadd_pairwise_i8x16_s"       I16x8ExtAddPairwiseI8x16S;
            0x7d "i16x8.extadd_pairwise_i8x16_u"       I16x8ExtAddPairwiseI8x16U;
            0x80 "i16x8.abs"                           I16x8Abs;
            0x81 "i16x8.neg"                           I16x8Neg;
            0x82 "i16x8.q15mulr_sat_s"                 I16x8Q15MulrSatS;
            0x83 "i16x8.all_true"                      I16x8AllTrue;
            0x84 "i16x8.bitmask"                       I16x8Bitmask;
            0x85 "i16x8.narrow_i32x4_s"                I16x8NarrowI32x4S;
            0x86 "i16x8.narrow_i32x4_u"                I16x8NarrowI32x4U;
            0x87 "i16x8.extend_low_i8x16_s"            I16x8ExtendLowI8x16S;
            0x88 "i16x8.extend_high_i8x16_s"           I16x8ExtendHighI8x16S;
            0x89 "i16x8.extend_low_i8x16_u"            I16x8ExtendLowI8x16U;
            0x8a "i16x8.extend_high_i8x16_u"           I16x8ExtendHighI8x16U;
            0x8b "i16x8.shl"                           I16x8Shl;
            0x8c "i16x8.shr_s"                         I16x8ShrS;
            0x8d "i16x8.shr_u"                         I16x8ShrU;
            0x8e "i16x8.add"                           I16x8Add;
            0x8f "i16x8.add_sat_s"                     I16x8AddSatS;
            0x90 "i16x8.add_sat_u"                     I16x8AddSatU;
            0x91 "i16x8.sub"                           I16x8Sub;
            0x92 "i16x8.sub_sat_s"                     I16x8SubSatS;
            0x93 "i16x8.sub_sat_u"                     I16x8SubSatU;
            0x95 "i16x8.mul"                           I16x8Mul;
            0x96 "i16x8.min_s"                         I16x8MinS;
            0x97 "i16x8.min_u"                         I16x8MinU;
            0x98 "i16x8.max_s"                         I16x8MaxS;
            0x99 "i16x8.max_u"                         I16x8MaxU;
            0x9b "i16x8.avgr_u"                        I16x8AvgrU;
            0x9c "i16x8.extmul_low_i8x16_s"            I16x8ExtMulLowI8x16S;
            0x9d "i16x8.extmul_high_i8x16_s"           I16x8ExtMulHighI8x16S;
            0x9e "i16x8.extmul_low_i8x16_u"            I16x8ExtMulLowI8x16U;
            0x9f "i16x8.extmul_high_i8x16_u"           I16x8ExtMulHighI8x16U;

            // Lanes: i32x4.
            0x11 "i32x4.splat"                         I32x4Splat;
            0x37 "i32x4.eq"                            I32x4Eq;
            0x38 "i32x4.ne"                            I32x4Ne;
            0x39 "i32x4.lt_s"                          I32x4LtS;
            0x3a "i32x4.lt_u"                          I32x4LtU;
            0x3b "i32x4.gt_s"                          I32x4GtS;
            0x3c "i32x4.gt_u"                          I32x4GtU;
            0x3d "i32x4.le_s"                          I32x4LeS;
            0x3e "i32x4.le_u"                          I32x4LeU;
            0x3f "i32x4.ge_s"                          I32x4GeS;
            0x40 "i32x4.ge_u"                          I32x4GeU;
            0x7e "i32x4.extadd_pairwise_i16x8_s"       I32x4ExtAddPairwiseI16x8S;
            0x7f "i32x4.extadd_pairwise_i16x8_u"       I32x4ExtAddPairwiseI16x8U;
            0xa0 "i32x4.abs"                           I32x4Abs;
            0xa1 "i32x4.neg"                           I32x4Neg;
            0xa3 "i32x4.all_true"                      I32x4AllTrue;
            0xa4 "i32x4.bitmask"                       I32x4Bitmask;
            0xa7 "i32x4.extend_low_i16x8_s"            I32x4ExtendLowI16x8S;
            0xa8 "i32x4.extend_high_i16x8_s"           I32x4ExtendHighI16x8S;
            0xa9 "i32x4.extend_low_i16x8_u"            I32x4ExtendLowI16x8U;
            0xaa "i32x4.extend_high_i16x8_u"           I32x4ExtendHighI16x8U;
            0xab "i32x4.shl"                           I32x4Shl;
            0xac "i32x4.shr_s"                         I32x4ShrS;
            0xad "i32x4.shr_u"                         I32x4ShrU;
            0xae "i32x4.add"                           I32x4Add;
            0xb1 "i32x4.sub"                           I32x4Sub;
            0xb5 "i32x4.mul"                           I32x4Mul;
            0xb6 "i32x4.min_s"                         I32x4MinS;
            0xb7 "i32x4.min_u"                         I32x4MinU;
            0xb8 "i32x4.max_s"                         I32x4MaxS;
            0xb9 "i32x4.max_u"                         I32x4MaxU;
            0xba "i32x4.dot_i16x8_s"                   I32x4DotI16x8S;
            0xbc "i32x4.extmul_low_i16x8_s"            I32x4ExtMulLowI16x8S;
            0xbd "i32x4.extmul_high_i16x8_s"           I32x4ExtMulHighI16x8S;
            0xbe "i32x4.extmul_low_i16x8_u"            I32x4ExtMulLowI16x8U;
            0xbf "i32x4.extmul_high_i16x8_u"           I32x4ExtMulHighI16x8U;
            0xf8 "i32x4.trunc_sat_f32x4_s"             I32x4TruncSatF32x4S;
            0xf9 "i32x4.trunc_sat_f32x4_u"             I32x4TruncSatF32x4U;
            0xfc "i32x4.trunc_sat_f64x2_s_zero"        I32x4TruncSatF64x2SZero;
            0xfd "i32x4.trunc_sat_f64x2_u_zero"        I32x4TruncSatF64x2UZero;

            // Lanes: i64x2.
            0x12 "i64x2.splat"                         I64x2Splat;
            0xc0 "i64x2.abs"                           I64x2Abs;
            0xc1 "i64x2.neg"                           I64x2Neg;
            0xc3 "i64x2.all_true"                      I64x2AllTrue;
            0xc4 "i64x2.bitmask"                       I64x2Bitmask;
            0xc7 "i64x2.extend_low_i32x4_s"            I64x2ExtendLowI32x4S;
            0xc8 "i64x2.extend_high_i32x4_s"           I64x2ExtendHighI32x4S;
            0xc9 "i64x2.extend_low_i32x4_u"            I64x2ExtendLowI32x4U;
            0xca "i64x2.extend_high_i32x4_u"           I64x2ExtendHighI32x4U;
            0xcb "i64x2.shl"                           I64x2Shl;
            0xcc "i64x2.shr_s"                         I64x2ShrS;
            0xcd "i64x2.shr_u"                         I64x2ShrU;
            0xce "i64x2.add"                           I64x2Add;
            0xd1 "i64x2.sub"                           I64x2Sub;
            0xd5 "i64x2.mul"                           I64x2Mul;
            0xd6 "i64x2.eq"                            I64x2Eq;
            0xd7 "i64x2.ne"                            I64x2Ne;
            0xd8 "i64x2.lt_s"                          I64x2LtS;
            0xd9 "i64x2.gt_s"                          I64x2GtS;
            0xda "i64x2.le_s"                          I64x2LeS;
            0xdb "i64x2.ge_s"                          I64x2GeS;
            0xdc "i64x2.extmul_low_i32x4_s"            I64x2ExtMulLowI32x4S;
            0xdd "i64x2.extmul_high_i32x4_s"           I64x2ExtMulHighI32x4S;
            0xde "i64x2.extmul_low_i32x4_u"            I64x2ExtMulLowI32x4U;
            0xdf "i64x2.extmul_high_i32x4_u"           I64x2ExtMulHighI32x4U;

            // Lanes: f32x4.
            0x13 "f32x4.splat"                         F32x4Splat;
            0x41 "f32x4.eq"                            F32x4Eq;
            0x42 "f32x4.ne"                            F32x4Ne;
            0x43 "f32x4.lt"                            F32x4Lt;
            0x44 "f32x4.gt"                            F32x4Gt;
            0x45 "f32x4.le"                            F32x4Le;
            0x46 "f32x4.ge"                            F32x4Ge;
            0x5e "f32x4.demote_f64x2_zero"             F32x4DemoteF64x2Zero;
            0x67 "f32x4.ceil"                          F32x4Ceil;
            0x68 "f32x4.floor"                         F32x4Floor;
            0x69 "f32x4.trunc"                         F32x4Trunc;
            0x6a "f32x4.nearest"                       F32x4Nearest;
            0xe0 "f32x4.abs"                           F32x4Abs;
            0xe1 "f32x4.neg"                           F32x4Neg;
            0xe3 "f32x4.sqrt"                          F32x4Sqrt;
            0xe4 "f32x4.add"                           F32x4Add;
            0xe5 "f32x4.sub"                           F32x4Sub;
            0xe6 "f32x4.mul"                           F32x4Mul;
            0xe7 "f32x4.div"                           F32x4Div;
            0xe8 "f32x4.min"                           F32x4Min;
            0xe9 "f32x4.max"                           F32x4Max;
            0xea "f32x4.pmin"                          F32x4PMin;
            0xeb "f32x4.pmax"                          F32x4PMax;
            0xfa "f32x4.convert_i32x4_s"               F32x4ConvertI32x4S;
            0xfb "f32x4.convert_i32x4_u"               F32x4ConvertI32x4U;

            // Lanes: f64x2.
            0x14 "f64x2.splat"                         F64x2Splat;
            0x47 "f64x2.eq"                            F64x2Eq;
            0x48 "f64x2.ne"                            F64x2Ne;
            0x49 "f64x2.lt"                            F64x2Lt;
            0x4a "f64x2.gt"                            F64x2Gt;
            0x4b "f64x2.le"                            F64x2Le;
            0x4c "f64x2.ge"                            F64x2Ge;
            0x5f "f64x2.promote_low_f32x4"             F64x2PromoteLowF32x4;
            0x74 "f64x2.ceil"                          F64x2Ceil;
            0x75 "f64x2.floor"                         F64x2Floor;
            0x7a "f64x2.trunc"                         F64x2Trunc;
            0x94 "f64x2.nearest"                       F64x2Nearest;
            0xec "f64x2.abs"                           F64x2Abs;
            0xed "f64x2.neg"                           F64x2Neg;
            0xef "f64x2.sqrt"                          F64x2Sqrt;
            0xf0 "f64x2.add"                           F64x2Add;
            0xf1 "f64x2.sub"                           F64x2Sub;
            0xf2 "f64x2.mul"                           F64x2Mul;
            0xf3 "f64x2.div"                           F64x2Div;
            0xf4 "f64x2.min"                           F64x2Min;
            0xf5 "f64x2.max"                           F64x2Max;
            0xf6 "f64x2.pmin"                          F64x2PMin;
            0xf7 "f64x2.pmax"                          F64x2PMax;
            0xfe "f64x2.convert_low_i32x4_s"           F64x2ConvertLowI32x4S;
            0xff "f64x2.convert_low_i32x4_u"           F64x2ConvertLowI32x4U;

            // Relaxed: a part of the result is left to the machine.
            0x100 "i8x16.relaxed_swizzle"               I8x16RelaxedSwizzle;
            0x101 "i32x4.relaxed_trunc_f32x4_s"         I32x4RelaxedTruncF32x4S;
            0x102 "i32x4.relaxed_trunc_f32x4_u"         I32x4RelaxedTruncF32x4U;
            0x103 "i32x4.relaxed_trunc_f64x2_s_zero"    I32x4RelaxedTruncF64x2SZero;
            0x104 "i32x4.relaxed_trunc_f64x2_u_zero"    I32x4RelaxedTruncF64x2UZero;
            0x105 "f32x4.relaxed_madd"                  F32x4RelaxedMadd;
            0x106 "f32x4.relaxed_nmadd"                 F32x4RelaxedNmadd;
            0x107 "f64x2.relaxed_madd"                  F64x2RelaxedMadd;
            0x108 "f64x2.relaxed_nmadd"                 F64x2RelaxedNmadd;
            0x109 "i8x16.relaxed_laneselect"            I8x16RelaxedLaneselect;
            0x10a "i16x8.relaxed_laneselect"            I16x8RelaxedLaneselect;
            0x10b "i32x4.relaxed_laneselect"            I32x4RelaxedLaneselect;
            0x10c "i64x2.relaxed_laneselect"            I64x2RelaxedLaneselect;
            0x10d "f32x4.relaxed_min"                   F32x4RelaxedMin;
            0x10e "f32x4.relaxed_max"                   F32x4RelaxedMax;
            0x10f "f64x2.relaxed_min"                   F64x2RelaxedMin;
            0x110 "f64x2.relaxed_max"                   F64x2RelaxedMax;
            0x111 "i16x8.relaxed_q15mulr_s"             I16x8RelaxedQ15mulrS;
            0x112 "i16x8.relaxed_dot_i8x16_i7x16_s"     I16x8RelaxedDotI8x16I7x16S;
            0x113 "i32x4.relaxed_dot_i8x16_i7x16_add_s" I32x4RelaxedDotI8x16I7x16AddS;
        }
    };
}

/// Hands every row of vector instructions that name a lane to the macro `$use_rows`: opcode, name, variant.
#[macro_export]
macro_rules! vector_lane_table {
    ($use_rows:ident) => {
        $use_rows! {
            0x15 "i8x16.extract_lane_s" I8x16ExtractLaneS;
            0x16 "i8x16.extract_lane_u" I8x16ExtractLaneU;
            0x17 "i8x16.replace_lane"   I8x16ReplaceLane;
            0x18 "i16x8.extract_lane_s" I16x8ExtractLaneS;
            0x19 "i16x8.extract_lane_u" I16x8ExtractLaneU;
            0x1a "i16x8.replace_lane"   I16x8ReplaceLane;
            0x1b "i32x4.extract_lane"   I32x4ExtractLane;
            0x1c "i32x4.replace_lane"   I32x4ReplaceLane;
            0x1d "i64x2.extract_lane"   I64x2ExtractLane;
            0x1e "i64x2.replace_lane"   I64x2ReplaceLane;
            0x1f "f32x4.extract_lane"   F32x4ExtractLane;
            0x20 "f32x4.replace_lane"   F32x4ReplaceLane;
            0x21 "f64x2.extract_lane"   F64x2ExtractLane;
            0x22 "f64x2.replace_lane"   F64x2ReplaceLane;
        }
    };
}

/// Hands every row of vector loads and stores to the macro `$use_rows`: opcode, name, variant, and how many
/// bytes of memory it touches.
#[macro_export]
macro_rules! vector_memory_table {
    ($use_rows:ident) => {
        $use_rows! {
            0x00 "v128.load"         V128Load        16;
            0x01 "v128.load8x8_s"    V128Load8x8S     8;
            0x02 "v128.load8x8_u"    V128Load8x8U     8;
            0x03 "v128.load16x4_s"   V128Load16x4S    8;
            0x04 "v128.load16x4_u"   V128Load16x4U    8;
            0x05 "v128.load32x2_s"   V128Load32x2S    8;
            0x06 "v128.load32x2_u"   V128Load32x2U    8;
            0x07 "v128.load8_splat"  V128Load8Splat   1;
            0x08 "v128.load16_splat" V128Load16Splat  2;
            0x09 "v128.load32_splat" V128Load32Splat  4;
            0x0a "v128.load64_splat" V128Load64Splat  8;
            0x0b "v128.store"        V128Store       16;
            0x5c "v128.load32_zero"  V128Load32Zero   4;
            0x5d "v128.load64_zero"  V128Load64Zero   8;
        }
    };
}

/// Hands every row of vector loads and stores of one lane to the macro `$use_rows`: opcode, name, variant,
/// and how many bytes of memory it touches.
#[macro_export]
macro_rules! vector_memory_lane_table {
    ($use_rows:ident) => {
        $use_rows! {
            0x54 "v128.load8_lane"   V128Load8Lane    1;
            0x55 "v128.load16_lane"  V128Load16Lane   2;
            0x56 "v128.load32_lane"  V128Load32Lane   4;
            0x57 "v128.load64_lane"  V128Load64Lane   8;
            0x58 "v128.store8_lane"  V128Store8Lane   1;
            0x59 "v128.store16_lane" V128Store16Lane  2;
            0x5a "v128.store32_lane" V128Store32Lane  4;
            0x5b "v128.store64_lane" V128Store64Lane  8;
        }
    };
}

macro_rules! vector_family {
    ($($opcode:literal $name:literal $variant:ident;)*) => {
        named_operators! {
            /// How vectors are computed with.
            ///
            /// Specification: Structure, Instructions, *Vector Instructions*.
            VectorOp: $($opcode $name $variant;)*
        }
    };
}
vector_table!(vector_family);

macro_rules! vector_lane_family {
    ($($opcode:literal $name:literal $variant:ident;)*) => {
        named_operators! {
            /// How a lane of a vector is read or replaced.
            VectorLaneOp: $($opcode $name $variant;)*
        }
    };
}
vector_lane_table!(vector_lane_family);

macro_rules! vector_memory_family {
    ($($opcode:literal $name:literal $variant:ident $width:literal;)*) => {
        named_operators! {
            /// How a vector is loaded or stored.
            VectorMemoryOp: $($opcode $name $variant;)*
        }
        memory_widths!(VectorMemoryOp: $($variant $width;)*);
    };
}
vector_memory_table!(vector_memory_family);

macro_rules! vector_memory_lane_family {
    ($($opcode:literal $name:literal $variant:ident $width:literal;)*) => {
        named_operators! {
            /// How one lane of a vector is loaded or stored.
            VectorMemoryLaneOp: $($opcode $name $variant;)*
        }
        memory_widths!(VectorMemoryLaneOp: $($variant $width;)*);
    };
}
vector_memory_lane_table!(vector_memory_lane_family);
