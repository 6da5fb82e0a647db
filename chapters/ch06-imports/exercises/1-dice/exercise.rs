//! An import that remembers something between its calls.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch06_imports::Instr::{Add, Call};
use ch06_imports::{Error, FuncIdx, Function, Import, Machine};

/// `fn dice() -> a number from 1 to 6`. Each call replaces the seed by
/// `(seed * 5 + 3) % 16`.
pub fn dice<'p>(seed: u32) -> Import<'p> {
    let function = move |_: &[f64]| Ok(Some(f64::from(seed % 6 + 1)));
    Import { name: "dice", params: 0, function: Box::new(function) }
}

/// `fn main() { dice() + dice() + dice() }`
pub fn three_throws() -> Function {
    let dice = FuncIdx(0);
    let body = vec![Call(dice), Call(dice), Add, Call(dice), Add];
    Function { name: "main", params: 0, locals: 0, results: 1, body }
}

fn main() -> Result<(), Error> {
    let functions = [three_throws()];
    let results =
        Machine::new(vec![dice(1)], &functions, ()).invoke(FuncIdx(1), &[])?;
    println!("Three throws together: {results:?}, and should be [14.0]");
    Ok(())
}
