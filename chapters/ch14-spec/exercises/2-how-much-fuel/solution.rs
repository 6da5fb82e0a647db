//! How much fuel does a script need?

use annex_embedding::Engine;
use ch12_instance::{Store, StoreLimits};
use ch14_spec::run;

/// Fuel that is enough for any script here.
const PLENTY: u64 = 1_000_000;

/// A store with this much fuel.
fn fuelled(fuel: u64) -> Store {
    Store::new((), StoreLimits { fuel: Some(fuel), ..StoreLimits::default() })
}

/// Whether a script passes with this much fuel.
pub fn passes(script: &str, fuel: u64) -> bool {
    run(script, &mut fuelled(fuel))
        .is_ok_and(|report| report.failures().count() == 0)
}

/// The least fuel with which a script passes.
pub fn needed(script: &str) -> u64 {
    let mut store = fuelled(PLENTY);
    match run(script, &mut store) {
        Ok(_) => PLENTY - store.fuel().unwrap_or_default(),
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
