//! What the embedder does to a store besides calling it.

use std::cell::RefCell;
use std::rc::Rc;

use annex_embedding::{
    Engine, Error, Extern, HostFunction, Imports, InstanceAddr, MemAddr,
    TableAddr, TagAddr, Value,
};
use ch07_values::{NumType, Trap};
use ch09_module::{
    AddressType, CompositeType, FuncType, GlobalType, Limits, MemoryType,
    Module, RefType, TableType, TypeIdx, ValType,
};
use ch12_instance::{Growth, Limiter, Store, StoreLimits};

const TEXT: &str = r#"(module
    (memory (export "m") 1 3)
    (table (export "t") 2 4 funcref)
    (global (export "g") (mut i64) (i64.const 5))
    (tag (export "e") (param i32))
    (func (export "f") (param i32 i64) (result i64 i32)
        (local.get 1) (local.get 0))
    (func (export "trap") (param i32) (unreachable))
    (func (export "grow") (param i32) (result i32)
        (memory.grow (local.get 0))))"#;

fn program(text: &str) -> (Store, InstanceAddr) {
    let mut store = Store::<()>::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    (store, instance)
}

fn item(program: &(Store, InstanceAddr), name: &str) -> Extern {
    program.0.export(program.1, name).unwrap()
}

#[test]
fn types_are_those_of_now() {
    let mut it = program(TEXT);
    let memory = item(&it, "m").memory().unwrap();
    let table = item(&it, "t").table().unwrap();
    let global = item(&it, "g").global().unwrap();
    let tag = item(&it, "e").tag().unwrap();
    assert_eq!(it.0.grow_memory(memory, 1).unwrap(), 1);
    let ty = it.0.memory_type(memory).unwrap();
    assert_eq!(ty.limits, Limits { min: 2, max: Some(3) });
    assert_eq!(it.0.grow_table(table, 1, Value::FuncRef(None)).unwrap(), 2);
    let ty = it.0.table_type(table).unwrap();
    assert_eq!(ty.limits, Limits { min: 3, max: Some(4) });
    let content = ValType::Num(NumType::I64);
    let ty = GlobalType { content, mutable: true };
    assert_eq!(it.0.global_type(global), Some(ty));
    let params: &[_] = &[ValType::Num(NumType::I32)];
    assert_eq!(&*it.0.tag_type(tag).unwrap().params, params);
    assert_eq!(it.0.memory_type(MemAddr(9)), None);
    assert_eq!(it.0.table_type(TableAddr(9)), None);
    assert_eq!(it.0.tag_type(TagAddr(9)), None);
}

#[test]
fn what_cannot_grow_stays_as_it_was() {
    let mut it = program(TEXT);
    let memory = item(&it, "m").memory().unwrap();
    let table = item(&it, "t").table().unwrap();
    for pages in [3, u64::MAX] {
        assert!(it.0.grow_memory(memory, pages).is_err());
    }
    for elements in [3, u64::MAX] {
        let null = Value::FuncRef(None);
        assert!(it.0.grow_table(table, elements, null).is_err());
    }
    assert_eq!(it.0.memory(memory).len(), 1 << 16);
    assert_eq!(it.0.table_size(table), 2);
    let error = it.0.grow_memory(MemAddr(9), 1).unwrap_err();
    assert_eq!(error.to_string(), "there is no memory 9");
    let null = Value::FuncRef(None);
    let error = it.0.grow_table(TableAddr(9), 1, null).unwrap_err();
    assert_eq!(error.to_string(), "there is no table 9");
}

