//! Three instructions, and what they leave on the stack.

use super::Instr::{self, Add, Const, Dup, Mul, Neg, Swap};
use super::{Machine, Trap};

/// The stack after `code`.
fn run(code: &[Instr]) -> Result<Vec<f64>, Trap> {
    let mut machine = Machine::default();
    machine.execute(code)?;
    Ok(machine.stack.values().to_vec())
}

#[test]
fn neg_turns_the_sign() {
    assert_eq!(run(&[Const(1.0), Const(2.0), Neg]).unwrap(), [1.0, -2.0]);
    assert_eq!(run(&[Const(2.0), Neg, Neg]).unwrap(), [2.0]);
    assert_eq!(run(&[Const(7.0), Const(2.0), Neg, Add]).unwrap(), [5.0]);
}

#[test]
fn dup_puts_the_top_there_once_more() {
    assert_eq!(run(&[Const(1.0), Const(2.0), Dup]).unwrap(), [1.0, 2.0, 2.0]);
    assert_eq!(run(&[Const(3.0), Dup, Mul]).unwrap(), [9.0]);
}

#[test]
fn swap_exchanges_the_two_on_top() {
    assert_eq!(
        run(&[Const(1.0), Const(2.0), Const(3.0), Swap]).unwrap(),
        [1.0, 3.0, 2.0]
    );
}

#[test]
fn each_needs_its_operands() {
    for code in [vec![Neg], vec![Dup], vec![Swap], vec![Const(1.0), Swap]] {
        let trap = run(&code).expect_err("an operand is missing");
        assert_eq!(trap.to_string(), "operand stack is empty");
    }
}
