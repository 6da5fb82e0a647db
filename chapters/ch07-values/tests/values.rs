//! Numbers and slots: nothing is lost on the way in and out.

use ch07_values::{NumType, Number, Operand, OperandStack, Operands, Trap};

/// Numbers at the edges of their types, NaNs with payloads among them.
fn edges() -> Vec<Number> {
    let mut numbers = Vec::new();
    numbers.extend([0, 1, -1, i32::MIN, i32::MAX].map(Number::I32));
    numbers.extend([0, 1, -1, i64::MIN, i64::MAX].map(Number::I64));
    let bits = [
        0,
        1,
        0x8000_0000,
        0x3f80_0000,
        0x7f80_0000,
        0x7fc0_0000,
        0xffc0_0000,
        0x7f80_0001,
    ];
    numbers.extend(bits.map(|bits| Number::F32(f32::from_bits(bits))));
    let bits = [
        0,
        1,
        1 << 63,
        0x3ff << 52,
        0x7ff << 52,
        0x7ff8 << 48,
        0xfff8 << 48,
        0x7ff << 52 | 1,
    ];
    numbers.extend(bits.map(|bits| Number::F64(f64::from_bits(bits))));
    numbers
}

#[test]
fn a_slot_gives_back_the_bits_that_went_in() {
    for number in edges() {
        let again = Number::from_slot(number.ty(), number.to_slot());
        assert_eq!(again, number);
        assert_eq!(again.to_slot(), number.to_slot());
    }
}

#[test]
fn the_high_half_of_a_narrow_slot_is_zero() {
    for number in edges() {
        if let NumType::I32 | NumType::F32 = number.ty() {
            assert_eq!(number.to_slot() >> 32, 0, "{number:?}");
        }
    }
    assert_eq!((-1_i32).to_slot(), 0xffff_ffff);
    assert_eq!(true.to_slot(), 1);
}

#[test]
fn a_narrow_operand_does_not_see_the_high_half() {
    let slot = 0xdead_beef_0000_0000;
    assert_eq!(i32::from_slot(slot), 0);
    assert_eq!(u32::from_slot(slot), 0);
    assert!(!bool::from_slot(slot));
    assert_eq!(f32::from_slot(slot).to_bits(), 0);
}

#[test]
fn numbers_are_equal_by_type_and_bits() {
    let numbers = edges();
    for (i, x) in numbers.iter().enumerate() {
        for (j, y) in numbers.iter().enumerate() {
            assert_eq!(x == y, i == j, "{x:?} {y:?}");
        }
    }
}

#[test]
fn numbers_are_shown_shortest_and_nans_with_their_payload() {
    let shown: Vec<String> =
        edges().iter().map(|x| format!("{} {x}", x.ty())).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn very_small_and_very_large_numbers_are_shown_with_an_exponent() {
    for (x, shown) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1e-5, "0.00001"),
        (-1e-5, "-0.00001"),
        (9e-6, "9e-6"),
        (-9e-6, "-9e-6"),
        (9_999_999_999_999_998.0, "9999999999999998"),
        (1e16, "1e16"),
        (-1e16, "-1e16"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
    ] {
        assert_eq!(Number::F64(x).to_string(), shown);
    }
    for (x, shown) in [
        (0.0, "0"),
        (2e-5, "0.00002"),
        (2e-6, "2e-6"),
        (-2e-6, "-2e-6"),
        (1e15, "1000000000000000"),
        (2e16, "2e16"),
        (f32::NEG_INFINITY, "-inf"),
    ] {
        assert_eq!(Number::F32(x).to_string(), shown);
    }
}

