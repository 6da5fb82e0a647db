//! Fixed point lies in a slot as an `i32` does.

use ch07_values::{Operand, OperandStack, Trap};

use super::{Fixed, multiply};

#[test]
fn a_number_survives_the_way_through_a_slot() {
    for bits in [0, 1, -1, 98_304, i32::MIN, i32::MAX] {
        assert_eq!(Fixed::from_slot(Fixed(bits).to_slot()), Fixed(bits));
    }
}

#[test]
fn the_upper_half_is_written_as_zero_and_not_read() {
    assert_eq!(Fixed(-1).to_slot(), 0xffff_ffff);
    assert_eq!(Fixed::from_slot(0xdead_beef_0001_8000), Fixed(98_304));
}

#[test]
fn the_stack_computes_with_it() {
    let mut slots = [0; 2];
    let mut stack = OperandStack::new(&mut slots, 0);
    stack.push((Fixed(98_304), Fixed(-131_072))).unwrap();
    let (x, y) = stack.pop();
    stack.push(multiply(x, y).unwrap()).unwrap();
    assert_eq!(stack.pop::<i32>(), -3 * 65_536, "1.5 * -2 is -3");
    let most = Fixed(i32::MAX);
    assert_eq!(multiply(most, most), Err(Trap::IntegerOverflow));
}
