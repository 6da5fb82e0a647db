//! The translation knows the answers.

use std::sync::{Arc, PoisonError};

use annex_embedding::{Engine, FuncAddr, Imports, Value};
use ch20_slots::{Show, operations};

use super::{OLD, SWAP, TWICE};

/// The operations of the function of a module.
fn slots(text: &str) -> Vec<String> {
    let mut store = Show::store();
    let shown = Arc::clone(&store.layer().tier.shown);
    store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let count = store.func_type(FuncAddr(0)).unwrap().params.len();
    store.invoke(FuncAddr(0), &vec![Value::from(0); count]).unwrap();
    let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
    let operations = operations(shown[&0].slots.clone());
    operations.iter().map(ToString::to_string).collect()
}

#[test]
fn twice() {
    let code = "(func $twice (param $a i32) (result i32)
        local.get $a local.get $a i32.add i32.const 1 i32.add)";
    assert_eq!(TWICE, slots(code));
}

#[test]
fn old() {
    let code = "(func $old (param $a i32) (result i32)
        local.get $a
        local.get $a i32.const 1 i32.add local.set $a
        local.get $a
        i32.mul)";
    assert_eq!(OLD, slots(code));
}

#[test]
fn swap() {
    let code = "(func $swap (param $a i32) (param $b i32) (result i32)
        local.get $a local.get $b local.set $a local.set $b
        local.get $a)";
    assert_eq!(SWAP, slots(code));
}
