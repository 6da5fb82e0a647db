//! A branch lands: what is left on the stack?

use super::landed;

fn after(stack: &[u64], height: usize, arity: usize) -> Vec<u64> {
    let mut stack = stack.to_vec();
    landed(&mut stack, height, arity);
    stack
}

#[test]
fn a_branch_that_carries_nothing_cuts_the_stack_back() {
    assert_eq!(after(&[1, 2, 3], 1, 0), [1]);
}

#[test]
fn carried_operands_survive_in_their_order() {
    assert_eq!(after(&[1, 2, 3, 4, 5, 6], 1, 2), [1, 5, 6]);
}

#[test]
fn without_operands_in_between_nothing_is_dropped() {
    assert_eq!(after(&[7, 8], 0, 2), [7, 8]);
    assert_eq!(after(&[7, 8], 1, 1), [7, 8]);
}

#[test]
fn a_branch_can_carry_more_than_it_drops() {
    assert_eq!(after(&[9, 1, 2, 3], 0, 3), [1, 2, 3]);
}
