//! Programs, and what they return or trap with.

use std::thread;

use ch05_branches::Instr::{
    self, Add, Block, Br, BrIf, Call, Const, Eq, Ge, Gt, Le, Load, LocalGet,
    LocalSet, Loop, Lt, Mul, Return,
};
use ch05_branches::{
    Body, Error, FuncIdx, Function, LARGER, LabelIdx, LocalIdx, MAIN, Machine,
    Unwind, V, X, if_else, program, while_loop,
};
use trace::Step;

fn function(
    name: &'static str,
    params: usize,
    results: usize,
    body: impl IntoIterator<Item = Instr>,
) -> Function {
    Function {
        name,
        params,
        locals: 2,
        results,
        body: body.into_iter().collect(),
    }
}

/// The result of a `main` with `body` and two locals, beside `add(x, y)`.
fn run(body: impl IntoIterator<Item = Instr>) -> Result<f64, Error> {
    let add = [LocalGet(LocalIdx(0)), LocalGet(LocalIdx(1)), Add];
    let functions = [function("main", 0, 1, body), function("add", 2, 1, add)];
    Machine::new(&functions, ())
        .invoke(FuncIdx(0), &[])
        .map(|results| results[0])
}

fn block<const N: usize>(body: [Instr; N]) -> Instr {
    Block(Body(body.into()))
}

fn repeat<const N: usize>(body: [Instr; N]) -> Instr {
    Loop(Body(body.into()))
}

const OUT_0: LabelIdx = LabelIdx(0);
const OUT_1: LabelIdx = LabelIdx(1);
const OUT_2: LabelIdx = LabelIdx(2);
const I: LocalIdx = LocalIdx(0);
const SUM: LocalIdx = LocalIdx(1);

#[test]
fn the_player_turns_at_70_and_stops_at_0() -> Result<(), Error> {
    let functions = program();
    let mut machine = Machine::new(&functions, ());
    machine.memory.store(X, 65.0)?;
    machine.memory.store(V, 30.0)?;
    machine.invoke(MAIN, &[])?;
    // 68, 71, and back: 68, 65 … 2, -1.
    assert_eq!(machine.memory.load(X)?, -1.0);
    assert_eq!(machine.memory.load(V)?, -30.0);
    Ok(())
}

#[test]
fn if_else_chooses() -> Result<(), Error> {
    let functions = program();
    let mut machine = Machine::new(&functions, ());
    for (x, y, larger) in [(1.0, 2.0, 2.0), (2.0, 1.0, 2.0), (-1.0, -1.0, -1.0)]
    {
        assert_eq!(machine.invoke(LARGER, &[x, y])?, [larger]);
    }

    for (condition, chosen) in
        [(0.0, 20.0), (1.0, 10.0), (-0.5, 10.0), (f64::NAN, 10.0), (-0.0, 20.0)]
    {
        let set = |value| vec![Const(value), LocalSet(I)];
        assert_eq!(
            run([
                if_else(vec![Const(condition)], set(10.0), set(20.0)),
                LocalGet(I)
            ])?,
            chosen
        );
    }
    Ok(())
}

#[test]
fn while_loop_sums() -> Result<(), Error> {
    let sum_to = |limit| {
        let body = vec![
            LocalGet(I),
            Const(1.0),
            Add,
            LocalSet(I),
            LocalGet(SUM),
            LocalGet(I),
            Add,
            LocalSet(SUM),
        ];
        run([
            while_loop(vec![LocalGet(I), Const(limit), Lt], body),
            LocalGet(SUM),
        ])
    };
    assert_eq!(sum_to(10.0)?, 55.0);
    assert_eq!(sum_to(0.0)?, 0.0);
    Ok(())
}

#[test]
fn comparisons_are_one_or_zero() -> Result<(), Error> {
    let compare = |x, y| -> Result<Vec<f64>, Error> {
        [Eq, Lt, Gt, Le, Ge]
            .into_iter()
            .map(|operator| run([Const(x), Const(y), operator]))
            .collect()
    };
    assert_eq!(compare(1.0, 2.0)?, [0.0, 1.0, 0.0, 1.0, 0.0]);
    assert_eq!(compare(2.0, 2.0)?, [1.0, 0.0, 0.0, 1.0, 1.0]);
    assert_eq!(compare(f64::NAN, f64::NAN)?, [0.0; 5]);
    Ok(())
}

#[test]
fn a_branch_goes_as_far_as_it_says() -> Result<(), Error> {
    let nested = |label| {
        let add = |value| vec![LocalGet(SUM), Const(value), Add, LocalSet(SUM)];
        let inner = Block(Body(
            [vec![Br(label)], add(1.0)].into_iter().flatten().collect(),
        ));
        let outer = Block(Body(
            [vec![inner], add(10.0)].into_iter().flatten().collect(),
        ));
        run([vec![outer], add(100.0), vec![LocalGet(SUM)]]
            .into_iter()
            .flatten())
    };
    assert_eq!(nested(OUT_0)?, 110.0);
    assert_eq!(nested(OUT_1)?, 100.0);
    Ok(())
}

#[test]
fn the_outermost_label_is_the_function_itself() -> Result<(), Error> {
    assert_eq!(run([block([Const(7.0), Br(OUT_1)]), Const(8.0)])?, 7.0);
    assert_eq!(run([Const(7.0), Br(OUT_0)])?, 7.0);
    Ok(())
}

