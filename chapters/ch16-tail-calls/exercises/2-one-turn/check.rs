//! Turns, calls, and how deep they are.

use super::{Instr, MAX_DEPTH, Machine, Unwind};

fn machine(functions: Vec<Vec<Instr>>, counter: u32) -> Machine {
    Machine { functions, counter, depth: 0, deepest: 0 }
}

#[test]
fn a_million_tail_calls_are_one_level_deep() {
    let turn =
        |next| vec![Instr::ReturnIfZero, Instr::Down, Instr::ReturnCall(next)];
    let mut machine = machine(vec![turn(1), turn(2), turn(0)], 1_000_000);
    assert!(machine.call(0).is_ok());
    assert_eq!((machine.counter, machine.deepest, machine.depth), (0, 1, 0));
}

#[test]
fn a_call_returns_to_its_caller_after_a_chain_of_tail_calls() {
    let caller = vec![Instr::Call(1), Instr::UpTwo];
    let callee = vec![Instr::ReturnIfZero, Instr::Down, Instr::ReturnCall(1)];
    let mut machine = machine(vec![caller, callee], 10);
    assert!(machine.call(0).is_ok());
    assert_eq!((machine.counter, machine.deepest, machine.depth), (2, 2, 0));
}

#[test]
fn ordinary_calls_still_count_and_end_at_the_limit() {
    let mut machine =
        machine(vec![vec![Instr::ReturnCall(1)], vec![Instr::Call(0)]], 0);
    assert!(matches!(machine.call(0), Err(Unwind::Exhausted)));
    assert_eq!((machine.deepest, machine.depth), (MAX_DEPTH, 0));
}
