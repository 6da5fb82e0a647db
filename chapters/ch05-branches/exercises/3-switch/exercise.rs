//! A choice among many, made of blocks inside blocks.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch05_branches::Instr::{Block, Br, BrIf, Const, Eq, LocalGet, LocalSet};
use ch05_branches::{
    Body, Error, FuncIdx, Function, Instr, LabelIdx, LocalIdx, Machine,
};

/// `match value { 0 => cases[0], 1 => cases[1], … , _ => {} }`
pub fn switch(value: LocalIdx, cases: Vec<Vec<Instr>>) -> Instr {
    let count = cases.len() as u32;
    let mut inside = Vec::new();
    for number in 0..count {
        // If this is the number: to the beginning of its case.
        let to_case = BrIf(LabelIdx(0)); // A guess.
        inside.extend([LocalGet(value), Const(f64::from(number)), Eq, to_case]);
    }
    // It was none of them: to the end of everything.
    inside.push(Br(LabelIdx(0))); // A guess.

    for (number, case) in (0..count).zip(cases) {
        // What there is so far goes into a block, and its end is where the case
        // begins.
        inside = vec![Block(Body(inside))];
        inside.extend(case);
        // Past the other cases, to the end of everything.
        _ = number;
        inside.push(Br(LabelIdx(0))); // A guess.
    }
    Block(Body(inside))
}

/// `fn price(kind) { … }`: what a player pays for a thing of this kind.
pub fn price() -> Function {
    let (kind, coins) = (LocalIdx(0), LocalIdx(1));
    let costs = |price| vec![Const(price), LocalSet(coins)];
    let body = vec![
        Const(1.0),
        LocalSet(coins),
        switch(kind, vec![costs(10.0), costs(25.0), costs(90.0)]),
        LocalGet(coins),
    ];
    Function { name: "price", params: 1, locals: 1, results: 1, body }
}

fn main() -> Result<(), Error> {
    let functions = [price()];
    for (kind, coins) in [(0.0, 10.0), (1.0, 25.0), (2.0, 90.0), (3.0, 1.0)] {
        let results =
            Machine::new(&functions, ()).invoke(FuncIdx(0), &[kind])?;
        println!(
            "A thing of kind {kind} costs {results:?}, and should cost \
             [{coins:?}]."
        );
    }
    Ok(())
}
