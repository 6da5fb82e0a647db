//! Modules and embedders that mean no good: whatever they ask for, the answer
//! is a value, a trap or an error.

use std::thread;

use annex_embedding::{Engine, Error, Imports, InstanceAddr, Value};
use ch07_values::Trap;
use ch09_module::{AddressType, Limits, MemoryType, RefType, TableType};
use ch12_instance::Store;

/// A store with an instance of a text that imports nothing.
fn alone(text: &str) -> (Store, InstanceAddr) {
    let mut store = Store::default();
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    (store, instance)
}

fn call(
    store: &mut Store,
    instance: InstanceAddr,
    name: &str,
    arguments: &[Value],
) -> Result<Vec<Value>, Error> {
    let function =
        store.export(instance, name).and_then(|item| item.func()).unwrap();
    store.invoke(function, arguments)
}

/// What a function `run` without parameters ends in, in a module of these
/// fields.
fn run(fields: &str) -> Result<Vec<Value>, Error> {
    let (mut store, instance) = alone(&format!("(module {fields})"));
    call(&mut store, instance, "run", &[])
}

fn trap<T>(outcome: Result<T, Error>) -> Option<Trap> {
    outcome.err().and_then(|error| error.trap())
}

/// Runs a test on a thread with this many bytes of stack.
fn on_stack(bytes: usize, test: fn()) {
    thread::Builder::new()
        .stack_size(bytes)
        .spawn(test)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn a_recursion_across_two_instances_ends_in_a_trap() {
    on_stack(2 << 20, || {
        let mut store: Store = Store::default();
        let mut imports = Imports::new();
        // The two know each other by a table that they share.
        let ping = r#"(module
            (type $step (func (param i32) (result i32)))
            (table (export "steps") 2 funcref)
            (elem (i32.const 0) $ping)
            (func $ping (export "ping") (type $step)
              (call_indirect (type $step) (i32.add (local.get 0) (i32.const 1)) (i32.const 1))))"#;
        let first = store.instantiate(ping.as_bytes(), &imports).unwrap();
        imports.instance(&store, "first", first);
        let pong = r#"(module
            (type $step (func (param i32) (result i32)))
            (import "first" "steps" (table 2 funcref))
            (import "first" "ping" (func $ping (type $step)))
            (elem (i32.const 1) $pong)
            (func $pong (type $step) (block (result i32) (call $ping (local.get 0)))))"#;
        store.instantiate(pong.as_bytes(), &imports).unwrap();
        for _ in 0..2 {
            let error =
                call(&mut store, first, "ping", &[0.into()]).unwrap_err();
            assert_eq!(error.trap(), Some(Trap::CallStackExhausted), "{error}");
        }
    });
}

#[test]
fn ten_thousand_nested_blocks_run() {
    on_stack(2 << 20, || {
        for (open, close) in
            [("block", "end"), ("loop", "end"), ("i32.const 1 if", "end")]
        {
            let nested = |depth: usize, inside: &str| {
                let (open, close) = (
                    format!("{open}\n").repeat(depth),
                    format!("{close}\n").repeat(depth),
                );
                run(&format!("(func (export \"run\") {open} {inside} {close})"))
            };
            assert_eq!(nested(10_000, "nop").unwrap(), [], "{open}");
            assert_eq!(nested(10_000, "return").unwrap(), [], "{open}");
            assert_eq!(nested(10_000, "br 10000").unwrap(), [], "{open}");
            assert_eq!(
                trap(nested(10_000, "unreachable")),
                Some(Trap::Unreachable),
                "{open}"
            );
            if open == "block" {
                assert_eq!(
                    trap(nested(200_000, "nop")),
                    Some(Trap::CallStackExhausted)
                );
            }
        }
    });
}