#[test]
fn memories_and_tables_grow_within_what_the_store_may_have() {
    let mut store: Store = Store::new(
        (),
        StoreLimits {
            memory_bytes: 3 << 16,
            table_elements: 3,
            ..StoreLimits::default()
        },
    );
    let one = Limits { min: 1, max: None };
    let memory = MemoryType::new(AddressType::I32, one);
    let table = TableType {
        address: AddressType::I32,
        limits: one,
        element: RefType::FUNCREF,
    };
    let (first, second) =
        (store.add_memory(memory).unwrap(), store.add_memory(memory).unwrap());
    assert!(store.grow_memory(first, 2).is_err());
    assert_eq!(store.grow_memory(first, 1).unwrap(), 1);
    assert!(store.grow_memory(second, 1).is_err());
    let null = Value::FuncRef(None);
    let (first, second) =
        (store.add_table(table).unwrap(), store.add_table(table).unwrap());
    assert!(store.grow_table(first, 2, null).is_err());
    assert_eq!(store.grow_table(first, 1, null).unwrap(), 1);
    assert!(store.grow_table(second, 1, null).is_err());
}

#[test]
fn elements_are_set_if_they_fit() {
    let mut it = program(TEXT);
    let table = item(&it, "t").table().unwrap();
    let f = Value::FuncRef(item(&it, "f").func());
    it.0.table_set(table, 1, f).unwrap();
    assert_eq!(it.0.table_get(table, 1), Some(f));
    assert_eq!(it.0.table_get(table, 0), Some(Value::FuncRef(None)));
    it.0.grow_table(table, 1, f).unwrap();
    assert_eq!(it.0.table_get(table, 2), Some(f));
    assert!(it.0.table_set(table, 3, f).is_err());
    assert!(it.0.table_set(table, u64::MAX, f).is_err());
    for wrong in [1.into(), Value::ExternRef(None)] {
        let error = it.0.table_set(table, 0, wrong).unwrap_err().to_string();
        assert!(error.starts_with("a table of funcref can't hold"), "{error}");
        assert!(it.0.grow_table(table, 1, wrong).is_err());
    }
}

#[test]
fn a_limiter_is_asked_and_may_refuse() {
    let (mut store, instance) = program(TEXT);
    let asked = Rc::new(RefCell::new(Vec::new()));
    let notes = Rc::clone(&asked);
    store.set_limiter(Limiter(Some(Box::new(move |growth| {
        notes.borrow_mut().push(growth);
        !matches!(
            growth,
            Growth::Memory { desired: 0x3_0000, .. }
                | Growth::Table { desired: 4, .. }
        )
    }))));
    let memory = store.export(instance, "m").unwrap().memory().unwrap();
    let table = store.export(instance, "t").unwrap().table().unwrap();
    assert_eq!(
        store.call(instance, "grow", &[2.into()]).unwrap(),
        [(-1).into()]
    );
    assert_eq!(store.call(instance, "grow", &[1.into()]).unwrap(), [1.into()]);
    assert!(store.grow_memory(memory, 1).is_err());
    assert!(store.grow_table(table, 2, Value::FuncRef(None)).is_err());
    assert_eq!(store.grow_table(table, 1, Value::FuncRef(None)).unwrap(), 2);
    for text in ["(module (memory 3))", "(module (table 4 funcref))"] {
        let error = store.instantiate(text.as_bytes(), &Imports::new());
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("the limiter refuses"), "{error}");
    }
    let memory = |current, desired, maximum| Growth::Memory {
        current,
        desired,
        maximum,
    };
    let table =
        |current, desired, maximum| Growth::Table { current, desired, maximum };
    let (page, most) = (1 << 16, Some(3 << 16));
    let all = [
        memory(page, 3 * page, most),
        memory(page, 2 * page, most),
        memory(2 * page, 3 * page, most),
        table(2, 4, Some(4)),
        table(2, 3, Some(4)),
        memory(0, 3 * page, None),
        table(0, 4, None),
    ];
    assert_eq!(*asked.borrow(), all);
}

