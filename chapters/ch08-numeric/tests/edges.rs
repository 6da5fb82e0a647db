//! Where numbers differ from those of school: bit by bit, in debug and release
//! builds alike.

use std::hint::black_box;

use Number::{F32, F64, I32, I64};
use Numeric::*;
use ch07_values::{NumType, Number, OperandStack, Trap};
use ch08_numeric::Numeric;

/// Executes an instruction on operands that the compiler cannot foresee.
fn results(instr: Numeric, operands: &[Number]) -> Result<Vec<Number>, Trap> {
    let mut slots = [0; 4];
    let mut stack = OperandStack::new(&mut slots, 0);
    for operand in black_box(operands) {
        stack.push(operand.to_slot())?;
    }
    black_box(instr).execute(&mut stack)?;
    let types = instr.row().results;
    assert_eq!(stack.height(), types.len(), "{instr}");
    let number = |(ty, slot): (&NumType, &u64)| {
        let number = Number::from_slot(*ty, *slot);
        assert_eq!(number.to_slot(), *slot, "{instr}: the high half");
        number
    };
    Ok(types.iter().zip(stack.slots()).map(number).collect())
}

/// Executes an instruction that has one result.
fn execute(instr: Numeric, operands: &[Number]) -> Result<Number, Trap> {
    results(instr, operands).map(|results| match results[..] {
        [result] => result,
        _ => panic!("{instr} leaves {results:?}"),
    })
}

#[track_caller]
fn check(instr: Numeric, operands: &[Number], expected: impl Into<Number>) {
    let expected = expected.into();
    assert_eq!(execute(instr, operands), Ok(expected), "{instr} {operands:?}");
}

#[track_caller]
fn check_trap(instr: Numeric, operands: &[Number], expected: Trap) {
    assert_eq!(execute(instr, operands), Err(expected), "{instr} {operands:?}");
}

#[test]
fn integers_wrap() {
    check(I32Add, &[I32(i32::MAX), I32(1)], i32::MIN);
    check(I32Sub, &[I32(i32::MIN), I32(1)], i32::MAX);
    check(I32Mul, &[I32(i32::MIN), I32(-1)], i32::MIN);
    check(I64Add, &[I64(i64::MAX), I64(1)], i64::MIN);
    check(I64Mul, &[I64(i64::MIN), I64(-1)], i64::MIN);
}

#[test]
fn division() {
    check(I32DivS, &[I32(-7), I32(2)], -3);
    check(I32RemS, &[I32(-7), I32(2)], -1);
    check(I32RemS, &[I32(7), I32(-2)], 1);
    check(I32DivU, &[I32(-1), I32(2)], i32::MAX);
    check(I32RemU, &[I32(-1), I32(10)], 5);
    check_trap(I32DivS, &[I32(i32::MIN), I32(-1)], Trap::IntegerOverflow);
    check_trap(I64DivS, &[I64(i64::MIN), I64(-1)], Trap::IntegerOverflow);
    check(I32RemS, &[I32(i32::MIN), I32(-1)], 0);
    check(I64RemS, &[I64(i64::MIN), I64(-1)], 0_i64);
    check(I32DivU, &[I32(i32::MIN), I32(-1)], 0);
    for instr in [I32DivS, I32DivU, I32RemS, I32RemU] {
        check_trap(instr, &[I32(1), I32(0)], Trap::IntegerDivideByZero);
        check_trap(instr, &[I32(0), I32(0)], Trap::IntegerDivideByZero);
    }
    for instr in [I64DivS, I64DivU, I64RemS, I64RemU] {
        check_trap(instr, &[I64(1), I64(0)], Trap::IntegerDivideByZero);
    }
}

/// A shift by the width is a shift by nothing.
#[test]
fn shifts_count_modulo_the_width() {
    for (by, rest) in [(32, 0), (33, 1), (63, 31), (-1, 31), (i32::MIN, 0)] {
        for instr in [I32Shl, I32ShrS, I32ShrU, I32Rotl, I32Rotr] {
            let x = I32(0x8765_4321_u32 as i32);
            assert_eq!(
                execute(instr, &[x, I32(by)]),
                execute(instr, &[x, I32(rest)])
            );
        }
    }
    // 1 << 32 is gone modulo 64, though it does not fit 32 bits.
    for (by, rest) in [
        (64, 0),
        (65, 1),
        (-1, 63),
        (1 << 32, 0),
        ((1 << 32) + 7, 7),
        (i64::MIN, 0),
    ] {
        for instr in [I64Shl, I64ShrS, I64ShrU, I64Rotl, I64Rotr] {
            let x = I64(0x8765_4321_0fed_cba9_u64 as i64);
            assert_eq!(
                execute(instr, &[x, I64(by)]),
                execute(instr, &[x, I64(rest)])
            );
        }
    }
    check(I32ShrS, &[I32(-8), I32(1)], -4);
    check(I32ShrU, &[I32(-8), I32(1)], i32::MAX - 3);
    check(I32Rotl, &[I32(i32::MIN), I32(1)], 1);
    check(I64Rotr, &[I64(1), I64(1)], i64::MIN);
}

