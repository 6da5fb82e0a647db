//! A loop that asks after its round, and not before.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch05_branches::Instr::{Add, Const, Gt, LocalGet, LocalSet, Loop, Mul};
use ch05_branches::{Body, Error, FuncIdx, Function, Instr, LocalIdx, Machine};

/// `do { instrs } while condition`
///
/// A branch that leaves `instrs` or `condition` has one more label on its way.
pub fn do_while(instrs: Vec<Instr>, condition: Vec<Instr>) -> Instr {
    let round = [instrs];
    _ = condition;
    Loop(Body(round.into_iter().flatten().collect()))
}

/// ```text
/// fn factorial(n) {
///     let product = 1;
///     do { product = product * n; n = n - 1 } while n > 1;
///     product
/// }
/// ```
pub fn factorial() -> Function {
    let (n, product) = (LocalIdx(0), LocalIdx(1));
    let round = vec![
        LocalGet(product),
        LocalGet(n),
        Mul,
        LocalSet(product),
        LocalGet(n),
        Const(-1.0),
        Add,
        LocalSet(n),
    ];
    let again = vec![LocalGet(n), Const(1.0), Gt];
    let body = vec![
        Const(1.0),
        LocalSet(product),
        do_while(round, again),
        LocalGet(product),
    ];
    Function { name: "factorial", params: 1, locals: 1, results: 1, body }
}

fn main() -> Result<(), Error> {
    let results =
        Machine::new(&[factorial()], ()).invoke(FuncIdx(0), &[5.0])?;
    println!("The factorial of 5: {results:?}, and should be [120.0]");
    Ok(())
}
