//! How many instructions does a script need?

use ch12_instance::{Engine, Fuel, Store, StoreLimits};
use ch14_spec::run;

/// Fuel that is enough for any script here.
const PLENTY: u64 = 1_000_000;

/// Whether a script passes with so much fuel.
pub fn passes(script: &str, fuel: u64) -> bool {
    let mut store = Store::<Fuel>::new(Fuel::new(fuel), StoreLimits::default());
    run(script, &mut store).is_ok_and(|report| report.failures().count() == 0)
}

/// The least fuel with which a script passes.
pub fn needed(script: &str) -> u64 {
    let mut store = Store::<Fuel>::new(Fuel::new(PLENTY), StoreLimits::default());
    match run(script, &mut store) {
        Ok(_) => store.instructions().unwrap_or(PLENTY),
        Err(_) => PLENTY,
    }
}

fn main() {
    let script = "(module (func (export \"f\") nop nop)) (invoke \"f\")";
    println!("it needs {}", needed(script));
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