#[test]
fn wide_numbers_are_two_operands() {
    let check = |instr, operands: &[i64], expected: [i64; 2]| {
        let operands: Vec<Number> = operands.iter().copied().map(I64).collect();
        let expected = Ok(expected.map(I64).to_vec());
        assert_eq!(results(instr, &operands), expected, "{instr} {operands:?}");
    };
    check(I64Add128, &[-1, 0, 1, 0], [0, 1]);
    check(I64Add128, &[1, 2, 3, 4], [4, 6]);
    check(I64Add128, &[-1, -1, 1, 0], [0, 0]);
    check(I64Sub128, &[0, 1, 1, 0], [-1, 0]);
    check(I64Sub128, &[0, 0, 1, 0], [-1, -1]);
    check(I64MulWideS, &[-1, -1], [1, 0]);
    check(I64MulWideU, &[-1, -1], [1, -2]);
    check(I64MulWideS, &[i64::MIN, i64::MIN], [0, 1 << 62]);
}

#[test]
fn bits_are_counted_and_extended() {
    check(I32Clz, &[I32(0)], 32);
    check(I32Ctz, &[I32(0)], 32);
    check(I64Clz, &[I64(1)], 63_i64);
    check(I64Ctz, &[I64(0)], 64_i64);
    check(I64Popcnt, &[I64(-1)], 64_i64);
    check(I32Extend8S, &[I32(0x180)], -128);
    check(I32Extend16S, &[I32(0x1_7fff)], 0x7fff);
    check(I64Extend8S, &[I64(0xff)], -1_i64);
    check(I64Extend16S, &[I64(0x8000)], -0x8000_i64);
    check(I64Extend32S, &[I64(0x1_8000_0000)], i64::from(i32::MIN));
    check(I64ExtendI32U, &[I32(-1)], 0xffff_ffff_i64);
    check(I64ExtendI32S, &[I32(-1)], -1_i64);
    check(I32WrapI64, &[I64(0x1_8000_0000)], i32::MIN);
    check(I32LtS, &[I32(-1), I32(1)], 1);
    check(I32LtU, &[I32(-1), I32(1)], 0);
}

#[test]
fn zero_has_a_sign() {
    for (x, y) in [(0.0, -0.0), (-0.0, 0.0)] {
        check(F32Min, &[F32(x), F32(y)], -0.0_f32);
        check(F32Max, &[F32(x), F32(y)], 0.0_f32);
        check(F64Min, &[F64(x.into()), F64(y.into())], -0.0_f64);
        check(F64Max, &[F64(x.into()), F64(y.into())], 0.0_f64);
        check(F32Eq, &[F32(x), F32(y)], 1);
    }
    check(F64Min, &[F64(-0.0), F64(-0.0)], -0.0_f64);
    check(F64Max, &[F64(-0.0), F64(-0.0)], -0.0_f64);
    check(F64Ceil, &[F64(-0.5)], -0.0_f64);
    check(F64Trunc, &[F64(-0.5)], -0.0_f64);
    check(F64Nearest, &[F64(-0.5)], -0.0_f64);
    check(F64Floor, &[F64(-0.0)], -0.0_f64);
    check(F32Sqrt, &[F32(-0.0)], -0.0_f32);
    check(F32DemoteF64, &[F64(-1e-300)], -0.0_f32);
}

#[test]
fn nearest_prefers_even() {
    for (x, nearest) in [
        (0.5, 0.0),
        (1.5, 2.0),
        (2.5, 2.0),
        (-1.5, -2.0),
        (-2.5, -2.0),
        (4.2, 4.0),
    ] {
        check(F64Nearest, &[F64(x)], nearest);
        check(F32Nearest, &[F32(x as f32)], nearest as f32);
    }
    // The largest float below a half, and the first odd float that has no
    // fraction.
    check(F64Nearest, &[F64(0.5_f64.next_down())], 0.0);
    check(F32Nearest, &[F32(0.5_f32.next_down())], 0.0_f32);
    check(F64Nearest, &[F64(4503599627370497.0)], 4503599627370497.0);
    check(F32Nearest, &[F32(8388609.0)], 8388609.0_f32);
    check(F32Nearest, &[F32(f32::INFINITY)], f32::INFINITY);
}