#[test]
fn a_number_is_made_of_a_number_of_rust_and_zero_of_each_type() {
    assert_eq!(Number::from(-7), Number::I32(-7));
    assert_eq!(Number::from(-7_i64), Number::I64(-7));
    assert_eq!(Number::from(0.5_f32), Number::F32(0.5));
    assert_eq!(Number::from(0.5), Number::F64(0.5));
    assert_eq!(Number::zero(NumType::I32), Number::I32(0));
    assert_eq!(Number::zero(NumType::I64), Number::I64(0));
    assert_eq!(Number::zero(NumType::F32), Number::F32(0.0));
    assert_eq!(Number::zero(NumType::F64), Number::F64(0.0));
}

#[test]
fn a_stack_begins_at_the_height_that_it_is_given() {
    let mut slots = [5, 6, 7];
    let mut stack = OperandStack::new(&mut slots, 2);
    assert_eq!((stack.height(), stack.capacity()), (2, 3));
    assert_eq!(stack.slots(), [5, 6]);
    assert_eq!(stack.pop::<u64>(), 6);
    assert_eq!((stack.height(), stack.capacity()), (1, 3));
}

#[test]
fn a_stack_pops_what_was_pushed_last() {
    let mut slots = [0; 2];
    let mut stack = OperandStack::new(&mut slots, 0);
    stack.push(1_i32).unwrap();
    stack.push(2.5_f64).unwrap();
    assert_eq!(stack.height(), 2);
    assert_eq!(stack.pop::<f64>(), 2.5);
    assert_eq!(stack.pop::<i32>(), 1);
    assert_eq!(stack.height(), 0);
}

#[test]
fn the_second_operand_is_on_top() {
    let mut slots = [0; 2];
    let mut stack = OperandStack::new(&mut slots, 0);
    stack.push(7_i32).unwrap();
    stack.push(2_i32).unwrap();
    assert_eq!(stack.pop::<(i32, i32)>(), (7, 2));
    assert_eq!(stack.height(), 0);
}

#[test]
fn several_operands_are_popped_in_the_order_in_which_they_were_pushed() {
    let mut slots = [0; 5];
    let mut stack = OperandStack::new(&mut slots, 0);
    stack.push((1_u32, 2.5_f32, -3_i64)).unwrap();
    assert_eq!(stack.slots(), [1, u64::from(2.5_f32.to_bits()), -3_i64 as u64]);
    assert_eq!(stack.pop::<(u32, f32, i64)>(), (1, 2.5, -3));
    stack.push((9_i32, 8_u64)).unwrap();
    stack.push((true, 7_u64)).unwrap();
    assert_eq!(stack.pop::<(i32, u64, bool, u64)>(), (9, 8, true, 7));
    assert_eq!(stack.height(), 0);
}

#[test]
fn operands_know_their_types() {
    use NumType::{F32, F64, I32, I64};
    assert_eq!(<bool as Operands>::TYPES, [I32]);
    assert_eq!(<(u64, f32) as Operands>::TYPES, [I64, F32]);
    assert_eq!(<(f64, i32, u32) as Operands>::TYPES, [F64, I32, I32]);
    assert_eq!(<(i64, i64, f64, f64) as Operands>::TYPES, [I64, I64, F64, F64]);
}

#[test]
fn one_operand_too_many_is_a_trap() {
    let mut slots = [0; 1];
    let mut stack = OperandStack::new(&mut slots, 0);
    assert_eq!(stack.push(1_i32), Ok(()));
    assert_eq!(stack.push(2_i32), Err(Trap::CallStackExhausted));
    assert_eq!(stack.slots(), [1]);
    assert_eq!(stack.pop::<i32>(), 1);
    assert_eq!(stack.push((1_i32, 2_i32)), Err(Trap::CallStackExhausted));
}

#[test]
fn a_lent_stack_comes_back_with_its_operands() {
    let mut slots = [0; 2];
    let mut stack = OperandStack::new(&mut slots, 0);
    stack.lend(|stack| stack.push(1_i32)).unwrap();
    stack.push(2_i32).unwrap();
    stack.set_slot(0, stack.slot(1));
    assert_eq!(stack.slots(), [2, 2]);
}
