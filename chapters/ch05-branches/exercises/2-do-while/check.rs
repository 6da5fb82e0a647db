//! Once at least, and as long as the condition says.

use ch05_branches::Instr::{Add, Block, Br, Const, LocalGet, LocalSet, Lt};
use ch05_branches::{
    Body, FuncIdx, Function, Instr, LabelIdx, LocalIdx, Machine,
};

use super::{do_while, factorial};

const COUNT: LocalIdx = LocalIdx(0);

fn count() -> Vec<Instr> {
    vec![LocalGet(COUNT), Const(1.0), Add, LocalSet(COUNT)]
}

/// How often something was counted.
fn counted(instr: Instr) -> f64 {
    let body = vec![instr, LocalGet(COUNT)];
    let functions =
        [Function { name: "main", params: 0, locals: 1, results: 1, body }];
    Machine::new(&functions, ()).invoke(FuncIdx(0), &[]).unwrap()[0]
}

#[test]
fn factorials_are_products() {
    for (n, product) in
        [(1.0, 1.0), (2.0, 2.0), (5.0, 120.0), (10.0, 3_628_800.0)]
    {
        let functions = [factorial()];
        assert_eq!(
            Machine::new(&functions, ()).invoke(FuncIdx(0), &[n]).unwrap(),
            [product]
        );
    }
}

#[test]
fn it_goes_on_as_long_as_the_condition_is_true() {
    assert_eq!(
        counted(do_while(count(), vec![LocalGet(COUNT), Const(4.0), Lt])),
        4.0
    );
}

#[test]
fn it_does_so_once_whatever_the_condition_says() {
    assert_eq!(counted(do_while(count(), vec![Const(0.0)])), 1.0);
}

#[test]
fn it_is_one_label() {
    // The branch goes past the loop to the block's end: 1 has been counted, 100
    // is not added.
    let leave = vec![count(), vec![Br(LabelIdx(1))], count()]
        .into_iter()
        .flatten()
        .collect();
    let hundred = vec![LocalGet(COUNT), Const(100.0), Add, LocalSet(COUNT)];
    let body = [vec![do_while(leave, vec![Const(0.0)])], hundred]
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(counted(Block(Body(body))), 1.0);
}