#[test]
fn conversions_round_to_even() {
    check(F32ConvertI32S, &[I32(16777217)], 16777216.0_f32);
    check(F32ConvertI32S, &[I32(16777219)], 16777220.0_f32);
    check(F32ConvertI32U, &[I32(-1)], 4294967296.0_f32);
    check(F32ConvertI64U, &[I64(-1)], 18446744073709551616.0_f32);
    check(F64ConvertI64S, &[I64(9007199254740993)], 9007199254740992.0);
    check(F64ConvertI64U, &[I64(-1)], 18446744073709551616.0);
    // Rounded once, not by way of an f64.
    check(
        F32ConvertI64S,
        &[I64(0x0020_0000_2000_0001)],
        9007200328482816.0_f32,
    );
    check(F32DemoteF64, &[F64(f64::MAX)], f32::INFINITY);
}

/// For each truncation: the last floats that fit, with what they become, and
/// the first that do not.
#[test]
fn truncation_has_exact_bounds() {
    let f32_rows = [
        (
            I32TruncF32S,
            I32TruncSatF32S,
            -2147483648.0_f32,
            I32(i32::MIN),
            2147483648_f32,
            I32(2147483520),
            I32(i32::MAX),
        ),
        (
            I32TruncF32U,
            I32TruncSatF32U,
            (-1.0_f32).next_up(),
            I32(0),
            4294967296.0,
            I32(-256),
            I32(-1),
        ),
        (
            I64TruncF32S,
            I64TruncSatF32S,
            -9223372036854775808.0,
            I64(i64::MIN),
            9223372036854775808.0,
            I64(9223371487098961920),
            I64(i64::MAX),
        ),
        (
            I64TruncF32U,
            I64TruncSatF32U,
            (-1.0_f32).next_up(),
            I64(0),
            18446744073709551616.0,
            I64(-1099511627776),
            I64(-1),
        ),
    ];
    for (trunc, sat, lowest, at_lowest, too_high, at_highest, at_most) in
        f32_rows
    {
        bounds(
            trunc,
            sat,
            [lowest.next_down(), lowest, too_high.next_down(), too_high]
                .map(F32),
            at_lowest,
            at_highest,
            at_most,
        );
    }
    let f64_rows = [
        (
            I32TruncF64S,
            I32TruncSatF64S,
            (-2147483649.0_f64).next_up(),
            I32(i32::MIN),
            2147483648.0_f64,
            I32(i32::MAX),
            I32(i32::MAX),
        ),
        (
            I32TruncF64U,
            I32TruncSatF64U,
            (-1.0_f64).next_up(),
            I32(0),
            4294967296.0,
            I32(-1),
            I32(-1),
        ),
        (
            I64TruncF64S,
            I64TruncSatF64S,
            -9223372036854775808.0,
            I64(i64::MIN),
            9223372036854775808.0,
            I64(9223372036854774784),
            I64(i64::MAX),
        ),
        (
            I64TruncF64U,
            I64TruncSatF64U,
            (-1.0_f64).next_up(),
            I64(0),
            18446744073709551616.0,
            I64(-2048),
            I64(-1),
        ),
    ];
    for (trunc, sat, lowest, at_lowest, too_high, at_highest, at_most) in
        f64_rows
    {
        bounds(
            trunc,
            sat,
            [lowest.next_down(), lowest, too_high.next_down(), too_high]
                .map(F64),
            at_lowest,
            at_highest,
            at_most,
        );
    }
}

/// A truncation and its saturating sister, at the four floats around the two
/// bounds.
fn bounds(
    trunc: Numeric,
    sat: Numeric,
    [too_low, lowest, highest, too_high]: [Number; 4],
    at_lowest: Number,
    at_highest: Number,
    at_most: Number,
) {
    check_trap(trunc, &[too_low], Trap::IntegerOverflow);
    check(trunc, &[lowest], at_lowest);
    check(trunc, &[highest], at_highest);
    check_trap(trunc, &[too_high], Trap::IntegerOverflow);
    check(sat, &[too_low], at_lowest);
    check(sat, &[lowest], at_lowest);
    check(sat, &[highest], at_highest);
    check(sat, &[too_high], at_most);
    let (nan, infinity) = match too_low {
        F32(_) => (F32(f32::NAN), F32(f32::INFINITY)),
        _ => (F64(f64::NAN), F64(f64::INFINITY)),
    };
    check_trap(trunc, &[nan], Trap::InvalidConversionToInteger);
    check_trap(trunc, &[infinity], Trap::IntegerOverflow);
    check(sat, &[nan], Number::zero(at_most.ty()));
    check(sat, &[infinity], at_most);
}

