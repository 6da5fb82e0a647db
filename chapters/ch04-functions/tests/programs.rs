//! Programs, and what they return or trap with.

use std::thread;

use ch04_functions::Instr::{
    self, Add, Call, Const, Load, LocalGet, LocalSet, Mul,
};
use ch04_functions::{
    Error, FuncIdx, Function, LocalIdx, MAIN, Machine, UPDATE_POSITION, V, X,
    program,
};
use trace::Step;

fn function(
    name: &'static str,
    params: usize,
    results: usize,
    body: Vec<Instr>,
) -> Function {
    Function { name, params, locals: 0, results, body }
}

/// The results of a `main` with `body`, beside `add(x, y)` and `nothing()`,
/// which promises a result that it has not.
fn run(results: usize, body: Vec<Instr>) -> Result<Vec<f64>, Error> {
    let functions = [
        function("main", 0, results, body),
        function(
            "add",
            2,
            1,
            vec![LocalGet(LocalIdx(0)), LocalGet(LocalIdx(1)), Add],
        ),
        function("nothing", 0, 1, vec![]),
    ];
    Machine::new(&functions, ()).invoke(FuncIdx(0), &[])
}

const ADD: FuncIdx = FuncIdx(1);
const NOTHING: FuncIdx = FuncIdx(2);

#[test]
fn the_player_moves() -> Result<(), Error> {
    let functions = program();
    let mut machine = Machine::new(&functions, ());
    assert_eq!(machine.invoke(UPDATE_POSITION, &[2.0, 3.0, 0.1])?, [2.3]);
    machine.memory.store(X, 2.0)?;
    machine.memory.store(V, 30.0)?;
    machine.invoke(MAIN, &[])?;
    machine.invoke(MAIN, &[])?;
    assert_eq!(machine.memory.load(X)?, 8.0);
    Ok(())
}

#[test]
fn a_call_leaves_the_operands_below_alone() -> Result<(), Error> {
    assert_eq!(
        run(1, vec![Const(10.0), Const(1.0), Const(2.0), Call(ADD), Mul])?,
        [30.0]
    );
    Ok(())
}

#[test]
fn values_below_the_results_are_dropped() -> Result<(), Error> {
    assert_eq!(run(1, vec![Const(1.0), Const(2.0), Const(3.0)])?, [3.0]);
    Ok(())
}

#[test]
fn locals_begin_as_zero_and_belong_to_one_call() -> Result<(), Error> {
    let body = vec![LocalGet(LocalIdx(1)), Const(5.0), LocalSet(LocalIdx(1))];
    let functions =
        [Function { name: "fresh", params: 1, locals: 1, results: 1, body }];
    let mut machine = Machine::new(&functions, ());
    assert_eq!(machine.invoke(FuncIdx(0), &[7.0])?, [0.0]);
    assert_eq!(machine.invoke(FuncIdx(0), &[7.0])?, [0.0]);
    Ok(())
}

#[test]
fn the_trace_knows_function_depth_and_locals() -> Result<(), Error> {
    let functions = [
        function("main", 0, 1, vec![Const(2.0), Call(ADD)]),
        function("twice", 1, 1, vec![LocalGet(LocalIdx(0))]),
    ];
    let mut steps: Vec<Step> = Vec::new();
    Machine::new(&functions, &mut steps).invoke(FuncIdx(0), &[])?;
    let last = &steps[2];
    assert_eq!(
        (last.depth, last.place.function.as_str(), last.locals.as_slice()),
        (1, "twice", ["2".to_string()].as_slice())
    );
    Ok(())
}

#[test]
fn a_bad_program_is_a_trap_with_a_place() {
    let trap = |body| run(0, body).unwrap_err();
    insta::assert_snapshot!(trap(vec![Const(1.0), Add]), @"in main at 1, add: operand stack is empty");
    insta::assert_snapshot!(trap(vec![Const(70000.0), Load]), @"in main at 1, load: no number at address 70000 in a memory of 65536 bytes");
    insta::assert_snapshot!(trap(vec![LocalGet(LocalIdx(3))]), @"in main at 0, local.get 3: unknown local 3");
    insta::assert_snapshot!(trap(vec![Const(1.0), LocalSet(LocalIdx(u32::MAX))]), @"in main at 1, local.set 4294967295: unknown local 4294967295");
    insta::assert_snapshot!(trap(vec![Call(FuncIdx(7))]), @"in main at 0, call 7: unknown function 7");
    insta::assert_snapshot!(trap(vec![Const(1.0), Call(ADD)]), @"in main at 1, call 1: too few operands: 2 needed, 1 on the stack");
    insta::assert_snapshot!(trap(vec![Call(NOTHING)]), @"in nothing at 0, end: too few operands: 1 needed, 0 on the stack");
}

#[test]
fn a_bad_invocation_is_a_trap() {
    let functions = program();
    let trap = |function, arguments: &[f64]| {
        Machine::new(&functions, ()).invoke(function, arguments).unwrap_err()
    };
    insta::assert_snapshot!(trap(FuncIdx(9), &[]), @"unknown function 9");
    insta::assert_snapshot!(trap(UPDATE_POSITION, &[2.0]), @"too few operands: 3 needed, 1 on the stack");
}

/// Runs on a thread of one megabyte: on some systems a program begins with no
/// more.
fn on_a_small_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread =
            thread::Builder::new().stack_size(1 << 20).spawn_scoped(scope, run);
        thread.unwrap().join().unwrap()
    })
}

#[test]
fn runaway_recursion_exhausts_the_call_stack() {
    let functions = [
        function("ping", 0, 0, vec![Call(FuncIdx(1))]),
        function("pong", 0, 0, vec![Const(1.0), Call(FuncIdx(0))]),
    ];
    let mut steps: Vec<Step> = Vec::new();
    let error = on_a_small_stack(|| {
        Machine::new(&functions, &mut steps)
            .invoke(FuncIdx(0), &[])
            .unwrap_err()
    });
    insta::assert_snapshot!(error, @"in pong at 1, call 0: call stack exhausted");
}
