//! Structures and arrays in the hands of the embedder.

use annex_embedding::{Engine, Imports, Value};
use ch07_values::Trap;
use ch09_module::{CompositeType, HeapType, RefType, TypeIdx, V128, ValType};
use ch12_instance::StoreLimits;
use ch18_heap::Store;

/// The types of this text have the numbers 0 to 3 in the store.
const TEXT: &str = r#"(module
    (type $pair (struct (field (mut i8)) (field i64)))
    (type $bytes (array (mut i16)))
    (type $vectors (array (mut v128)))
    (type $list (array (mut anyref)))
    (func (export "garbage") (param i32)
        (loop
            (drop (array.new_default $bytes (i32.const 100)))
            (br_if 0
                (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))"#;
const PAIR: TypeIdx = TypeIdx(0);
const BYTES: TypeIdx = TypeIdx(1);
const VECTORS: TypeIdx = TypeIdx(2);
const LIST: TypeIdx = TypeIdx(3);

fn store(heap_bytes: u64) -> Store {
    let limits = StoreLimits { heap_bytes, ..StoreLimits::default() };
    let mut store = Store::new((), limits);
    store.instantiate(TEXT.as_bytes(), &Imports::new()).unwrap();
    store
}

#[test]
fn a_structure_keeps_its_fields_as_narrow_as_they_are() {
    let mut store = store(1 << 20);
    let ty = store.type_definition(PAIR);
    assert!(matches!(ty, Some(CompositeType::Struct(_))));
    let pair = store.make_object(PAIR, &[0x1ff.into(), 2_i64.into()]).unwrap();
    assert_eq!(store.type_of(pair), Some(PAIR));
    assert_eq!(store.object_len(pair).unwrap(), 2);
    assert_eq!(store.object_get(pair, 0).unwrap(), 0xff.into());
    assert_eq!(store.object_get(pair, 1).unwrap(), 2_i64.into());
    store.object_set(pair, 0, 7.into()).unwrap();
    assert_eq!(store.object_get(pair, 0).unwrap(), 7.into());
    let error = store.object_set(pair, 1, 3_i64.into()).unwrap_err();
    assert_eq!(error.to_string(), "item 1 can't be written");
    assert!(store.object_set(pair, 0, 3_i64.into()).is_err());
    let error = store.object_get(pair, 2).unwrap_err();
    assert_eq!(error.to_string(), "there is no field 2");
    let error = store.make_object(PAIR, &[1.into()]).unwrap_err().to_string();
    assert_eq!(error, "there are 1 values for a structure of 2");
    assert!(store.make_object(PAIR, &[1.into(), 2.into()]).is_err());
    assert!(store.make_array(PAIR, 1.into(), 2).is_err());
    assert!(store.make_object(TypeIdx(99), &[]).is_err());
}

#[test]
fn an_array_has_as_many_elements_as_are_asked_for() {
    let mut store = store(1 << 20);
    let bytes = store.make_array(BYTES, 0x1_0005.into(), 3).unwrap();
    assert_eq!(store.object_len(bytes).unwrap(), 3);
    store.object_set(bytes, 2, 9.into()).unwrap();
    let all: Vec<Value> =
        (0..3).map(|at| store.object_get(bytes, at).unwrap()).collect();
    assert_eq!(all, [5.into(), 5.into(), 9.into()]);
    let error = store.object_get(bytes, 3).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::OutOfBoundsArrayAccess));
    assert!(store.object_set(bytes, u32::MAX, 1.into()).is_err());
    let vector = Value::V128(V128(3 << 64 | 4));
    let vectors = store.make_object(VECTORS, &[vector, vector]).unwrap();
    assert_eq!(store.object_get(vectors, 1).unwrap(), vector);
    store.object_set(vectors, 0, Value::V128(V128(5 << 64))).unwrap();
    let first = store.object_get(vectors, 0).unwrap();
    assert_eq!(first, Value::V128(V128(5 << 64)));
    let empty = store.make_array(BYTES, 0.into(), 0).unwrap();
    assert_eq!(store.object_len(empty).unwrap(), 0);
    assert!(store.make_array(BYTES, 1_i64.into(), 0).is_err());
    for none in [Value::AnyRef(None), 1.into(), Value::FuncRef(None)] {
        assert!(store.object_len(none).is_err());
        assert!(store.object_get(none, 0).is_err());
        assert!(store.object_set(none, 0, 0.into()).is_err());
    }
}

#[test]
fn what_the_embedder_has_stays_until_it_lets_go() {
    let mut store = store(1 << 16);
    let inner = store.make_array(BYTES, 7.into(), 100).unwrap();
    let list = store.make_array(LIST, inner, 2).unwrap();
    store.release(inner);
    for _ in 0..1_000 {
        let other = store.make_array(BYTES, 8.into(), 100).unwrap();
        store.release(other);
    }
    // It is there because the list refers to it.
    assert_eq!(store.object_get(list, 1).unwrap(), inner);
    assert_eq!(store.object_get(inner, 99).unwrap(), 7.into());
    store.release(inner);
    store.release(list);
    for _ in 0..1_000 {
        let other = store.make_array(BYTES, 8.into(), 100).unwrap();
        store.release(other);
    }
    assert!(store.object_len(list).is_err(), "it is gone");
    let any = RefType { nullable: true, heap: HeapType::Any };
    assert!(!store.is_of(list, ValType::Ref(any)));
}

#[test]
fn what_a_new_object_refers_to_outlives_the_collection_before_it() {
    let mut store = store(1 << 14);
    for _ in 0..1_000 {
        let inner = store.make_array(BYTES, 7.into(), 100).unwrap();
        // Nothing refers to it but the values that it's handed over in.
        store.release(inner);
        let list = store.make_object(LIST, &[inner]).unwrap();
        assert_eq!(store.object_get(inner, 99).unwrap(), 7.into());
        store.release(list);
    }
}

#[test]
fn what_is_too_large_is_a_trap_at_once() {
    let mut store = store(1 << 16);
    for length in [u32::MAX, 1 << 24, 1 << 16] {
        let error = store.make_array(BYTES, 0.into(), length).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::OutOfHeap));
    }
    assert!(store.make_array(BYTES, 0.into(), 1 << 14).is_ok());
}

#[test]
fn types_match_as_the_standard_says() {
    let store = store(1 << 16);
    let ty = |nullable, heap| ValType::Ref(RefType { nullable, heap });
    let pair = HeapType::Concrete(PAIR);
    assert!(store.matches(ty(false, pair), ty(true, HeapType::Struct)));
    assert!(!store.matches(ty(true, pair), ty(false, HeapType::Struct)));
    assert!(!store.matches(ty(false, HeapType::Struct), ty(false, pair)));
}
