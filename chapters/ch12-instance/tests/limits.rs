//! What memories and tables may have together, and what segments leave behind.

use annex_embedding::{Engine, Error, Imports, InstanceAddr, Value};
use ch07_values::Trap;
use ch09_module::{
    AddressType, Bytes, FEATURES, Limits, MemoryType, Module, RefType,
    TableType, WasmFeatures,
};
use ch12_instance::{Store, StoreLimits};

/// A store with an instance of a text that imports nothing, under limits and
/// with pages of one byte.
fn within(limits: StoreLimits, text: &str) -> (Store, InstanceAddr) {
    let features = FEATURES.union(WasmFeatures::CUSTOM_PAGE_SIZES);
    let mut store = Store::new((), limits).with_features(features);
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    (store, instance)
}

fn call(
    (store, instance): &mut (Store, InstanceAddr),
    name: &str,
    arguments: &[Value],
) -> Result<Vec<Value>, Error> {
    let function = store.export(*instance, name).and_then(|item| item.func());
    store.invoke(function.unwrap(), arguments)
}

#[test]
fn the_default_limits_of_a_store() {
    let expected = StoreLimits {
        memory_bytes: 64 << 30,
        table_elements: 10_000_000,
        heap_bytes: 4 << 30,
        operands: 1_048_576,
        calls: 10_000,
        labels: 120_000,
        fuel: None,
    };
    assert_eq!(StoreLimits::default(), expected);
}

#[test]
fn constant_expressions_leave_nothing_on_the_operand_stack() {
    let limits = StoreLimits { operands: 2, ..StoreLimits::default() };
    let globals = "(global i32 (i32.add (i32.const 1) (i32.const 2)))";
    let text = format!(
        "(module {} (func (export \"f\") (result i32) (global.get 9)))",
        globals.repeat(10)
    );
    let mut program = within(limits, &text);
    assert_eq!(call(&mut program, "f", &[]).unwrap(), [3.into()]);
}

#[test]
fn arguments_that_find_no_room_are_an_error_that_says_what_the_limit_is() {
    let limits = StoreLimits { operands: 2, ..StoreLimits::default() };
    let text = r#"(module (func (export "f") (param i32 i32 i32)))"#;
    let arguments = [1.into(), 2.into(), 3.into()];
    let error = call(&mut within(limits, text), "f", &arguments).unwrap_err();
    let expected = "the call needs 3 operands; the limit is 2";
    assert_eq!(error.to_string(), expected);
}

/// A memory of two pages is 131,072 bytes, and one of two bytes is two.
#[test]
fn memories_share_a_limit_whatever_their_pages() {
    let limits =
        StoreLimits { memory_bytes: 2 * 65_536 + 5, ..StoreLimits::default() };
    let mut program = within(
        limits,
        r#"(module
            (memory $large 1) (memory $small 3 (pagesize 1))
            (func (export "large") (param i32) (result i32)
                (memory.grow $large (local.get 0)))
            (func (export "small") (param i32) (result i32)
                (memory.grow $small (local.get 0))))"#,
    );
    let mut grow = |name, pages: i32| {
        call(&mut program, name, &[pages.into()]).unwrap()[0].i32().unwrap()
    };
    assert_eq!(grow("large", 2), -1);
    assert_eq!(grow("small", 65_539), -1);
    assert_eq!(grow("large", 1), 1);
    assert_eq!(grow("small", 3), -1);
    assert_eq!(grow("small", 2), 3);
    assert_eq!(grow("small", 1), -1);
    assert_eq!(grow("large", 0), 2);

    let (mut store, _) = program;
    let refused = store.instantiate(b"(module (memory 1))", &Imports::new());
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the memory needs 65536 bytes; the limit is 131077 and 131077 are in \
         use"
    );
}

#[test]
fn tables_share_a_limit() {
    let limits = StoreLimits { table_elements: 5, ..StoreLimits::default() };
    let mut program = within(
        limits,
        r#"(module
            (table $a 1 funcref) (table $b i64 2 externref)
            (func (export "a") (param i32) (result i32)
                (table.grow $a (ref.null func) (local.get 0)))
            (func (export "b") (param i32) (result i32)
                (i32.wrap_i64
                    (table.grow $b
                        (ref.null extern) (i64.extend_i32_s (local.get 0))))))"#,
    );
    let mut grow = |name, count: i32| {
        call(&mut program, name, &[count.into()]).unwrap()[0].i32().unwrap()
    };
    assert_eq!((grow("a", 3), grow("a", 1)), (-1, 1));
    assert_eq!((grow("b", 2), grow("b", 1)), (-1, 2));
    assert_eq!((grow("a", 1), grow("b", 0)), (-1, 3));
}

/// Its functions would belong to the instance that comes next.
#[test]
fn a_module_that_is_refused_leaves_nothing_behind() {
    let limits = StoreLimits {
        memory_bytes: 65_536,
        table_elements: 5,
        ..StoreLimits::default()
    };
    let mut store: Store = Store::new((), limits);
    let imports = Imports::new();
    let text = b"(module (table 5 funcref) (memory 1) (memory 1) (func))";
    let refused = store.instantiate(text, &imports);
    assert!(matches!(refused, Err(Error::Limit(_))), "{refused:?}");
    let data = store.data();
    assert_eq!(data.functions.len(), 0);
    assert_eq!((data.tables.len(), data.memories.len()), (0, 0));
    let text = b"(module (table 5 funcref) (memory 1))";
    store.instantiate(text, &imports).unwrap();
}

