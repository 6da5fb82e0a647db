//! Programs, and what they leave on the stack or trap with.

use ch02_machine::Instr::{self, Add, Const, Mul};
use ch02_machine::{Error, Machine, program};

/// The stack after `code`.
fn run(code: &[Instr]) -> Result<Vec<f64>, Error> {
    let mut machine = Machine::new(());
    machine.execute(code)?;
    Ok(machine.stack.values().to_vec())
}

#[test]
fn multiplication_binds_because_it_comes_first() -> Result<(), Error> {
    assert_eq!(run(&program())?, [2.3]);
    assert_eq!(run(&[Const(2.0), Const(3.0), Add, Const(0.1), Mul])?, [0.5]);
    Ok(())
}

#[test]
fn values_that_are_left_stay_on_the_stack() -> Result<(), Error> {
    assert_eq!(run(&[])?, []);
    assert_eq!(run(&[Const(1.0), Const(2.0)])?, [1.0, 2.0]);
    Ok(())
}

#[test]
fn infinity_and_nan_are_numbers_too() -> Result<(), Error> {
    assert!(run(&[Const(f64::INFINITY), Const(0.0), Mul])?[0].is_nan());
    assert_eq!(run(&[Const(1e308), Const(10.0), Mul])?, [f64::INFINITY]);
    Ok(())
}

#[test]
fn a_missing_operand_is_a_trap_with_a_place() {
    let trap = |code: &[Instr]| run(code).unwrap_err();
    insta::assert_snapshot!(trap(&[Add]), @"at 0, add: operand stack is empty");
    insta::assert_snapshot!(trap(&[Const(1.0), Const(2.0), Mul, Add]), @"at 3, add: operand stack is empty");
}

#[test]
fn instructions_print_like_wasm_text() {
    let text: Vec<String> = [Const(2.0), Const(-0.5), Const(1e300), Add, Mul]
        .iter()
        .map(Instr::to_string)
        .collect();
    assert_eq!(text, ["const 2", "const -0.5", "const 1e300", "add", "mul"]);
}