#[test]
fn a_module_that_needs_too_much_is_refused() {
    let refused = |text: &str| {
        let error = Store::<()>::default()
            .instantiate(text.as_bytes(), &Imports::new());
        error.unwrap_err().to_string()
    };
    assert_eq!(
        refused("(module (table 4294967295 funcref))"),
        "the table needs 4294967295 elements; the limit is 10000000"
    );
    assert_eq!(
        refused("(module (table 2 funcref) (table 9999999 funcref))"),
        "the table needs 9999999 elements; the limit is 10000000 and 2 are in \
         use"
    );
    assert_eq!(
        refused("(module (memory i64 0x1_0000_0000_0000))"),
        "the memory needs 18446744073709551616 bytes; the limit is 68719476736"
    );
    let mut store: Store = Store::default();
    for min in [10_000_001, 1 << 32, 1 << 48] {
        let (address, limits) = (AddressType::I64, Limits { min, max: None });
        let memory = store.add_memory(MemoryType::new(address, limits));
        assert!(matches!(memory, Err(Error::Limit(_))), "{memory:?}");
        let table = store.add_table(TableType {
            address,
            limits,
            element: RefType::FUNCREF,
        });
        assert!(matches!(table, Err(Error::Limit(_))), "{table:?}");
    }
}

#[test]
fn four_gigabytes_are_had() {
    let text = r#"(module
        (memory (export "memory") 65536)
        (func (export "last") (result i32) (i32.load8_u (i32.const -1)))
        (func (export "past") (result i32) (i32.load16_u (i32.const -1)))
        (func (export "grow") (result i32) (memory.grow (i32.const 1))))"#;
    // They are promised here, and not touched.
    let (mut store, instance) = alone(text);
    assert_eq!(call(&mut store, instance, "last", &[]).unwrap(), [0.into()]);
    assert_eq!(
        trap(call(&mut store, instance, "past", &[])),
        Some(Trap::OutOfBoundsMemoryAccess)
    );
    assert_eq!(
        call(&mut store, instance, "grow", &[]).unwrap(),
        [Value::from(-1)]
    );
}

#[test]
fn growth_past_a_limit_is_minus_one_and_changes_nothing() {
    let text = r#"(module
        (memory 1 3)
        (table 1 3 externref)
        (func (export "memory") (param i32) (result i32 i32)
          (memory.grow (local.get 0)) (memory.size))
        (func (export "table") (param i32) (result i32 i32)
          (table.grow (ref.null extern) (local.get 0)) (table.size)))"#;
    for kind in ["memory", "table"] {
        let (mut store, instance) = alone(text);
        for (by, before, after) in
            [(3, -1, 1), (-1, -1, 1), (2, 1, 3), (1, -1, 3), (0, 3, 3)]
        {
            let results =
                call(&mut store, instance, kind, &[by.into()]).unwrap();
            assert_eq!(
                results,
                [before.into(), after.into()],
                "{kind} by {by}"
            );
        }
    }
}

#[test]
fn locals_past_the_end_of_the_stack_are_a_trap() {
    let many = |count: usize| {
        let locals = "i64 ".repeat(count);
        run(&format!("(func $f (export \"run\") (local {locals}) (call $f))"))
    };
    assert_eq!(trap(many(1)), Some(Trap::CallStackExhausted));
    assert_eq!(trap(many(50_000)), Some(Trap::CallStackExhausted));
}

#[test]
fn an_operand_stack_that_is_full_is_a_trap() {
    let push = "i64.const 0\n".repeat(1_000);
    let body = format!(
        "(func $f (export \"run\") {push} (call $f) {})",
        "drop\n".repeat(1_000)
    );
    assert_eq!(trap(run(&body)), Some(Trap::CallStackExhausted));
}

#[test]
fn a_store_goes_on_after_a_trap() {
    let (mut store, instance) = alone(
        r#"(module
            (func $deep (export "deep") (call $deep))
            (func (export "seven") (param i32) (result i32) (local.get 0)))"#,
    );
    for _ in 0..3 {
        let outcome = call(&mut store, instance, "deep", &[]);
        assert_eq!(trap(outcome), Some(Trap::CallStackExhausted));
        let results = call(&mut store, instance, "seven", &[7.into()]);
        assert_eq!(results.unwrap(), [7.into()]);
    }
}
