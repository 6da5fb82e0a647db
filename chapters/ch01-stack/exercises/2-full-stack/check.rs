//! A stack has room for so many values, and says so.

use super::Stack;

#[test]
fn a_stack_takes_as_many_values_as_its_limit() {
    let mut stack = Stack::new(2);
    assert!(stack.push(1.0).is_ok());
    assert!(stack.push(2.0).is_ok());
    assert_eq!(stack.values(), [1.0, 2.0]);
}

#[test]
fn one_more_is_a_trap() {
    let mut stack = Stack::new(1);
    stack.push(1.0).unwrap();
    let trap = stack.push(2.0).expect_err("the stack had no room left");
    assert_eq!(trap.to_string(), "operand stack is full");
    let trap = Stack::new(0).push(1.0).expect_err("this stack never has room");
    assert_eq!(trap.to_string(), "operand stack is full");
}

#[test]
fn a_push_that_traps_pushes_nothing() {
    let mut stack = Stack::new(1);
    stack.push(1.0).unwrap();
    stack.push(2.0).expect_err("the stack had no room left");
    assert_eq!(stack.values(), [1.0]);
}

#[test]
fn a_pop_makes_room() {
    let mut stack = Stack::new(1);
    stack.push(1.0).unwrap();
    assert_eq!(stack.pop().unwrap(), 1.0);
    stack.push(2.0).unwrap();
    assert_eq!(stack.values(), [2.0]);
    assert_eq!(stack.pop().unwrap(), 2.0);
    assert_eq!(stack.pop().unwrap_err().to_string(), "operand stack is empty");
}
