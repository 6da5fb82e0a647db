//! Each number has its case, and no case runs into the next.

use ch05_branches::Instr::{Add, Const, LocalGet, LocalSet};
use ch05_branches::{FuncIdx, Function, LocalIdx, Machine};

use super::{price, switch};

#[test]
fn each_kind_has_its_price() {
    let functions = [price()];
    let mut machine = Machine::new(&functions, ());
    let mut costs = |kind| machine.invoke(FuncIdx(0), &[kind]).unwrap()[0];
    assert_eq!([0.0, 1.0, 2.0].map(&mut costs), [10.0, 25.0, 90.0]);
    assert_eq!(
        [3.0, -1.0, 0.5].map(&mut costs),
        [1.0, 1.0, 1.0],
        "no such kind"
    );
}

#[test]
fn it_works_for_any_number_of_cases() {
    for count in 0..6 {
        // Case n adds 10 to the power of n.
        let sum = LocalIdx(1);
        let add = |n| {
            vec![LocalGet(sum), Const(10.0_f64.powi(n)), Add, LocalSet(sum)]
        };
        let body = vec![
            switch(LocalIdx(0), (0..count).map(add).collect()),
            LocalGet(sum),
        ];
        let functions =
            [Function { name: "main", params: 1, locals: 1, results: 1, body }];
        for number in 0..=count {
            let expected =
                if number == count { 0.0 } else { 10.0_f64.powi(number) };
            let results = Machine::new(&functions, ())
                .invoke(FuncIdx(0), &[f64::from(number)]);
            assert_eq!(
                results.unwrap(),
                [expected],
                "case {number} of {count}"
            );
        }
    }
}
