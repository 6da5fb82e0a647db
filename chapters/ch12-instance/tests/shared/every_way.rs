//! What the tests of every machine check, from chapter 12 on.

use annex_embedding::{Caller, Engine, Imports, InstanceAddr};
use ch07_values::Trap;
use ch12_instance::{Layer, Store, StoreLimits};
use trace::Step;

/// Calls every export of a module: it returns 42, or ends in the trap that it
/// is named after.
pub fn check<L: Layer>(text: &str) {
    let mut store = Store::<(), L>::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let exports = store.exports(instance).to_vec();
    for (name, _) in exports {
        let outcome = store.call(instance, &name, &[]);
        match (outcome, name.strip_prefix("trap: ")) {
            (Ok(results), None) => assert_eq!(results, [42.into()], "{name}"),
            (Err(error), Some(trap)) => {
                let found = error.trap().unwrap().to_string();
                assert_eq!(found, trap);
            }
            (outcome, _) => panic!("{name}: {outcome:?}"),
        }
    }
}

/// Functions that each call the host's function `$host` of type `$t` in another
/// way: it is told which instance calls, and takes one unit of fuel.
pub fn check_host_calls<L: Layer>(functions: &str) {
    let limits = StoreLimits { fuel: Some(100), ..StoreLimits::default() };
    let mut store = Store::<(), L>::new((), limits);
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "f", |caller: &mut Caller<'_>| {
        caller.instance().map_or(-1, |instance| instance.0 as i32)
    });
    // So that the one that calls is not the first.
    store.instantiate(b"(module)", &imports).unwrap();
    let text = format!(
        r#"(module
          (type $t (func (result i32)))
          (import "host" "f" (func $host (type $t)))
          (table 1 funcref)
          (elem (i32.const 0) func $host)
          {functions})"#
    );
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    assert_eq!(instance, InstanceAddr(1));
    for (name, _) in store.exports(instance).to_vec() {
        store.set_fuel(100);
        let results = store.call(instance, &name, &[]).unwrap();
        assert_eq!(results, [1.into()], "{name}");
        assert_eq!(store.fuel(), Some(98), "{name}");
    }
}

/// A branch to a loop takes one unit of fuel.
pub fn check_fuel_of_loops<L: Layer>() {
    let limits = StoreLimits { fuel: Some(100), ..StoreLimits::default() };
    let mut store = Store::<(), L>::new((), limits);
    let text = r#"(module
      (func $f)
      (func (export "f") (local $n i32)
        block br 0 end
        loop
          call $f
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if 0 (i32.lt_u (local.get $n) (i32.const 5)))
        end))"#;
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    store.call(instance, "f", &[]).unwrap();
    // Of itself, of the five calls, and of the four branches back.
    assert_eq!(store.fuel(), Some(100 - 1 - 5 - 4));
}

/// An observer sees which labels and calls there are.
pub fn check_observer<L: Layer>() {
    let mut store = Store::<Vec<Step>, L>::default();
    let text = r#"(module
      (func $f
        block loop nop end nop end
        (if (i32.const 1) (then nop))
        call $g
        nop)
      (func $g nop)
      (export "f" (func $f)))"#;
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    store.call(instance, "f", &[]).unwrap();
    let nops = store.observer().iter().filter(|step| step.instruction == "nop");
    let seen: Vec<String> = nops
        .map(|Step { depth, place, labels, .. }| {
            format!("{depth} {:?} {}", place.path, labels.join(" "))
        })
        .collect();
    let expected = [
        "0 [0, 0, 0] func block loop",
        "0 [0, 1] func block",
        "0 [2, 0] func if",
        "1 [0] func",
        "0 [4] func",
    ];
    assert_eq!(seen, expected);
}

/// Each of these bodies ends in the trap that says that it has no meaning yet.
pub fn check_not_yet<L: Layer>(definitions: &str, bodies: &[&str]) {
    for body in bodies {
        let text = format!(
            "(module
               (type $t (func)) (table 1 funcref)
               {definitions}
               (elem (i32.const 0) func $f)
               (func $f)
               (func (export \"f\") {body}))"
        );
        let mut store = Store::<(), L>::default();
        let instance =
            store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
        let error = store.call(instance, "f", &[]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::NotYet), "{body}");
    }
}
