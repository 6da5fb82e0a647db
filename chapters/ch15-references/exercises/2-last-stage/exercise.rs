//! A shelf with two kinds of stages.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, Imports, Value};
use ch15_references::Store;

/// A module with a shelf of stages, one of them missing.
pub const MODULE: &str = r#"(module
  (type $stage (sub (func (param i32) (result i32))))
  (type $last (sub final $stage (func (param i32) (result i32))))
  (table $shelf 4 (ref null $stage))
  (elem (table $shelf) (i32.const 0) (ref null $stage)
    (ref.func $booster) (ref.func $capsule) (ref.null $stage)
    (ref.func $shuttle))

  (func $booster (type $stage) (i32.add (local.get 0) (i32.const 60)))
  (func $capsule (type $last) (i32.div_s (local.get 0) (i32.const 2)))
  (func $shuttle (type $last) (i32.sub (local.get 0) (i32.const 1)))

  (func (export "land") (param $place i32) (param $height i32) (result i32)
    (local.get $height)
    (ref.cast (ref $last) (table.get $shelf (local.get $place)))
    (call_ref $last))

  (func (export "lasts") (result i32)
    (i32.const 0)))"#;

/// Calls a function of the module.
///
/// # Errors
///
/// The trap that it ends in.
pub fn call(name: &str, arguments: &[Value]) -> Result<Vec<Value>, Error> {
    let mut store: Store = Store::default();
    let instance = store.instantiate(MODULE.as_bytes(), &Imports::new())?;
    store.call(instance, name, arguments)
}

fn main() {
    for place in 0..4 {
        match call("land", &[place.into(), 40.into()]) {
            Ok(results) => println!("land({place}, 40) = {}", results[0]),
            Err(error) => println!("land({place}, 40): {error}"),
        }
    }
}
