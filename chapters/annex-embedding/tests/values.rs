//! Values, their slots and their texts.

use std::collections::BTreeSet;

use annex_embedding::{
    FuncAddr, Handle, NULL, Referent, TagAddr, Value, function, function_of,
};
use annex_vector::V128;
use ch07_values::Number;
use ch09_module::{HeapType, RefType, ValType};

/// What a reference can refer to, the extremes of each kind.
fn referents() -> Vec<Referent> {
    let (first, last) = (Handle::new(0, 0), youngest());
    vec![
        Referent::Func(FuncAddr(0)),
        Referent::Func(FuncAddr(u32::MAX)),
        Referent::Host(0),
        Referent::Host(u32::MAX),
        Referent::I31(0),
        Referent::I31(0x7fff_ffff),
        Referent::Struct(first),
        Referent::Struct(last),
        Referent::Array(first),
        Referent::Array(last),
        Referent::Exn(first),
        Referent::Exn(last),
    ]
}

/// The last generation of the last place.
fn youngest() -> Handle {
    Handle::new(u32::MAX, Handle::GENERATIONS - 1)
}

fn nullable(heap: HeapType) -> ValType {
    ValType::Ref(RefType { nullable: true, heap })
}

#[test]
fn every_value_is_read_from_its_slot_as_it_was() {
    let mut values: Vec<Value> = vec![
        (-1_i32).into(),
        i64::MIN.into(),
        (-0.0_f32).into(),
        f64::INFINITY.into(),
        Value::Number(Number::F64(f64::from_bits(0x7ff0_dead_beef_0001))),
        Value::V128(V128(u128::MAX - 1)),
        Value::V128(V128(1)),
        Value::FuncRef(None),
        Value::ExternRef(None),
        Value::AnyRef(None),
        Value::ExnRef(None),
    ];
    for referent in referents() {
        values.push(Value::ExternRef(Some(referent)));
        values.push(match referent {
            Referent::Func(address) => Value::FuncRef(Some(address)),
            Referent::Exn(handle) => Value::ExnRef(Some(handle)),
            other => Value::AnyRef(Some(other)),
        });
    }
    for value in values {
        let halves = value.to_halves();
        let again = Value::from_halves(value.ty(), halves);
        assert_eq!(again.to_halves(), halves, "{value}");
        assert_eq!(again.to_string(), value.to_string());
    }
}

#[test]
fn only_a_vector_has_an_upper_half() {
    assert_eq!(Value::from(7).to_halves(), [7, 0]);
    assert_eq!(Value::from(-1).to_halves(), [0xffff_ffff, 0]);
    assert_eq!(Value::V128(V128(5 << 64 | 6)).to_halves(), [6, 5]);
    for referent in referents() {
        let halves = Value::ExternRef(Some(referent)).to_halves();
        assert_eq!(halves, [referent.to_slot(), 0]);
    }
    assert_eq!(Value::ExternRef(None).to_halves(), [NULL, 0]);
    assert_eq!(Value::from(7).to_slot(), 7);
}

#[test]
fn no_two_references_have_the_same_slot() {
    let slots: BTreeSet<u64> =
        referents().into_iter().map(Referent::to_slot).collect();
    assert_eq!(slots.len(), referents().len());
    assert!(!slots.contains(&NULL));
    for referent in referents() {
        assert_eq!(Referent::from_slot(referent.to_slot()), Some(referent));
    }
}

#[test]
fn a_function_is_one_more_than_its_address() {
    assert_eq!(function(FuncAddr(0)), 1);
    assert_eq!(function(FuncAddr(u32::MAX)), 1 << 32);
    assert_eq!(function_of(1), Some(FuncAddr(0)));
    assert_eq!(function_of(1 << 32), Some(FuncAddr(u32::MAX)));
    assert_eq!(function_of(NULL), None);
}

#[test]
fn only_references_have_a_referent() {
    for slot in [NULL, 6 << 56, u64::MAX] {
        assert_eq!(Referent::from_slot(slot), None, "{slot:#x}");
    }
    assert_eq!(Value::from(1).referent(), None);
    assert_eq!(Value::V128(V128(1)).referent(), None);
}

#[test]
fn a_null_slot_is_read_as_a_null_of_its_type() {
    for (heap, null) in [
        (HeapType::Func, Value::FuncRef(None)),
        (HeapType::NoFunc, Value::FuncRef(None)),
        (HeapType::Extern, Value::ExternRef(None)),
        (HeapType::NoExtern, Value::ExternRef(None)),
        (HeapType::Exn, Value::ExnRef(None)),
        (HeapType::NoExn, Value::ExnRef(None)),
        (HeapType::Any, Value::AnyRef(None)),
        (HeapType::None, Value::AnyRef(None)),
    ] {
        assert_eq!(Value::from_halves(nullable(heap), [NULL, 0]), null);
    }
}

#[test]
fn an_external_reference_stays_one_whatever_it_refers_to() {
    for referent in referents() {
        let slot = referent.to_slot();
        let value = Value::from_halves(nullable(HeapType::Extern), [slot, 0]);
        assert_eq!(value, Value::ExternRef(Some(referent)));
    }
}

#[test]
fn a_handle_tells_the_generations_of_a_place_apart() {
    let first = Handle::new(7, 0);
    let second = Handle::new(7, 1);
    assert_ne!(first, second);
    assert_eq!((second.index(), second.generation()), (7, 1));
    assert_eq!(Handle::new(7, Handle::GENERATIONS), first);
    let slot = Referent::Array(youngest()).to_slot();
    assert_eq!(Handle::of_slot(slot), youngest());
}

#[test]
fn addresses_count_from_zero() {
    assert_eq!(TagAddr::after::<u8>(&[]), TagAddr(0));
    assert_eq!(TagAddr::after(&[5, 6]), TagAddr(2));
    assert_eq!(TagAddr(2).index(), 2);
}

#[test]
fn a_number_is_given_out_only_as_its_own_type() {
    let value = Value::from(7);
    assert_eq!(value.i32(), Some(7));
    assert_eq!((value.i64(), value.f32(), value.f64()), (None, None, None));
    assert_eq!(Value::from(0.5).f64(), Some(0.5));
    assert_eq!(Value::FuncRef(None).i32(), None);
}

#[test]
fn a_value_is_written_with_its_type() {
    let struct_3 = Referent::Struct(Handle::new(3, 9));
    for (value, text) in [
        (7.into(), "i32 7"),
        (Value::FuncRef(Some(FuncAddr(3))), "funcref 3"),
        (Value::FuncRef(None), "funcref null"),
        (Value::ExternRef(Some(Referent::Host(3))), "externref 3"),
        (Value::ExternRef(Some(struct_3)), "externref struct 3"),
        (Value::AnyRef(Some(Referent::I31(0x7fff_ffff))), "anyref i31 -1"),
        (Value::AnyRef(Some(Referent::Func(FuncAddr(3)))), "anyref func 3"),
        (Value::ExnRef(Some(Handle::new(3, 9))), "exnref 3"),
    ] {
        assert_eq!(value.to_string(), text);
    }
}
