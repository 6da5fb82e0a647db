//! Two machines that sell tickets from one roll.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{Engine, Error, Imports, InstanceAddr};
use ch12_instance::Store;

/// The roll: the number of the next ticket.
pub const ROLL: &str = r#"(module $roll
  (global (export "next") (mut i32) (i32.const 1)))"#;

/// A machine: each call of `ticket` sells the next one, and returns its number.
pub const MACHINE: &str = r#"(module $machine
  (global $next (mut i32) (i32.const 1))
  (func (export "ticket") (result i32)
    global.get $next
    global.get $next
    i32.const 1
    i32.add
    global.set $next))"#;

/// Opens two doors with a machine at each.
pub fn open(store: &mut Store) -> Result<[InstanceAddr; 2], Error> {
    let mut imports = Imports::new();
    let roll = store.instantiate(ROLL.as_bytes(), &imports)?;
    imports.instance(store, "roll", roll);
    let left = store.instantiate(MACHINE.as_bytes(), &imports)?;
    let right = store.instantiate(MACHINE.as_bytes(), &imports)?;
    Ok([left, right])
}

/// Calls an exported function that takes nothing and has an `i32` for a result.
pub fn ask(
    store: &mut Store,
    machine: InstanceAddr,
    name: &str,
) -> Result<Option<i32>, Error> {
    let results = store.call(machine, name, &[])?;
    Ok(results.first().and_then(|result| result.i32()))
}

fn main() -> Result<(), Error> {
    let mut store = Store::default();
    let [left, right] = open(&mut store)?;
    for machine in [left, right, left] {
        let number = ask(&mut store, machine, "ticket")?;
        println!("door {}: ticket {}", machine.0, number.unwrap_or_default());
    }
    println!("Each number should be there once.");
    Ok(())
}
