//! The stack's promises.

use ch01_stack::{Stack, Trap};

#[test]
fn the_last_pushed_value_is_popped_first() -> Result<(), Trap> {
    let mut stack = Stack::default();
    stack.push(1.0);
    stack.push(2.0);
    assert_eq!(stack.values(), [1.0, 2.0]);
    assert_eq!((stack.pop()?, stack.pop()?), (2.0, 1.0));
    Ok(())
}

#[test]
fn popping_an_empty_stack_is_a_trap() {
    let trap = Stack::default().pop().unwrap_err();
    insta::assert_snapshot!(trap, @"operand stack is empty");
}
