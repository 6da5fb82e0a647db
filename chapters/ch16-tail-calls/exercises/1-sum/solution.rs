//! A recursion in which no caller waits.

use annex_embedding::{Engine, Extern, Imports, Value};
use ch16_tail_calls::Store;

/// A module whose function `sum` adds up the numbers from 1 to n.
pub const MODULE: &str = r#"
(module
  (func (export "sum") (param $n i64) (result i64)
    local.get $n
    i64.const 0
    return_call $onto)
  (func $onto (param $n i64) (param $so_far i64) (result i64)
    local.get $n
    i64.eqz
    if
      local.get $so_far
      return
    end
    local.get $n
    i64.const 1
    i64.sub
    local.get $so_far
    local.get $n
    i64.add
    return_call $onto))
"#;

/// Calls `sum`.
pub fn sum(n: i64) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let mut store: Store = Store::default();
    let instance = store.instantiate(MODULE.as_bytes(), &Imports::new())?;
    let sum = store
        .export(instance, "sum")
        .and_then(Extern::func)
        .ok_or("there is no sum")?;
    Ok(store.invoke(sum, &[n.into()])?)
}

fn main() {
    for n in [10, 1000, 1_000_000] {
        match sum(n) {
            Ok(results) => println!("sum({n}) = {results:?}"),
            Err(error) => println!("sum({n}): {error}"),
        }
    }
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
