//! Types that have to be the same.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, Imports, InstanceAddr};
use ch15_references::Store;

/// Builds a booster and checks it. Leave it as it is.
pub const YARD: &str = r#"(module $yard
  (type $log (func (param i32)))
  (rec
    (type $stage (sub (func (param i32) (result i32 (ref null $stage)))))
    (type $check (func (param (ref null $stage)) (result i32))))

  (func (export "booster") (type $stage)
    (i32.add (local.get 0) (i32.const 60))
    (ref.null $stage))

  (func (export "check") (type $check)
    (i32.eqz (ref.is_null (local.get 0)))))"#;

/// Has the yard check the yard's own booster.
pub const LAUNCH: &str = r#"(module $launch
  (type $go (func (result i32)))
  (rec
    (type $step (sub (func (param i32) (result i32 (ref null $step)))))
    (type $test (func (param (ref null $step)) (result i32))))
  (type $trace (func (param i32)))

  (import "yard" "booster" (func $booster (type $step)))
  (import "yard" "check" (func $check (type $test)))
  (elem declare func $booster)

  (func (export "go") (type $go)
    (call $check (ref.func $booster))))"#;

/// The number that each type of `LAUNCH` has in the store, in the order of the
/// indices: `$go`, `$step`, `$test`, `$trace`.
pub const NUMBERS: [u32; 4] = [3, 1, 2, 0];

/// Links the two modules.
///
/// # Errors
///
/// An import of `LAUNCH` that is of another type.
pub fn link(store: &mut Store) -> Result<InstanceAddr, Error> {
    let mut imports = Imports::new();
    let yard = store.instantiate(YARD.as_bytes(), &imports)?;
    imports.instance(store, "yard", yard);
    store.instantiate(LAUNCH.as_bytes(), &imports)
}

fn main() {
    let mut store = Store::default();
    let went = link(&mut store).and_then(|it| store.call(it, "go", &[]));
    match went {
        Ok(results) => println!("go() = {}", results[0]),
        Err(error) => println!("{error}"),
    }
}
