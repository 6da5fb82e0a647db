//! Tables: what they begin with, and which elements a copy takes; and which
//! bytes it takes from one memory to another.

use annex_embedding::{
    Engine, FuncAddr, Imports, InstanceAddr, Referent, Value,
};
use ch07_values::Trap;
use ch12_instance::Store;

fn call(
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
    arguments: &[i32],
) -> Vec<Value> {
    let arguments: Vec<Value> = arguments.iter().map(|n| (*n).into()).collect();
    store.call(instance, name, &arguments).unwrap()
}

/// The functions in an exported table, as numbers; -1 is null.
fn elements(store: &mut Store, instance: InstanceAddr, name: &str) -> Vec<i32> {
    let table =
        store.export(instance, name).and_then(|item| item.table()).unwrap();
    let size = store.table_size(table);
    assert_eq!(store.table_get(table, size), None, "past the end");
    let element = |index| match store.table_get(table, index) {
        Some(Value::FuncRef(Some(FuncAddr(address)))) => address as i32,
        Some(Value::FuncRef(None)) => -1,
        other => panic!("{other:?}"),
    };
    (0..size).map(element).collect()
}

#[test]
fn a_table_of_its_own_begins_with_its_value_and_an_imported_one_does_not() {
    let mut store = Store::default();
    let mut imports = Imports::new();
    let owner = r#"(module (table (export "t") 2 funcref))"#;
    let owner = store.instantiate(owner.as_bytes(), &imports).unwrap();
    imports.instance(&store, "owner", owner);
    let text = r#"(module
        (import "owner" "t" (table 2 funcref))
        (func $f) (func $g)
        (table (export "f") 2 funcref (ref.func $f))
        (table (export "none") 1 funcref)
        (table (export "g") 3 funcref (ref.func $g)))"#;
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    assert_eq!(elements(&mut store, owner, "t"), [-1, -1]);
    assert_eq!(elements(&mut store, instance, "f"), [0, 0]);
    assert_eq!(elements(&mut store, instance, "none"), [-1]);
    assert_eq!(elements(&mut store, instance, "g"), [1, 1, 1]);
}

#[test]
fn a_copy_takes_the_elements_from_the_second_place_to_the_first() {
    let text = r#"(module
        (func $0) (func $1) (func $2) (func $3) (func $4)
        (table $a (export "a") 5 funcref)
        (table $b (export "b") 5 funcref)
        (elem (table $b) (i32.const 0) func 0 1 2 3 4)
        (elem $s func 0 1 2 3 4)
        (func (export "copy") (param i32 i32 i32)
          (table.copy $a $b (local.get 0) (local.get 1) (local.get 2)))
        (func (export "within") (param i32 i32 i32)
          (table.copy $b $b (local.get 0) (local.get 1) (local.get 2)))
        (func (export "init") (param i32 i32 i32)
          (table.init $a $s (local.get 0) (local.get 1) (local.get 2)))
        (func (export "fill") (param i32 i32)
          (table.fill $a (local.get 0) (ref.func 4) (local.get 1))))"#;
    let mut store = Store::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    call(&mut store, instance, "copy", &[1, 3, 2]);
    assert_eq!(elements(&mut store, instance, "a"), [-1, 3, 4, -1, -1]);
    call(&mut store, instance, "init", &[4, 2, 1]);
    assert_eq!(elements(&mut store, instance, "a"), [-1, 3, 4, -1, 2]);
    call(&mut store, instance, "fill", &[2, 2]);
    assert_eq!(elements(&mut store, instance, "a"), [-1, 3, 4, 4, 2]);
    call(&mut store, instance, "within", &[0, 1, 3]);
    assert_eq!(elements(&mut store, instance, "b"), [1, 2, 3, 3, 4]);
    call(&mut store, instance, "within", &[2, 0, 3]);
    assert_eq!(elements(&mut store, instance, "b"), [1, 2, 1, 2, 3]);
}

#[test]
fn a_copy_within_a_table_that_ends_past_its_end_writes_nothing() {
    let text = r#"(module
        (func $0) (func $1) (func $2)
        (table (export "t") 3 funcref)
        (elem (i32.const 0) func 0 1 2)
        (func (export "copy") (param i32 i32 i32)
          (table.copy (local.get 0) (local.get 1) (local.get 2))))"#;
    let mut store = Store::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    for (to, from, length) in [(0, 1, 3), (1, 0, 3), (0, 4, 0), (4, 0, 0)] {
        let arguments = [to.into(), from.into(), length.into()];
        let error = store.call(instance, "copy", &arguments).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::OutOfBoundsTableAccess));
    }
    assert_eq!(elements(&mut store, instance, "t"), [0, 1, 2]);
}

#[test]
fn what_is_set_in_a_table_can_be_got_from_it() {
    let text = r#"(module
        (table 3 externref)
        (func (export "set") (param i32 externref)
          (table.set (local.get 0) (local.get 1)))
        (func (export "get") (param i32) (result externref)
          (table.get (local.get 0))))"#;
    let mut store: Store = Store::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let seven = Value::ExternRef(Some(Referent::Host(7)));
    store.call(instance, "set", &[1.into(), seven]).unwrap();
    let mut get = |index: i32| store.call(instance, "get", &[index.into()]);
    let null = Value::ExternRef(None);
    for (index, element) in [(0, null), (1, seven), (2, null)] {
        assert_eq!(get(index).unwrap(), [element]);
    }
    let trap = get(3).unwrap_err().trap();
    assert_eq!(trap, Some(Trap::OutOfBoundsTableAccess));
}

#[test]
fn a_copy_between_memories_takes_the_bytes_from_the_second_to_the_first() {
    let text = r#"(module
        (memory $a (export "a") 1)
        (memory $b (export "b") 1)
        (data (memory $b) (i32.const 0) "abcdef")
        (func (export "copy") (param i32 i32 i32)
          (memory.copy $a $b (local.get 0) (local.get 1) (local.get 2))))"#;
    let mut store = Store::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    call(&mut store, instance, "copy", &[1, 3, 2]);
    let memory =
        store.export(instance, "a").and_then(|item| item.memory()).unwrap();
    assert_eq!(&store.memory(memory)[..5], b"\0de\0\0");
}