#[test]
fn a_memory_is_imported_with_its_own_page_size() {
    let features = FEATURES.union(WasmFeatures::CUSTOM_PAGE_SIZES);
    let mut store = Store::<()>::default().with_features(features);
    let small = b"(module (memory (export \"m\") 65536 (pagesize 1)))";
    let instance = store.instantiate(small, &Imports::new()).unwrap();
    let mut imports = Imports::new();
    imports.instance(&store, "a", instance);
    let mut import = |ty: &str| {
        let text = format!("(module (import \"a\" \"m\" (memory {ty})))");
        store.instantiate(text.as_bytes(), &imports)
    };
    assert!(import("65536 (pagesize 1)").is_ok());
    let error = import("1").unwrap_err();
    assert!(matches!(error, Error::Link(_)), "{error}");
}

#[test]
fn active_segments_are_empty_afterwards() {
    let mut program = within(
        StoreLimits::default(),
        r#"(module
            (memory 1) (table 4 funcref)
            (data $active (i32.const 0) "abc") (data $passive "abc")
            (elem $placed (i32.const 0) $f) (elem $kept func $f)
            (elem $declared declare func $f)
            (func $f)
            (func (export "active data") (param i32)
                (memory.init $active
                    (i32.const 8) (i32.const 0) (local.get 0)))
            (func (export "passive data") (param i32)
                (memory.init $passive
                    (i32.const 8) (i32.const 0) (local.get 0)))
            (func (export "active elements") (param i32)
                (table.init $placed
                    (i32.const 1) (i32.const 0) (local.get 0)))
            (func (export "passive elements") (param i32)
                (table.init $kept
                    (i32.const 1) (i32.const 0) (local.get 0)))
            (func (export "declared elements") (param i32)
                (table.init $declared
                    (i32.const 1) (i32.const 0) (local.get 0))))"#,
    );
    let mut copy = |name, count: i32| {
        let outcome = call(&mut program, name, &[count.into()]);
        outcome.err().map(|error| error.trap().unwrap())
    };
    let memory = Some(Trap::OutOfBoundsMemoryAccess);
    let table = Some(Trap::OutOfBoundsTableAccess);
    for (name, trap) in [
        ("active data", memory),
        ("passive data", None),
        ("active elements", table),
        ("passive elements", None),
        ("declared elements", table),
    ] {
        assert_eq!((copy(name, 0), copy(name, 1)), (None, trap), "{name}");
    }
}

#[test]
fn the_embedder_makes_only_what_is_of_a_valid_type() {
    let mut store = Store::<()>::default();
    let limits = |min, max| Limits { min, max };
    for (address, limits) in [
        (AddressType::I32, limits(3, Some(2))),
        (AddressType::I64, limits(3, Some(2))),
        (AddressType::I32, limits(1 << 32, None)),
        (AddressType::I32, limits(0, Some(1 << 32))),
    ] {
        let memory = store.add_memory(MemoryType::new(address, limits));
        assert!(matches!(memory, Err(Error::Call(_))), "{memory:?}");
        let element = RefType::FUNCREF;
        let table = store.add_table(TableType { address, limits, element });
        assert!(matches!(table, Err(Error::Call(_))), "{table:?}");
    }
    let odd = MemoryType {
        page_size: 3,
        ..MemoryType::new(AddressType::I32, limits(1, None))
    };
    assert_eq!(
        store.add_memory(odd).unwrap_err().to_string(),
        "the memory type 1 (pagesize 3) is not valid"
    );
}

#[test]
fn an_instance_keeps_shared_bytes_for_its_functions_and_passive_segments() {
    let active = "(memory (export \"m\") 1) (data (i32.const 1) \"abc\")";
    let passive = "(memory (export \"m\") 1) (data \"abc\")";
    let function =
        "(memory (export \"m\") 1) (func (export \"load\") (result i32)
        (i32.load8_u (i32.const 2)))
        (data (i32.const 1) \"abc\")";
    for (text, keeps) in [(active, false), (passive, true), (function, true)] {
        let bytes = Bytes::from(wat::parse_str(text).unwrap());
        let module = Module::from_shared(bytes.clone(), FEATURES).unwrap();
        let mut store = Store::<()>::default();
        let instance = store.instantiate_module(module, &Imports::new());
        let instance = instance.unwrap();
        assert_eq!(!bytes.is_unique(), keeps, "{text}");
        let memory = store.export(instance, "m").and_then(|item| item.memory());
        let placed = &store.memory(memory.unwrap())[..4];
        let expected = if text == passive { b"\0\0\0\0" } else { b"\0abc" };
        assert_eq!(placed, expected, "{text}");
        if text == function {
            let called = call(&mut (store, instance), "load", &[]);
            assert_eq!(called.unwrap()[0].i32(), Some(b'b'.into()));
        }
    }
}

#[test]
fn an_instance_whose_values_cant_be_had_has_all_its_parts() {
    let mut store = Store::<()>::default();
    let text = r#"(module
      (type $s (struct))
      (table 1 funcref)
      (memory 1)
      (global $first (mut i32) (i32.const 7))
      (global $second (ref null $s) (struct.new $s))
      (global $third (mut i32) (i32.const 9))
      (elem $e func)
      (data $d "abc")
      (func (export "f") (result i32)
        (table.init $e (i32.const 0) (i32.const 0) (i32.const 0))
        (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))
        (i32.add (global.get $first) (global.get $third))))"#;
    store.instantiate(text.as_bytes(), &Imports::new()).unwrap_err();
    let next = r#"(module (global (export "g") i32 (i32.const 1)))"#;
    let next = store.instantiate(next.as_bytes(), &Imports::new()).unwrap();
    // Somebody guesses the address of the first one.
    let guessed = InstanceAddr(0);
    let results = store.call(guessed, "f", &[]).unwrap();
    assert_eq!(results, [7.into()]);
    let global = store.export(next, "g").and_then(|item| item.global());
    assert_eq!(store.global(global.unwrap()), Some(1.into()));
}
