//! A shelf with gaps.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, Imports, Value};
use ch15_references::Store;

/// A module with a shelf of stages.
pub const MODULE: &str = r#"(module
  (type $stage (func (param i32) (result i32)))
  (table $shelf (export "shelf") 3 (ref null $stage))
  (elem (table $shelf) (i32.const 0)
    (ref null $stage) (ref.func $booster) (ref.null $stage) (ref.func $upper))

  (func $booster (type $stage) (i32.add (local.get 0) (i32.const 60)))
  (func $upper (type $stage) (i32.add (local.get 0) (i32.const 110)))

  (func $push (export "push")
    (param $place i32) (param $height i32) (result i32)
    (local.get $height)
    (table.get $shelf (local.get $place))
    (call_ref $stage))

  (func (export "pushes") (param $height i32) (result i32)
    (call $push (i32.const 0) (local.get $height))))"#;

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
    for place in 0..3 {
        match call("push", &[place.into(), 5.into()]) {
            Ok(results) => println!("push({place}, 5) = {}", results[0]),
            Err(error) => println!("push({place}, 5): {error}"),
        }
    }
}
