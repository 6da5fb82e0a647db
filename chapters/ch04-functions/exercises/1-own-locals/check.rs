//! Each call has its own locals.

use super::Instr::{Add, Call, Const, LocalGet, LocalSet};
use super::{Function, Machine, program};

#[test]
fn the_caller_keeps_its_locals() {
    assert_eq!(Machine::new(&program()).invoke(1, &[1.0]), 21.0);
}

#[test]
fn each_of_many_callers_keeps_its_locals() {
    // Three calls inside each other: each adds its own x to what the next one
    // makes of x + 1.
    let step = |callee| {
        vec![LocalGet(0), Const(1.0), Add, Call(callee), LocalGet(0), Add]
    };
    let functions = [
        Function { params: 1, locals: 0, body: step(1) },
        Function { params: 1, locals: 0, body: step(2) },
        Function { params: 1, locals: 0, body: vec![LocalGet(0)] },
    ];
    assert_eq!(Machine::new(&functions).invoke(0, &[1.0]), 1.0 + 2.0 + 3.0);
}

#[test]
fn other_locals_begin_as_zero_in_every_call() {
    let body = vec![LocalGet(1), Const(5.0), LocalSet(1)];
    let functions = [Function { params: 1, locals: 1, body }];
    let mut machine = Machine::new(&functions);
    assert_eq!(
        (machine.invoke(0, &[7.0]), machine.invoke(0, &[7.0])),
        (0.0, 0.0)
    );
}

#[test]
fn arguments_keep_their_order() {
    let body = vec![LocalGet(0), LocalGet(0), Add, LocalGet(1), Add];
    let functions = [Function { params: 2, locals: 0, body }];
    assert_eq!(Machine::new(&functions).invoke(0, &[100.0, 1.0]), 201.0);
}