/// A NaN with this payload; bit by bit, because arithmetic might make it quiet.
fn nan(ty: NumType, negative: bool, payload: u64) -> Number {
    let sign = u64::from(negative);
    match ty {
        NumType::F32 => {
            Number::from_slot(ty, sign << 31 | 0x7f80_0000 | payload)
        }
        _ => Number::from_slot(ty, sign << 63 | 0x7ff << 52 | payload),
    }
}

/// The payload of the canonical NaN, whose highest bit alone is set.
fn canonical(ty: NumType) -> u64 {
    if ty == NumType::F32 { 1 << 22 } else { 1 << 51 }
}

/// The payload, if the number is a NaN.
fn payload(number: Number) -> Option<u64> {
    match number {
        F32(x) if x.is_nan() => Some(u64::from(x.to_bits() & 0x007f_ffff)),
        F64(x) if x.is_nan() => Some(x.to_bits() & 0x000f_ffff_ffff_ffff),
        _ => None,
    }
}

/// What computes with floats: takes floats, leaves one, and does not work on
/// the sign alone.
fn arithmetic() -> impl Iterator<Item = Numeric> {
    let is_float = |ty: &NumType| matches!(ty, NumType::F32 | NumType::F64);
    let on_bits = [F32Abs, F32Neg, F32Copysign, F64Abs, F64Neg, F64Copysign];
    let rows = Numeric::TABLE.iter();
    let rows = rows.filter(move |(_, row)| {
        row.results.iter().chain(row.params).all(is_float)
    });
    rows.map(|(instr, _)| *instr).filter(move |instr| !on_bits.contains(instr))
}

/// All operands of an instruction, a NaN at each place in turn and 1 at the
/// others; then NaNs everywhere.
fn with_nan(
    instr: Numeric,
    negative: bool,
    payload: impl Fn(NumType) -> u64,
) -> Vec<Vec<Number>> {
    let params = instr.row().params;
    let one = |ty: NumType| {
        if ty == NumType::F32 { F32(1.0) } else { F64(1.0) }
    };
    let nan = |ty: NumType| nan(ty, negative, payload(ty));
    let mut all = vec![params.iter().map(|&ty| nan(ty)).collect()];
    for place in 0..params.len() {
        let operands = params.iter().enumerate();
        all.push(
            operands
                .map(|(i, &ty)| if i == place { nan(ty) } else { one(ty) })
                .collect(),
        );
    }
    all
}

#[test]
fn a_nan_that_was_computed_is_quiet() {
    assert_eq!(arithmetic().count(), 2 * (5 + 6) + 2);
    for instr in arithmetic() {
        for negative in [false, true] {
            // Signalling, with one low bit of payload that a demotion loses.
            for operands in with_nan(instr, negative, |_| 1) {
                let result = execute(instr, &operands).unwrap();
                let payload = payload(result)
                    .unwrap_or_else(|| panic!("{instr} {operands:?}"));
                assert_ne!(
                    payload & canonical(result.ty()),
                    0,
                    "{instr} {operands:?}"
                );
            }
        }
    }
}

#[test]
fn a_nan_that_was_computed_of_canonical_ones_is_canonical() {
    for instr in arithmetic() {
        for negative in [false, true] {
            for operands in with_nan(instr, negative, canonical) {
                let result = execute(instr, &operands).unwrap();
                assert_eq!(
                    payload(result),
                    Some(canonical(result.ty())),
                    "{instr} {operands:?}"
                );
            }
        }
    }
    for (instr, operands) in [
        (F32Div, [F32(0.0), F32(0.0)]),
        (F64Sub, [F64(f64::INFINITY), F64(f64::INFINITY)]),
        (F64Mul, [F64(0.0), F64(f64::INFINITY)]),
    ] {
        let result = execute(instr, &operands).unwrap();
        assert_eq!(payload(result), Some(canonical(result.ty())));
    }
    assert_eq!(
        payload(execute(F32Sqrt, &[F32(-1.0)]).unwrap()),
        Some(canonical(NumType::F32))
    );
}

