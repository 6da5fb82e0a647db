//! Who keeps the promise is called like any function; who breaks it is a trap.

use super::{Import, Trap, call};

fn import<'p>(
    params: usize,
    results: usize,
    function: impl FnMut(&[f64]) -> Vec<f64> + 'p,
) -> Import<'p> {
    Import { name: "it", params, results, function: Box::new(function) }
}

#[test]
fn a_kept_promise_is_a_call() {
    let mut stack = vec![9.0, 5.0, 2.0];
    call(&mut stack, &mut import(2, 1, |xs| vec![xs[0] - xs[1]])).unwrap();
    assert_eq!(stack, [9.0, 3.0]);
    call(&mut stack, &mut import(1, 0, |_| vec![])).unwrap();
    assert_eq!(stack, [9.0]);
    call(&mut stack, &mut import(0, 2, |_| vec![7.0, 8.0])).unwrap();
    assert_eq!(stack, [9.0, 7.0, 8.0]);
}

#[test]
fn a_result_too_many_is_a_trap() {
    let mut stack = vec![1.0, 2.0];
    let outcome = call(&mut stack, &mut import(1, 1, |_| vec![7.0, 8.0]));
    assert_eq!(outcome, Err(Trap::WrongResults("it", 1, 2)));
    assert_eq!(stack, [1.0, 2.0], "the stack after a trap");
}

#[test]
fn a_result_too_few_is_a_trap() {
    let mut stack = vec![1.0, 2.0];
    let outcome = call(&mut stack, &mut import(2, 1, |_| vec![]));
    assert_eq!(outcome, Err(Trap::WrongResults("it", 1, 0)));
    assert_eq!(stack, [1.0, 2.0], "the stack after a trap");
}

#[test]
fn too_few_operands_are_a_trap_and_no_call() {
    let mut called = false;
    let mut stack = vec![1.0];
    let see = |_: &[f64]| {
        called = true;
        vec![]
    };
    let outcome = call(&mut stack, &mut import(2, 0, see));
    assert_eq!((outcome, stack), (Err(Trap::TooFewOperands(2, 1)), vec![1.0]));
    assert!(!called);
}
