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
    match store.invoke(function, &[]) {
        Ok(results) => Ok(results),
        Err(error) if error.to_string().contains("too_large") => {
            Err(Wrong::TooLarge(0))
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