#[test]
fn signs_are_changed_without_a_look_at_the_number() {
    for (ty, abs, neg, copysign) in [
        (NumType::F32, F32Abs, F32Neg, F32Copysign),
        (NumType::F64, F64Abs, F64Neg, F64Copysign),
    ] {
        let minus_one = if ty == NumType::F32 { F32(-1.0) } else { F64(-1.0) };
        for payload in [1, canonical(ty), canonical(ty) | 5] {
            let (positive, negative) =
                (nan(ty, false, payload), nan(ty, true, payload));
            check(abs, &[negative], positive);
            check(abs, &[positive], positive);
            check(neg, &[negative], positive);
            check(neg, &[positive], negative);
            check(copysign, &[positive, minus_one], negative);
            check(copysign, &[negative, positive], positive);
        }
    }
}

#[test]
fn reinterpretation_keeps_all_bits() {
    let signalling = nan(NumType::F32, true, 1);
    check(I32ReinterpretF32, &[signalling], 0xff80_0001_u32 as i32);
    check(F32ReinterpretI32, &[I32(0xff80_0001_u32 as i32)], signalling);
    let signalling = nan(NumType::F64, false, 1);
    check(I64ReinterpretF64, &[signalling], 0x7ff0_0000_0000_0001_i64);
    check(F64ReinterpretI64, &[I64(0x7ff0_0000_0000_0001)], signalling);
}

#[test]
fn a_comparison_with_nan_is_false_but_for_unequal() {
    for instr in [F64Eq, F64Lt, F64Gt, F64Le, F64Ge] {
        check(instr, &[F64(f64::NAN), F64(f64::NAN)], 0);
    }
    check(F64Ne, &[F64(f64::NAN), F64(f64::NAN)], 1);
}

/// Operands at which something changes.
fn edges(ty: NumType) -> Vec<Number> {
    let integers = [
        0,
        1,
        2,
        7,
        31,
        32,
        33,
        63,
        64,
        127,
        128,
        255,
        32767,
        32768,
        65535,
        i64::MAX,
        i64::MIN,
    ];
    let floats = [
        0.0,
        0.5,
        1.5,
        2.5,
        1e-40,
        1e10,
        2147483648.0,
        4294967295.5,
        9.3e18,
        1e300,
        f64::INFINITY,
        f64::NAN,
        f64::MIN_POSITIVE,
    ];
    match ty {
        NumType::I32 => integers
            .iter()
            .flat_map(|&x| [x as i32, !(x as i32)])
            .map(I32)
            .collect(),
        NumType::I64 => {
            integers.iter().flat_map(|&x| [x, !x]).map(I64).collect()
        }
        NumType::F32 => floats
            .iter()
            .flat_map(|&x| [x as f32, -x as f32])
            .map(F32)
            .collect(),
        NumType::F64 => floats.iter().flat_map(|&x| [x, -x]).map(F64).collect(),
    }
}

/// Debug and release builds compute the same results: both are compared with
/// the same snapshot. It also holds every row: one that computes anything else
/// has another digest. The sign of a NaN depends on the processor, so it is
/// left out.
#[test]
fn every_build_computes_the_same() {
    let mut shown = String::new();
    for (instr, row) in Numeric::TABLE {
        let all: Vec<Vec<Number>> =
            row.params.iter().map(|ty| edges(*ty)).collect();
        let (mut traps, mut digest) = (0, 0xcbf2_9ce4_8422_2325_u64);
        for operands in combinations(&all) {
            let results = match results(*instr, &operands) {
                Ok(numbers) => numbers
                    .into_iter()
                    .map(|x| payload(x).map_or(x.to_slot(), |_| 1))
                    .collect(),
                Err(trap) => {
                    traps += 1;
                    vec![trap as u64]
                }
            };
            for result in results {
                // The rotation makes the highest bit count: multiplied, it
                // stays where it is, and a second change would undo the first.
                digest = (digest.rotate_left(29) ^ result)
                    .wrapping_mul(0x0100_0000_01b3);
            }
        }
        shown += &format!("{:<20} {digest:016x} traps: {traps}\n", row.name);
    }
    insta::assert_snapshot!(shown);
}

/// One of each list. Two lists are combined in all ways; where there are more,
/// the others take turns.
fn combinations(all: &[Vec<Number>]) -> Vec<Vec<Number>> {
    let seconds = all.get(1).map_or(1, Vec::len);
    let count = all[0].len() * seconds;
    let one = |number: usize| {
        let places = [number / seconds, number, number / 3, number / 7];
        let chosen = all.iter().zip(places);
        chosen.map(|(list, place)| list[place % list.len()]).collect()
    };
    (0..count).map(one).collect()
}
