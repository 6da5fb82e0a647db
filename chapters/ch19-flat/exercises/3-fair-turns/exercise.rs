//! Many calls on one thread.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, FuncAddr, Imports, Value};
use ch12_instance::StoreLimits;
use ch19_flat::Store;

/// Calls all functions in turn, with `slice` units of fuel each time. Returns
/// the position and the first result of each, in the order in which they end.
///
/// # Errors
///
/// What the first of them ends in that doesn't end well.
pub fn run_all(
    store: &mut Store,
    functions: &[FuncAddr],
    slice: u64,
) -> Result<Vec<(usize, Option<Value>)>, Error> {
    let _ = (store, functions, slice);
    Ok(Vec::new())
}

/// Functions that count to a number.
pub const COUNTERS: &str = r#"(module
  (func $count (param $n i32) (result i32)
    (local $i i32)
    (loop $next
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i))
  (func (export "a") (result i32) (call $count (i32.const 300)))
  (func (export "b") (result i32) (call $count (i32.const 100)))
  (func (export "c") (result i32) (call $count (i32.const 200)))
  (func (export "d") (result i32) (i32.const 0)))"#;

fn main() -> Result<(), Error> {
    let limits = StoreLimits { fuel: Some(0), ..StoreLimits::default() };
    let mut store = Store::new((), limits);
    let instance = store.instantiate(COUNTERS.as_bytes(), &Imports::new())?;
    let functions: Vec<FuncAddr> = store
        .exports(instance)
        .iter()
        .filter_map(|(_, item)| item.func())
        .collect();
    for (position, result) in run_all(&mut store, &functions, 10)? {
        println!("{position} ends with {result:?}");
    }
    Ok(())
}
