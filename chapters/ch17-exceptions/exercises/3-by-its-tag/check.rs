//! The number comes along, and nobody else's tag passes for ours.

use annex_embedding::{Engine, Error, Extern, Imports};
use ch17_exceptions::Store;

use super::{Wrong, ask};

fn calculate(formula: &str) -> Result<Vec<annex_embedding::Value>, Wrong> {
    let mut store = Store::default();
    let module = include_bytes!("../../programs/calculator.wat");
    let calculator = store.instantiate(module, &Imports::new()).unwrap();
    let memory =
        store.export(calculator, "memory").and_then(Extern::memory).unwrap();
    store.memory_mut(memory)[..formula.len()]
        .copy_from_slice(formula.as_bytes());
    ask(&mut store, calculator)
}

#[test]
fn the_error_contains_the_number() {
    assert_eq!(calculate("2+3").unwrap(), [0.into(), 5_i64.into()]);
    let outcome = calculate("1+4294967296");
    assert!(
        matches!(outcome, Err(Wrong::TooLarge(4_294_967_296))),
        "{outcome:?}"
    );
}

#[test]
fn a_tag_of_the_same_name_is_another_tag() {
    let mut store = Store::default();
    let module = br#"(module
        (tag $ours (export "too_large") (param i64))
        (tag $too_large (param i64))
        (func (export "calculate") i64.const 7 throw $too_large))"#;
    let instance = store.instantiate(module, &Imports::new()).unwrap();
    let outcome = ask(&mut store, instance);
    let Err(Wrong::Other(Error::Exception(report))) = outcome else {
        panic!("wanted another exception: {outcome:?}")
    };
    assert_eq!(report.values, [7_i64.into()]);
}

#[test]
fn a_trap_is_not_taken_for_a_number_that_is_too_large() {
    let mut store = Store::default();
    let module = br#"(module
        (tag (export "too_large") (param i64))
        (func (export "calculate") unreachable))"#;
    let instance = store.instantiate(module, &Imports::new()).unwrap();
    assert!(matches!(
        ask(&mut store, instance),
        Err(Wrong::Other(Error::Trap(_)))
    ));
}
