//! A list in the heap, and how to turn it around.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, Imports, InstanceAddr, Value};
use ch18_heap::Store;

/// A list of digits, and what can be done with it.
pub const LIST: &str = r#"(module $list
  (type $node (struct (field $digit i32) (field $next (mut (ref null $node)))))
  (global $list (mut (ref null $node)) (ref.null $node))

  (func (export "push") (param $digit i32)
    (global.set $list (struct.new $node (local.get $digit) (global.get $list))))

  (func (export "reverse"))

  (func (export "number") (result i32)
    (local $node (ref null $node)) (local $number i32)
    (local.set $node (global.get $list))
    (loop $more
      (if (i32.eqz (ref.is_null (local.get $node)))
        (then
          (local.set $number (i32.add
            (i32.mul (local.get $number) (i32.const 10))
            (struct.get $node $digit (local.get $node))))
          (local.set $node (struct.get $node $next (local.get $node)))
          (br $more))))
    (local.get $number)))"#;

/// A store with the list in it.
pub fn open() -> Result<(Store, InstanceAddr), Error> {
    let mut store = Store::default();
    let list = store.instantiate(LIST.as_bytes(), &Imports::new())?;
    Ok((store, list))
}

/// Calls an exported function, and returns its `i32` if it has one.
pub fn call(
    store: &mut Store,
    list: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Result<Option<i32>, Error> {
    let results = store.call(list, name, arguments)?;
    Ok(results.first().and_then(|result| result.i32()))
}

fn main() -> Result<(), Error> {
    let (mut store, list) = open()?;
    for digit in [8, 1, 0, 2] {
        call(&mut store, list, "push", &[digit.into()])?;
    }
    let number = call(&mut store, list, "number", &[])?;
    println!("the list: {}", number.unwrap_or_default());
    call(&mut store, list, "reverse", &[])?;
    let number = call(&mut store, list, "number", &[])?;
    println!("the other way round: {}", number.unwrap_or_default());
    Ok(())
}
