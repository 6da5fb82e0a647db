//! An observer sees every step, and what the stack held before it.

use super::count;
use ch02_machine::Instr::{Add, Const};
use ch02_machine::program;

#[test]
fn the_chapters_program_has_five_steps_and_needs_three_operands() {
    let counter = count(&program()).unwrap();
    assert_eq!((counter.steps, counter.height), (5, 3));
}

#[test]
fn the_greatest_height_is_remembered() {
    let counter =
        count(&[Const(1.0), Const(2.0), Add, Const(3.0), Add]).unwrap();
    assert_eq!((counter.steps, counter.height), (5, 2));
}

#[test]
fn empty_code_takes_no_steps() {
    let counter = count(&[]).unwrap();
    assert_eq!((counter.steps, counter.height), (0, 0));
}
