//! Control, every way there is, once.

use annex_embedding::{Caller, Engine, Imports, InstanceAddr};
use ch07_values::Trap;
use ch12_instance::{Store, StoreLimits};
use trace::Step;

/// Calls every export of a module: it returns 42, or ends in the trap that it
/// is named after.
fn check(text: &str) {
    let mut store: Store = Store::default();
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

#[test]
fn every_instruction_of_control_does_what_it_is_for() {
    check(include_str!("control.wat"));
}

/// Functions that each call the host's in another way.
const CALLS_THE_HOST: &str = r#"(module
  (type $t (func (result i32)))
  (import "host" "f" (func $host (type $t)))
  (table 1 funcref)
  (elem (i32.const 0) func $host)
      (func (export "call") (result i32)
        (call $host))
      (func (export "call_indirect") (result i32)
        (call_indirect (type $t) (i32.const 0))))"#;

#[test]
fn a_host_function_is_told_who_calls_it_and_takes_one_unit_of_fuel() {
    let limits = StoreLimits { fuel: Some(100), ..StoreLimits::default() };
    let mut store: Store = Store::new((), limits);
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "f", |caller: &mut Caller<'_>| {
        caller.instance().map_or(-1, |instance| instance.0 as i32)
    });
    // So that the one that calls is not the first.
    store.instantiate(b"(module)", &imports).unwrap();
    let instance =
        store.instantiate(CALLS_THE_HOST.as_bytes(), &imports).unwrap();
    assert_eq!(instance, InstanceAddr(1));
    for (name, _) in store.exports(instance).to_vec() {
        store.set_fuel(100);
        let results = store.call(instance, &name, &[]).unwrap();
        assert_eq!(results, [1.into()], "{name}");
        assert_eq!(store.fuel(), Some(98), "{name}");
    }
}

#[test]
fn a_branch_to_a_loop_takes_one_unit_of_fuel() {
    let limits = StoreLimits { fuel: Some(100), ..StoreLimits::default() };
    let mut store: Store = Store::new((), limits);
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

#[test]
fn an_observer_sees_which_labels_and_calls_there_are() {
    let mut store = Store::<Vec<Step>>::default();
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

#[test]
fn what_comes_in_a_later_chapter_is_a_trap_and_nothing_else() {
    for body in [
        "ref.null func br_on_null 0 drop",
        "ref.func $f call_ref $t",
        "return_call $f",
        "throw $e",
        "ref.null exn throw_ref",
        "try_table end",
    ] {
        let text = format!(
            "(module
               (type $t (func)) (tag $e) (table 1 funcref)
               (elem (i32.const 0) func $f)
               (func $f)
               (func (export \"f\") {body}))"
        );
        let mut store: Store = Store::default();
        let instance =
            store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
        let error = store.call(instance, "f", &[]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::NotYet), "{body}");
    }
}