#[test]
fn a_call_on_slots_finds_its_results_there() {
    let mut it = program(TEXT);
    let f = item(&it, "f").func().unwrap();
    let mut slots = [7, 8, 9];
    it.0.invoke_on_slots(f, &mut slots).unwrap();
    assert_eq!(slots, [8, 7, 9]);
    let error = it.0.invoke_on_slots(f, &mut slots[..1]).unwrap_err();
    assert_eq!(error.to_string(), "there are too few slots");
    let none = annex_embedding::FuncAddr(99);
    assert!(it.0.invoke_on_slots(none, &mut slots).is_err());
    let trap = item(&it, "trap").func().unwrap();
    let error = it.0.invoke_on_slots(trap, &mut slots).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::Unreachable));
    it.0.invoke_on_slots(f, &mut slots).unwrap();
    assert_eq!(slots, [7, 8, 9]);
}

#[test]
fn a_call_back_on_slots_is_limited_like_any_other() {
    let mut store: Store =
        Store::new((), StoreLimits { calls: 100, ..StoreLimits::default() });
    let mut imports = Imports::new();
    let numbers = ValType::Num(NumType::I32);
    let ty =
        FuncType { params: Box::new([numbers]), results: Box::new([numbers]) };
    let again = HostFunction::dynamic(ty, move |caller, values| {
        let run = caller.export("run").and_then(Extern::func);
        let run = run.ok_or("there is no `run`")?;
        let mut slots = [values[0].to_slot()];
        caller.engine().invoke_on_slots(run, &mut slots)?;
        Ok(vec![Value::from_halves(numbers, [slots[0], 0])])
    });
    let again = store.add_function(again);
    imports.define("h", "again", Extern::Func(again));
    let text = r#"(module (import "h" "again" (func $f (param i32) (result i32)))
        (func (export "run") (param i32) (result i32)
            (if (result i32) (local.get 0)
                (then (i32.add (i32.const 2)
                    (call $f (i32.sub (local.get 0) (i32.const 1)))))
                (else (i32.const 0)))))"#;
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    let ten = store.call(instance, "run", &[10.into()]).unwrap();
    assert_eq!(ten, [20.into()]);
    let error = store.call(instance, "run", &[1000.into()]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
    let ten = store.call(instance, "run", &[10.into()]).unwrap();
    assert_eq!(ten, [20.into()], "what the calls have taken is given back");
}

#[test]
fn imports_may_be_given_by_their_places() {
    let text = r#"(module (import "a" "x" (global $g i32))
        (import "a" "x" (global $h i32))
        (func (export "f") (result i32)
            (i32.sub (global.get $g) (global.get $h))))"#;
    let mut store = Store::<()>::default();
    let content = ValType::Num(NumType::I32);
    let ty = GlobalType { content, mutable: false };
    let items = [7, 5].map(|number| {
        Some(Extern::Global(store.add_global(ty, number.into()).unwrap()))
    });
    let module = || Module::from_bytes(text.as_bytes()).unwrap();
    let instance = store.instantiate_with(module(), &items).unwrap();
    assert_eq!(store.call(instance, "f", &[]).unwrap(), [2.into()]);
    for items in [&items[..1], &[items[0], None]] {
        let error = store.instantiate_with(module(), items).unwrap_err();
        assert!(matches!(error, Error::Link(_)), "{error}");
    }
}

#[test]
fn this_chapter_has_no_objects() {
    let (mut store, _) = program("(module (type (struct)) (func))");
    let null = Value::AnyRef(None);
    assert!(store.make_object(TypeIdx(0), &[]).is_err());
    assert!(store.make_array(TypeIdx(0), null, 1).is_err());
    assert!(store.object_len(null).is_err());
    assert!(store.object_get(null, 0).is_err());
    assert!(store.object_set(null, 0, null).is_err());
    assert_eq!(store.type_of(null), None);
    let ty = store.type_definition(TypeIdx(0));
    assert!(matches!(ty, Some(CompositeType::Struct(_))));
    assert_eq!(store.type_definition(TypeIdx(9)), None);
}
