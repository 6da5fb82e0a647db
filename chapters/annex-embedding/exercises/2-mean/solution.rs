//! The mean of as many numbers as you like.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, HostFunction, Switchboard};
use ch07_values::NumType;
use ch09_module::{FuncType, ValType};

/// A function of the host that takes `count` numbers of type `f64`, and returns
/// their mean.
pub fn mean(count: usize) -> HostFunction {
    let float = ValType::Num(NumType::F64);
    let ty =
        FuncType { params: vec![float; count].into(), results: [float].into() };
    HostFunction::dynamic(ty, move |_, arguments| {
        if count == 0 {
            return Err("the mean of no numbers".into());
        }
        let numbers = arguments.iter().filter_map(|value| value.f64());
        Ok(vec![(numbers.sum::<f64>() / count as f64).into()])
    })
}

fn main() -> Result<(), Error> {
    let mut engine = Switchboard::default();
    let mean = engine.add_function(mean(4));
    let numbers = [1.0, 2.0, 3.0, 6.0].map(Into::into);
    let values = engine.invoke(mean, &numbers)?;
    println!("{} (and it should be f64 3)", values[0]);
    Ok(())
}
