//! An exception becomes an error of the embedder.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, Extern, Imports, InstanceAddr, Value};
use ch17_exceptions::Store;

/// Why there is no answer.
#[derive(Debug)]
pub enum Wrong {
    /// This number is too large.
    TooLarge(i64),
    /// Something else.
    Other(Error),
}

/// Calls the function `calculate` of an instance.
pub fn ask(
    store: &mut Store,
    instance: InstanceAddr,
) -> Result<Vec<Value>, Wrong> {
    let function = store.export(instance, "calculate").and_then(Extern::func);
    let function = function
        .ok_or_else(|| Wrong::Other(Error::Call("no function".to_owned())))?;
    let too_large = store.export(instance, "too_large").and_then(Extern::tag);
    match store.invoke(function, &[]) {
        Ok(results) => Ok(results),
        Err(Error::Exception(report)) if Some(report.tag) == too_large => {
            let number = report.values.first().and_then(|value| value.i64());
            Err(Wrong::TooLarge(number.unwrap_or_default()))
        }
        Err(error) => Err(Wrong::Other(error)),
    }
}

fn main() -> Result<(), Error> {
    let mut store = Store::default();
    let calculator = store.instantiate(
        include_bytes!("../../programs/calculator.wat"),
        &Imports::new(),
    )?;
    if let Some(memory) =
        store.export(calculator, "memory").and_then(Extern::memory)
    {
        store.memory_mut(memory)[..10].copy_from_slice(b"4294967296");
    }
    println!("{:?}, and should say 4294967296", ask(&mut store, calculator));
    Ok(())
}
