//! Exchanges two variables, almost.

use ch03_memory::Instr::{self, Const, Load, Store};
use ch03_memory::{Error, Machine};

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// The address of the variable `a`.
pub const A: f64 = 0.0;
/// The address of the variable `b`.
pub const B: f64 = 8.0;

/// Afterwards `a` has the value that `b` had, and `b` the one that `a` had.
#[rustfmt::skip] // One statement per line.
pub fn exchange() -> Vec<Instr> {
    vec![
        // a = b
        Const(A), Const(B), Load, Store,
        // b = a
        Const(B), Const(A), Load, Store,
    ]
}

fn main() -> Result<(), Error> {
    let mut machine = Machine::new(());
    machine.memory.store(A, 1.0)?;
    machine.memory.store(B, 2.0)?;
    machine.execute(&exchange())?;
    println!(
        "a is {} and b is {}",
        machine.memory.load(A)?,
        machine.memory.load(B)?
    );
    Ok(())
}
