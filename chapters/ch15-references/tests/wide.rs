//! Several memories and tables, and addresses of 64 bits.

use annex_embedding::{Engine, Error, Extern, Imports, InstanceAddr, Value};
use ch07_values::Trap;
use ch12_instance::StoreLimits;
use ch15_references::Store;
use trace::Counter;

fn single(text: &str) -> (Store, InstanceAddr) {
    let limits = StoreLimits {
        memory_bytes: 1 << 20,
        table_elements: 1000,
        ..StoreLimits::default()
    };
    let mut store = Store::new((), limits);
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    (store, instance)
}

fn call(
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Result<Vec<Value>, Error> {
    let function = store.export(instance, name).and_then(Extern::func).unwrap();
    store.invoke(function, arguments)
}

/// The result as a number, or the trap.
fn outcome(outcome: Result<Vec<Value>, Error>) -> Result<i64, Trap> {
    match outcome {
        Ok(results) => Ok(results
            .first()
            .map_or(0, |x| x.i64().or(x.i32().map(i64::from)).unwrap())),
        Err(error) => Err(error.trap().unwrap_or_else(|| panic!("{error}"))),
    }
}

const OUT: Result<i64, Trap> = Err(Trap::OutOfBoundsMemoryAccess);

#[test]
fn addresses_near_the_end_of_64_bits_do_not_wrap() {
    let (mut store, instance) = single(
        "(module
            (memory i64 1)
            (data (i64.const 0) \"\\01\\02\\03\\04\\05\\06\\07\\08\")
            (func (export \"load\") (param i64) (result i64) (i64.load (local.get 0)))
            (func (export \"load8\") (param i64) (result i64) (i64.load8_u offset=2 (local.get 0)))
            (func (export \"far\") (param i64) (result i64)
              (i64.load8_u offset=0xffff_ffff_ffff_fffe (local.get 0)))
            (func (export \"store\") (param i64)
              (i64.store offset=0xffff_ffff_ffff_fff9 (local.get 0) (i64.const -1)))
            (func (export \"fill\") (param i64 i64)
              (memory.fill (local.get 0) (i32.const 7) (local.get 1)))
            (func (export \"copy\") (param i64 i64 i64)
              (memory.copy (local.get 0) (local.get 1) (local.get 2))))",
    );
    let mut run = |name: &str, arguments: &[i64]| {
        let arguments: Vec<Value> =
            arguments.iter().map(|x| (*x).into()).collect();
        outcome(call(&mut store, instance, name, &arguments))
    };
    assert_eq!(run("load", &[0]), Ok(0x0807_0605_0403_0201));
    assert_eq!(run("load8", &[1]), Ok(4));
    for address in [-1, -2, -8, i64::MIN, i64::MAX, 65_529, 1 << 32] {
        assert_eq!(run("load", &[address]), OUT, "{address}");
    }
    for address in [-1, -2, 65_534] {
        assert_eq!(run("load8", &[address]), OUT, "{address}");
    }
    for address in [0, 2, 3, -1] {
        assert_eq!(run("far", &[address]), OUT, "{address}");
    }
    for address in [0, 7, 8, -1] {
        assert_eq!(run("store", &[address]), OUT, "{address}");
    }
    for (address, length) in
        [(0, -1), (-1, 1), (-1, 2), (1, -1), (65_536, 1), (0, 1 << 32)]
    {
        assert_eq!(run("fill", &[address, length]), OUT, "{address} {length}");
        assert_eq!(
            run("copy", &[address, 0, length]),
            OUT,
            "{address} {length}"
        );
        assert_eq!(
            run("copy", &[0, address, length]),
            OUT,
            "{address} {length}"
        );
    }
    assert_eq!(run("fill", &[65_536, 0]), Ok(0));
    assert_eq!(
        run("load", &[0]),
        Ok(0x0807_0605_0403_0201),
        "and nothing was written"
    );
}

#[test]
fn an_observer_does_not_change_where_a_wide_store_traps() {
    let mut store: Store<Counter> = Store::default();
    let module = "(module (memory i64 1)
        (func (export \"store\") (i32.store8 offset=2 (i64.const -1) (i32.const 7))))";
    let instance =
        store.instantiate(module.as_bytes(), &Imports::new()).unwrap();
    let function =
        store.export(instance, "store").and_then(Extern::func).unwrap();
    assert_eq!(outcome(store.invoke(function, &[])), OUT);
    assert_eq!(store.instructions(), Some(3));
}

#[test]
fn growing_answers_with_as_many_bits_as_an_address_has() {
    let (mut store, instance) = single(
        "(module
            (memory $wide i64 1 3)
            (memory $narrow 1 3)
            (memory $free i64 0)
            (table $t i64 1 3 funcref)
            (table $s 1 3 funcref)
            (func (export \"wide\") (param i64) (result i64) (memory.grow $wide (local.get 0)))
            (func (export \"free\") (param i64) (result i64) (memory.grow $free (local.get 0)))
            (func (export \"narrow\") (param i32) (result i32) (memory.grow $narrow (local.get 0)))
            (func (export \"t\") (param i64) (result i64)
              (table.grow $t (ref.null func) (local.get 0)))
            (func (export \"s\") (param i32) (result i32)
              (table.grow $s (ref.null func) (local.get 0)))
            (func (export \"sizes\") (result i64)
              (i64.add (i64.mul (memory.size $wide) (i64.const 10))
                (i64.extend_i32_u (memory.size $narrow)))))",
    );
    let mut run = |name: &str, argument: Value| {
        outcome(call(&mut store, instance, name, &[argument])).unwrap()
    };
    for name in ["wide", "t"] {
        let answers = [0, 3, -1, 1 << 32, i64::MAX, 1, 1, 1]
            .map(|by: i64| run(name, by.into()));
        assert_eq!(answers, [1, -1, -1, -1, -1, 1, 2, -1], "{name}");
    }
    for name in ["narrow", "s"] {
        let answers =
            [0, 3, -1, i32::MIN, 2, 1].map(|by: i32| run(name, by.into()));
        assert_eq!(answers, [1, -1, -1, -1, 1, -1], "{name}");
    }
    // 16 pages are all that this store has, and 6 are taken.
    assert_eq!([11, 10, 1].map(|by: i64| run("free", by.into())), [-1, 0, -1]);
    assert_eq!(outcome(call(&mut store, instance, "sizes", &[])), Ok(33));
}

#[test]
fn memories_of_different_addresses_are_copied_to_each_other() {
    let (mut store, instance) = single(
        "(module
            (memory $wide i64 1)
            (memory $narrow 1)
            (data $d \"abcdef\")
            (func (export \"init\") (memory.init $wide $d (i64.const 10) (i32.const 1) (i32.const 4)))
            (func (export \"there\") (param i32 i64 i32)
              (memory.copy $narrow $wide (local.get 0) (local.get 1) (local.get 2)))
            (func (export \"back\") (param i64 i32 i32)
              (memory.copy $wide $narrow (local.get 0) (local.get 1) (local.get 2)))
            (func (export \"narrow\") (param i32) (result i32) (i32.load8_u $narrow (local.get 0)))
            (func (export \"wide\") (param i64) (result i32) (i32.load8_u $wide (local.get 0))))",
    );
    let mut run = |name: &str, arguments: &[Value]| {
        outcome(call(&mut store, instance, name, arguments))
    };
    assert_eq!(run("init", &[]), Ok(0));
    assert_eq!(run("there", &[65_532.into(), 10_i64.into(), 4.into()]), Ok(0));
    assert_eq!(run("narrow", &[65_532.into()]), Ok(i64::from(b'b')));
    assert_eq!(run("narrow", &[65_535.into()]), Ok(i64::from(b'e')));
    assert_eq!(run("back", &[0_i64.into(), 65_535.into(), 1.into()]), Ok(0));
    assert_eq!(run("wide", &[0_i64.into()]), Ok(i64::from(b'e')));
    assert_eq!(run("there", &[65_533.into(), 10_i64.into(), 4.into()]), OUT);
    assert_eq!(run("there", &[0.into(), (-1_i64).into(), 4.into()]), OUT);
    assert_eq!(run("back", &[(-1_i64).into(), 0.into(), 1.into()]), OUT);
    assert_eq!(run("back", &[0_i64.into(), (-1).into(), (-1).into()]), OUT);
}

#[test]
fn tables_of_different_addresses_are_copied_to_each_other() {
    let (mut store, instance) = single(
        "(module
            (type $f (func (result i32)))
            (table $wide i64 4 funcref)
            (table $narrow 4 funcref)
            (elem $e func $one $two)
            (func $one (type $f) i32.const 1)
            (func $two (type $f) i32.const 2)
            (func (export \"init\") (table.init $wide $e (i64.const 2) (i32.const 0) (i32.const 2)))
            (func (export \"there\") (param i32 i64 i32)
              (table.copy $narrow $wide (local.get 0) (local.get 1) (local.get 2)))
            (func (export \"fill\") (param i64 i64)
              (table.fill $wide (local.get 0) (ref.null func) (local.get 1)))
            (func (export \"wide\") (param i64) (result i32)
              (call_indirect $wide (type $f) (local.get 0)))
            (func (export \"narrow\") (param i32) (result i32)
              (call_indirect $narrow (type $f) (local.get 0))))",
    );
    let mut run = |name: &str, arguments: &[Value]| {
        outcome(call(&mut store, instance, name, arguments))
    };
    assert_eq!(run("init", &[]), Ok(0));
    assert_eq!(run("wide", &[3_i64.into()]), Ok(2));
    assert_eq!(
        run("wide", &[(1_i64 << 32 | 3).into()]),
        Err(Trap::UndefinedElement)
    );
    assert_eq!(run("wide", &[(-1_i64).into()]), Err(Trap::UndefinedElement));
    assert_eq!(run("there", &[0.into(), 2_i64.into(), 2.into()]), Ok(0));
    assert_eq!(run("narrow", &[1.into()]), Ok(2));
    let out = Err(Trap::OutOfBoundsTableAccess);
    assert_eq!(run("there", &[0.into(), (-1_i64).into(), 2.into()]), out);
    assert_eq!(run("fill", &[(-1_i64).into(), 2_i64.into()]), out);
    assert_eq!(run("fill", &[2_i64.into(), (-1_i64).into()]), out);
    assert_eq!(run("narrow", &[2.into()]), Err(Trap::UninitializedElement));
}

#[test]
fn a_memory_or_table_beyond_a_limit_is_an_error_and_not_an_abort() {
    for text in [
        "(module (memory i64 0x1_0000_0000_0000))",
        "(module (memory i64 17))",
        "(module (memory 9) (memory 8))",
        "(module (table i64 0xffff_ffff_ffff_ffff funcref))",
        "(module (table i64 1001 funcref))",
        "(module (table 501 funcref) (table i64 500 funcref))",
    ] {
        let limits = StoreLimits {
            memory_bytes: 1 << 20,
            table_elements: 1000,
            ..StoreLimits::default()
        };
        let mut store: Store = Store::new((), limits);
        let error =
            store.instantiate(text.as_bytes(), &Imports::new()).unwrap_err();
        assert!(matches!(error, Error::Limit(_)), "{text}: {error}");
    }
}

#[test]
fn active_segments_of_wide_memories_are_placed_by_all_64_bits() {
    let instantiate = |text: &str| {
        let mut store: Store = Store::default();
        store.instantiate(text.as_bytes(), &Imports::new()).map(|_| Vec::new())
    };
    let outcome = |text: &str| outcome(instantiate(text));
    assert_eq!(
        outcome("(module (memory i64 1) (data (i64.const 65535) \"x\"))"),
        Ok(0)
    );
    assert_eq!(
        outcome(
            "(module (memory i64 1) (data (i64.const 0x1_0000_0000) \"x\"))"
        ),
        OUT
    );
    assert_eq!(
        outcome("(module (memory i64 1) (data (i64.const -1) \"xy\"))"),
        OUT
    );
    assert_eq!(outcome("(module (memory 1) (data (i32.const -1) \"\"))"), OUT);
    let table = |offset: &str| {
        format!(
            "(module (table i64 1 funcref) (func $f) (elem (i64.const {offset}) func $f))"
        )
    };
    assert_eq!(outcome(&table("0")), Ok(0));
    assert_eq!(
        outcome(&table("0x1_0000_0000")),
        Err(Trap::OutOfBoundsTableAccess)
    );
    assert_eq!(outcome(&table("-1")), Err(Trap::OutOfBoundsTableAccess));
}
