//! The smallest amount of fuel that a call needs.

use std::error::Error;

use ch07_values::{Number, Trap};
use ch09_module::Module;
use ch11_control::{SingleModule, SingleModuleError};

/// Nobody buys more.
const MOST: u64 = 1 << 20;

/// The smallest amount of fuel with which a call does not run out; `None` if
/// that is more than [`MOST`].
pub fn cost(
    text: &str,
    name: &str,
    arguments: &[Number],
) -> Result<Option<u64>, Box<dyn Error>> {
    let mut enough = 1;
    while !suffices(text, name, arguments, enough)? {
        enough *= 2;
        if enough > MOST {
            return Ok(None);
        }
    }
    Ok(Some(enough))
}

/// Whether a call gets by with this much fuel, whatever else it ends in.
fn suffices(
    text: &str,
    name: &str,
    arguments: &[Number],
    fuel: u64,
) -> Result<bool, Box<dyn Error>> {
    let mut module = SingleModule::new(Module::from_text(text)?)?;
    module.limits.fuel = Some(fuel);
    let outcome = module.call(name, arguments, ());
    Ok(!matches!(outcome, Err(SingleModuleError::Trap(Trap::OutOfFuel, _))))
}

fn main() -> Result<(), Box<dyn Error>> {
    let euclid = include_str!("../../programs/euclid.wat");
    for y in [462, 460] {
        let cost = cost(euclid, "gcd", &[1071.into(), y.into()])?;
        println!("gcd(1071, {y}) costs {cost:?}");
    }
    let factorial = include_str!("../../programs/factorial.wat");
    let cost = cost(factorial, "factorial", &[5_i64.into()])?;
    println!("factorial(5) costs {cost:?}");
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
