//! The mean of as many numbers as you like.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, HostFunction, Switchboard};

/// A function of the host that takes `count` numbers of type `f64`, and returns
/// their mean.
pub fn mean(count: usize) -> HostFunction {
    // Right for two numbers.
    let _ = count;
    HostFunction::new(|a: f64, b: f64| (a + b) / 2.0)
}

fn main() -> Result<(), Error> {
    let mut engine = Switchboard::default();
    let mean = engine.add_function(mean(4));
    let numbers = [1.0, 2.0, 3.0, 6.0].map(Into::into);
    let values = engine.invoke(mean, &numbers)?;
    println!("{} (and it should be f64 3)", values[0]);
    Ok(())
}