#[test]
fn a_return_leaves_everything_at_once() -> Result<(), Error> {
    assert_eq!(
        run([Const(1.0), repeat([block([Const(7.0), Return])]), Const(8.0)])?,
        7.0
    );
    Ok(())
}

#[test]
fn a_branch_drops_what_was_pushed_meanwhile() -> Result<(), Error> {
    assert_eq!(
        run([Const(7.0), block([Const(8.0), Const(9.0), Br(OUT_0)])])?,
        7.0
    );
    Ok(())
}

#[test]
fn a_bad_program_is_a_trap_with_a_place() {
    let trap = |body: Vec<Instr>| run(body).unwrap_err();
    insta::assert_snapshot!(
        trap(vec![Return, Return, Return]),
        @"in main at 3, end: too few operands: 1 needed, 0 on the stack"
    );
    insta::assert_snapshot!(
        trap(vec![block([Const(0.0), BrIf(OUT_0), repeat([block([]), Const(7e4), Load])])]),
        @"in main at 0.2.2, load: no number at address 70000 in a memory of 65536 bytes"
    );
    insta::assert_snapshot!(trap(vec![block([]), block([block([]), Mul])]), @"in main at 1.1, mul: operand stack is empty");
    insta::assert_snapshot!(trap(vec![block([BrIf(OUT_0)])]), @"in main at 0.0, br_if 0: operand stack is empty");
    insta::assert_snapshot!(trap(vec![block([Br(OUT_2)])]), @"in main at 0.0, br 2: unknown label 2");
    insta::assert_snapshot!(
        trap(vec![Const(1.0), BrIf(LabelIdx(u32::MAX))]),
        @"in main at 1, br_if 4294967295: unknown label 4294967295"
    );
    insta::assert_snapshot!(trap(vec![block([LocalGet(LocalIdx(2))])]), @"in main at 0.0, local.get 2: unknown local 2");
    insta::assert_snapshot!(trap(vec![block([Call(FuncIdx(7))])]), @"in main at 0.0, call 7: unknown function 7");
    insta::assert_snapshot!(
        trap(vec![block([Call(FuncIdx(1))])]),
        @"in main at 0.0, call 1: too few operands: 2 needed, 0 on the stack"
    );
}

#[test]
fn a_branch_does_not_leave_its_function() {
    let functions = [
        function("main", 0, 0, [block([Call(FuncIdx(1))])]),
        function("leap", 0, 0, [Br(OUT_1)]),
    ];
    let error =
        Machine::new(&functions, ()).invoke(FuncIdx(0), &[]).unwrap_err();
    insta::assert_snapshot!(error, @"in leap at 0, br 1: unknown label 1");
}

#[test]
fn the_trace_knows_the_labels_in_force() -> Result<(), Error> {
    let functions = [function("main", 0, 0, [block([repeat([Br(OUT_1)])])])];
    let mut steps: Vec<Step> = Vec::new();
    Machine::new(&functions, &mut steps).invoke(FuncIdx(0), &[])?;
    let labels: Vec<_> =
        steps.iter().map(|step| step.labels.join(" ")).collect();
    assert_eq!(labels, ["main", "main block", "main block loop"]);
    Ok(())
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
fn ten_thousand_blocks_exhaust_the_call_stack() {
    let error = on_a_small_stack(|| {
        let mut body = vec![];
        for _ in 0..5_000 {
            body = vec![block([Loop(Body(body))])];
        }
        run(body).unwrap_err()
    });
    insta::assert_snapshot!(error, @"in main at 0.0.0.0.….0.0.0.0, loop: call stack exhausted");
}

#[test]
fn runaway_recursion_exhausts_the_call_stack() {
    let functions = [function(
        "runaway",
        0,
        0,
        [block([Const(1.0), repeat([Call(FuncIdx(0))])])],
    )];
    let mut steps: Vec<Step> = Vec::new();
    let error = on_a_small_stack(|| {
        Machine::new(&functions, &mut steps)
            .invoke(FuncIdx(0), &[])
            .unwrap_err()
    });
    assert!(error.to_string().ends_with("call stack exhausted"), "{error}");
    assert!(steps.last().is_some_and(|step| step.depth == 49));
}

#[test]
fn a_machine_works_on_after_a_trap() -> Result<(), Error> {
    let functions = [
        function("runaway", 0, 0, [Const(1.0), Call(FuncIdx(0))]),
        function("one", 0, 1, [Const(1.0)]),
    ];
    let mut machine = Machine::new(&functions, ());
    machine.invoke(FuncIdx(0), &[]).unwrap_err();
    assert_eq!(machine.invoke(FuncIdx(1), &[])?, [1.0]);
    Ok(())
}

#[test]
fn a_branch_takes_eight_bytes() {
    assert_eq!(size_of::<Result<(), Unwind>>(), 8);
}

#[test]
fn instructions_print_like_wasm_text() {
    let instrs = [
        block([]),
        repeat([Return]),
        Br(OUT_0),
        BrIf(OUT_1),
        Return,
        Call(FuncIdx(2)),
        LocalGet(I),
        LocalSet(SUM),
    ];
    let text: Vec<String> = instrs.iter().map(Instr::to_string).collect();
    assert_eq!(
        text,
        [
            "block",
            "loop",
            "br 0",
            "br_if 1",
            "return",
            "call 2",
            "local.get 0",
            "local.set 1"
        ]
    );
}
