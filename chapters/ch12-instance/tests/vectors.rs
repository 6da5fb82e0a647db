//! A vector arrives whole, whichever way it goes: its upper half moves with its
//! slot.

use annex_embedding::{Engine, Extern, HostFunction, Imports, Value};
use ch09_module::{FuncType, GlobalType, V128, ValType};
use ch12_instance::Store;

const MODULE: &str = r#"(module
  (import "host" "swap" (func $swap (param v128 i64 v128) (result v128 i64 v128)))
  (import "host" "given" (global $given v128))
  (global $kept (export "kept") (mut v128) (global.get $given))

  (func (export "branch") (param i32 v128 v128) (result v128 i32)
    (block $out (result v128 i32)
      (v128.const i32x4 9 9 9 9)
      (v128.const i32x4 8 8 8 8)
      (local.get 1)
      (i32.const 7)
      (br_if $out (local.get 0))
      (drop) (drop)
      (drop) (drop)
      (local.get 2)
      (i32.const 6)))

  (func (export "select") (param v128 v128 i32) (result v128)
    (select (local.get 0) (local.get 1) (local.get 2)))

  (func $fresh (result v128) (local v128) (local i32)
    (local.get 0)
    (local.set 0 (v128.const i32x4 5 5 5 5)))
  (func (export "fresh") (result v128 v128)
    (call $fresh) (call $fresh))

  (func (export "keep") (param v128) (result v128)
    (global.get $kept)
    (global.set $kept (local.get 0)))

  (func (export "swap") (param v128 v128) (result v128 i64 v128)
    (call $swap (local.get 0) (i64.const 3) (local.get 1)))

  (func (export "set") (param v128) (result v128)
    (local v128)
    (local.set 1 (local.get 0))
    (local.get 1))

  (memory 1)
  (memory $second 1)
  (func (export "memory") (param v128 v128) (result v128 v128)
    (v128.store $second offset=2 (i32.const 6) (local.get 0))
    (v128.store64_lane $second offset=3 1 (i32.const 5) (local.get 1))
    (v128.load $second offset=1 (i32.const 7))
    (v128.load64_lane $second offset=8 0 (i32.const 8) (local.get 1)))
  (func (export "lanes") (param v128 v128) (result v128 i64 v128)
    (i64x2.add (local.get 0) (local.get 1))
    (i64x2.extract_lane 1 (local.get 1))
    (i8x16.shuffle 0 1 2 3 4 5 6 7 24 25 26 27 28 29 30 31
      (local.get 0) (local.get 1)))

  (func (export "tee") (param v128) (result v128 v128)
    (local v128)
    (local.tee 1 (local.get 0))
    (local.get 1)))
"#;

const ONE: Value = Value::V128(V128(1 << 64 | 0xaaaa));
const TWO: Value = Value::V128(V128(2 << 64 | 0xbbbb));
const ZERO: Value = Value::V128(V128(0));

/// A vector of two halves.
fn both(lower: u64, upper: u64) -> Value {
    Value::V128(V128::from_halves(lower, upper))
}

/// A store with the module, and what calls it.
fn instance() -> impl FnMut(&str, &[Value]) -> Vec<Value> {
    let mut store: Store = Store::default();
    let mut imports = Imports::new();
    let i64 = Value::from(0_i64).ty();
    let types: [ValType; 3] = [ValType::V128, i64, ValType::V128];
    let ty = FuncType { params: types.into(), results: types.into() };
    let swap = store.add_function(HostFunction::dynamic(ty, |_, values| {
        Ok(vec![values[2], values[1], values[0]])
    }));
    imports.define("host", "swap", Extern::Func(swap));
    let ty = GlobalType { content: ValType::V128, mutable: false };
    let given = store.add_global(ty, ONE).unwrap();
    imports.define("host", "given", Extern::Global(given));
    let instance = store.instantiate(MODULE.as_bytes(), &imports).unwrap();
    move |name, arguments| {
        let function =
            store.export(instance, name).and_then(|item| item.func()).unwrap();
        store.invoke(function, arguments).unwrap()
    }
}

#[test]
fn a_branch_keeps_both_halves() {
    let mut call = instance();
    assert_eq!(call("branch", &[1.into(), ONE, TWO]), [ONE, 7.into()]);
    assert_eq!(call("branch", &[0.into(), ONE, TWO]), [TWO, 6.into()]);
}

#[test]
fn select_takes_both_halves() {
    let mut call = instance();
    assert_eq!(call("select", &[ONE, TWO, 1.into()]), [ONE]);
    assert_eq!(call("select", &[ONE, TWO, 0.into()]), [TWO]);
}

#[test]
fn a_local_is_zero_in_both_halves() {
    let mut call = instance();
    assert_eq!(call("fresh", &[]), [ZERO, ZERO]);
    assert_eq!(call("tee", &[ONE]), [ONE, ONE]);
    assert_eq!(call("fresh", &[]), [ZERO, ZERO]);
}

#[test]
fn a_local_is_set_in_both_halves() {
    let mut call = instance();
    assert_eq!(call("set", &[ONE]), [ONE]);
    assert_eq!(call("set", &[TWO]), [TWO]);
}

#[test]
fn vectors_go_to_a_memory_and_come_from_it() {
    let mut call = instance();
    // The upper half of `TWO` is stored over the lower one of `ONE`.
    let expected = [both(2, 1), both(1, 2)];
    assert_eq!(call("memory", &[ONE, TWO]), expected);
}

#[test]
fn lanes_are_computed_with_and_picked() {
    let mut call = instance();
    let (sum, mixed) = (both(0xaaaa + 0xbbbb, 1 + 2), both(0xaaaa, 2));
    assert_eq!(call("lanes", &[ONE, TWO]), [sum, 2_i64.into(), mixed]);
}

#[test]
fn a_global_keeps_both_halves() {
    let mut call = instance();
    assert_eq!(call("keep", &[TWO]), [ONE]);
    assert_eq!(call("keep", &[ONE]), [TWO]);
}

#[test]
fn a_host_function_takes_and_gives_vectors() {
    let mut call = instance();
    assert_eq!(call("swap", &[ONE, TWO]), [TWO, 3_i64.into(), ONE]);
}

#[test]
fn the_first_vector_may_come_from_the_host() {
    let mut store: Store = Store::default();
    let mut imports = Imports::new();
    let ty = FuncType { params: [].into(), results: [ValType::V128].into() };
    let make =
        store.add_function(HostFunction::dynamic(ty, |_, _| Ok(vec![TWO])));
    imports.define("host", "make", Extern::Func(make));
    let text = r#"(module
      (import "host" "make" (func $make (result v128)))
      (func (export "make") (result v128) (call $make)))"#;
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    let function =
        store.export(instance, "make").and_then(|item| item.func()).unwrap();
    assert_eq!(store.invoke(function, &[]).unwrap(), [TWO]);
}
