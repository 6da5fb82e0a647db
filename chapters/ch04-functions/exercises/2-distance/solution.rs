//! The square of a distance, by a function that calls a function.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch04_functions::Instr::{Add, Call, Const, LocalGet, Mul};
use ch04_functions::{Error, FuncIdx, Function, LocalIdx, Machine};

/// `fn square(x) { x * x }`
pub const SQUARE: FuncIdx = FuncIdx(0);
/// `fn distance_squared(x0, y0, x1, y1) { square(x1 - x0) + square(y1 - y0) }`
pub const DISTANCE_SQUARED: FuncIdx = FuncIdx(1);

/// The two functions, in the order of their numbers.
pub fn program() -> Vec<Function> {
    let x = LocalIdx(0);
    let square = vec![LocalGet(x), LocalGet(x), Mul];
    let (x0, y0, x1, y1) = (LocalIdx(0), LocalIdx(1), LocalIdx(2), LocalIdx(3));
    #[rustfmt::skip] // A call a line.
    let distance_squared = vec![
        LocalGet(x1), LocalGet(x0), Const(-1.0), Mul, Add, Call(SQUARE),
        LocalGet(y1), LocalGet(y0), Const(-1.0), Mul, Add, Call(SQUARE),
        Add,
    ];
    vec![
        Function {
            name: "square",
            params: 1,
            locals: 0,
            results: 1,
            body: square,
        },
        Function {
            name: "distance_squared",
            params: 4,
            locals: 0,
            results: 1,
            body: distance_squared,
        },
    ]
}

fn main() -> Result<(), Error> {
    let functions = program();
    let results = Machine::new(&functions, ())
        .invoke(DISTANCE_SQUARED, &[1.0, 2.0, 4.0, 6.0])?;
    println!("from (1, 2) to (4, 6): {results:?}, and should be [25.0]");
    Ok(())
}
