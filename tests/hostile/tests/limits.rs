//! Each limit can be set, and holds to the last page, element, level, operand and instruction, on each of our engines.

use annex_embedding::{
    Engine, Error, Extern, FuncAddr, HostFunction, Imports, InstanceAddr, Value,
};
use ch07_values::{NumType, Trap};
use ch09_module::{
    AddressType, FEATURES, FuncType, Limits, MemoryType, RefType, TableType, ValType,
};
use ch12_instance::StoreLimits;
use engines::{EngineRow, ours};

/// A store with an instance of a module.
struct Program {
    store: Box<dyn Engine>,
    instance: InstanceAddr,
}

impl Program {
    /// An instance under limits.
    fn new(engine: &EngineRow, limits: StoreLimits, text: &str) -> Program {
        let limits = StoreLimits { fuel: Some(u64::MAX), ..limits };
        let mut store = (engine.make)(FEATURES, limits);
        let instance = store.instantiate(text.as_bytes(), &Imports::new());
        Program { store, instance: instance.unwrap_or_else(|error| panic!("{error}")) }
    }

    fn function(&self, name: &str) -> FuncAddr {
        self.store.export(self.instance, name).unwrap().func().unwrap()
    }

    fn call(&mut self, name: &str, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        let function = self.function(name);
        self.store.invoke(function, arguments)
    }

    /// The only result, an `i32`.
    fn i32(&mut self, name: &str, argument: i32) -> Result<i32, Trap> {
        match self.call(name, &[argument.into()]) {
            Ok(results) => Ok(results[0].i32().unwrap()),
            Err(error) => Err(error.trap().unwrap_or_else(|| panic!("{error}"))),
        }
    }
}

/// Why a module cannot be instantiated under limits.
fn refused(engine: &EngineRow, limits: StoreLimits, text: &str) -> String {
    let mut store = (engine.make)(FEATURES, limits);
    let error = store.instantiate(text.as_bytes(), &Imports::new()).unwrap_err();
    assert!(matches!(error, Error::Limit(_)), "{error}");
    error.to_string()
}

fn limits() -> StoreLimits {
    StoreLimits::default()
}

#[test]
fn memory_at_first() {
    for engine in ours() {
        let pages = |pages: u64| StoreLimits { memory_bytes: pages * 65_536, ..limits() };
        Program::new(engine, pages(3), "(module (memory 3))");
        Program::new(engine, pages(3), "(module (memory i64 1) (memory 2 100))");
        for text in [
            "(module (memory 4))",
            "(module (memory i64 4))",
            "(module (memory 2) (memory 2))",
            "(module (memory 65536))",
            "(module (memory i64 0x1_0000_0000_0000))",
        ] {
            assert!(
                refused(engine, pages(3), text).contains("memory"),
                "{}",
                refused(engine, pages(3), text)
            );
        }
        // Less than a page is no page.
        refused(engine, StoreLimits { memory_bytes: 65_535, ..limits() }, "(module (memory 1))");
    }
}

#[test]
fn memory_that_grows() {
    for engine in ours() {
        let text = r#"(module
        (memory $a 1) (memory $b i64 0)
        (func (export "a") (param i32) (result i32) (memory.grow $a (local.get 0)))
        (func (export "b") (param i32) (result i32)
            (i32.wrap_i64 (memory.grow $b (i64.extend_i32_s (local.get 0))))))"#;
        let mut program =
            Program::new(engine, StoreLimits { memory_bytes: 5 * 65_536, ..limits() }, text);
        let mut grow = |name, pages| program.i32(name, pages).unwrap();
        assert_eq!(grow("a", 1), 1);
        assert_eq!(grow("b", 4), -1);
        assert_eq!(grow("b", 3), 0);
        assert_eq!(grow("b", 1), -1);
        assert_eq!(grow("a", 1), -1);
        assert_eq!(grow("a", -1), -1);
        assert_eq!(grow("b", -1), -1);
        assert_eq!(grow("a", 0), 2);
    }
}

#[test]
fn tables_at_first_and_tables_that_grow() {
    for engine in ours() {
        let ten = StoreLimits { table_elements: 10, ..limits() };
        Program::new(engine, ten, "(module (table 4 funcref) (table i64 6 externref))");
        for text in [
            "(module (table 11 funcref))",
            "(module (table i64 0xffff_ffff_ffff_ffff externref))",
            "(module (table 5 funcref) (table 6 funcref))",
        ] {
            assert!(refused(engine, ten, text).contains("table"), "{}", refused(engine, ten, text));
        }
        let text = r#"(module
        (table $a 4 funcref) (table $b i64 0 externref)
        (func (export "a") (param i32) (result i32)
            (table.grow $a (ref.null func) (local.get 0)))
        (func (export "b") (param i32) (result i32)
            (i32.wrap_i64
                (table.grow $b (ref.null extern) (i64.extend_i32_s (local.get 0))))))"#;
        let mut program = Program::new(engine, ten, text);
        let mut grow = |name, count| program.i32(name, count).unwrap();
        assert_eq!(grow("a", 1), 4);
        assert_eq!(grow("b", 6), -1);
        assert_eq!(grow("b", 5), 0);
        assert_eq!(grow("a", 1), -1);
        assert_eq!(grow("b", -1), -1);
        assert_eq!(grow("a", 0), 5);
    }
}

/// The embedder's own tables and memories count, too.
#[test]
fn memories_and_tables_of_the_embedder_count_too() {
    for engine in ours() {
        let limits = StoreLimits { memory_bytes: 2 * 65_536, table_elements: 10, ..limits() };
        let mut store = (engine.make)(FEATURES, limits);
        let size = |min| Limits { min, max: None };
        let memory = |min| MemoryType::new(AddressType::I32, size(min));
        let table = |min| TableType {
            address: AddressType::I32,
            limits: size(min),
            element: RefType::FUNCREF,
        };
        assert!(store.add_memory(memory(1)).is_ok());
        assert!(matches!(store.add_memory(memory(2)), Err(Error::Limit(_))));
        assert!(store.add_memory(memory(1)).is_ok());
        assert!(store.add_table(table(6)).is_ok());
        assert!(matches!(store.add_table(table(5)), Err(Error::Limit(_))));
        assert!(store.add_table(table(4)).is_ok());
    }
}

/// Calls and labels are limited by numbers, which are the same in every build.
#[test]
fn calls_and_labels() {
    for engine in ours() {
        let text = r#"(module
        (func $plain (export "plain") (param i32) (result i32)
            local.get 0
            i32.eqz
            if
                i32.const 7
                return
            end
            local.get 0
            i32.const 1
            i32.sub
            call $plain)
        (func $nested (export "nested") (param i32) (result i32)
            block (result i32)
                loop (result i32)
                    i32.const 1
                    if (result i32)
                        (if (result i32) (i32.eqz (local.get 0))
                            (then (i32.const 7))
                            (else (call $nested (i32.sub (local.get 0) (i32.const 1)))))
                    else
                        unreachable
                    end
                end
            end))"#;
        for calls in [1, 10, 1_000, 12_345] {
            let mut program = Program::new(engine, StoreLimits { calls, ..limits() }, text);
            for name in ["plain", "nested"] {
                assert_eq!(program.i32(name, calls as i32 - 1), Ok(7), "{name}, {calls}");
                let outcome = program.i32(name, calls as i32);
                assert_eq!(outcome, Err(Trap::CallStackExhausted), "{name}, {calls}");
                // And it can be called again.
                assert_eq!(program.i32(name, 0), Ok(7));
            }
        }
        // The body of `plain` nests one block deep, that of `nested` four.
        for (name, depth) in [("plain", 1), ("nested", 4)] {
            for calls in [1, 10, 1_000] {
                let labels = depth * calls + depth - 1;
                let mut program = Program::new(engine, StoreLimits { labels, ..limits() }, text);
                assert_eq!(program.i32(name, calls as i32 - 1), Ok(7), "{name}, {labels}");
                let outcome = program.i32(name, calls as i32);
                assert_eq!(outcome, Err(Trap::CallStackExhausted), "{name}, {labels}");
            }
        }
        let mut program = Program::new(engine, StoreLimits { calls: 0, ..limits() }, text);
        assert_eq!(program.i32("plain", 0), Err(Trap::CallStackExhausted));
    }
}

/// Whatever it nests in, a runaway recursion ends in a trap: nobody catches it, and the native stack suffices.
#[test]
fn runaway_recursion() {
    for engine in ours() {
        let text = r#"(module
        (type $f (func (param i32) (result i32)))
        (table 1 1 funcref)
        (elem (i32.const 0) func $handlers)
        (func $blocks (export "blocks") (param i32) (result i32)
            (block (result i32) (loop (result i32) (call $blocks (local.get 0)))))
        (func $handlers (export "handlers") (param i32) (result i32)
            (block
                (try_table (catch_all 0)
                    (try_table (catch_all 1)
                        (drop (call_indirect (type $f) (local.get 0) (i32.const 0))))))
            (i32.const 7))
        (func $reference (export "reference") (param i32) (result i32)
            (if (result i32) (i32.const 1)
                (then (call_ref $f (local.get 0) (ref.func $reference)))
                (else (unreachable))))
        (func $inner (export "inner") (param i32) (result i32) (call $outer (local.get 0)))
        (func $outer (export "outer") (param i32) (result i32)
            (drop (call $inner (local.get 0)))
            (return_call $outer (local.get 0))))"#;
        let mut program = Program::new(engine, limits(), text);
        for name in ["blocks", "handlers", "reference", "inner", "outer"] {
            assert_eq!(program.i32(name, 0), Err(Trap::CallStackExhausted), "{name}");
        }
    }
}

/// A constant expression is no call, but what is bulk in it takes fuel.
#[test]
fn constant_expressions_take_fuel_where_they_are_bulk() {
    for engine in ours() {
        let limits = StoreLimits { calls: 0, fuel: Some(99), ..limits() };
        let instantiate = |length: u32| {
            let mut store = (engine.make)(FEATURES, limits);
            let text = format!(
                "(module (type $a (array i8))
               (global (ref $a) (array.new_default $a (i32.const {length}))))"
            );
            let outcome = store.instantiate(text.as_bytes(), &Imports::new());
            (outcome.map_err(|error| error.trap()), store.fuel())
        };
        assert_eq!(instantiate(99), (Ok(InstanceAddr(0)), Some(0)));
        assert_eq!(instantiate(100), (Err(Some(Trap::OutOfFuel)), Some(99)));
    }
}

#[test]
fn operands() {
    for engine in ours() {
        let consts = |count: usize| "i32.const 1 ".repeat(count);
        let text = |count: usize| {
            let drops = "drop ".repeat(count - 1);
            format!(
                r#"(module (func (export "f") (param i32) (result i32) {} {drops}))"#,
                consts(count)
            )
        };
        // One is the parameter.
        let hundred = StoreLimits { operands: 100, ..limits() };
        assert_eq!(Program::new(engine, hundred, &text(99)).i32("f", 0), Ok(1));
        assert_eq!(
            Program::new(engine, hundred, &text(100)).i32("f", 0),
            Err(Trap::CallStackExhausted)
        );
        // Locals.
        let locals = |count: usize| {
            let locals = "i64 ".repeat(count);
            format!(
                r#"(module (func (export "f") (param i32) (result i32) (local {locals}) i32.const 1))"#
            )
        };
        assert_eq!(Program::new(engine, hundred, &locals(98)).i32("f", 0), Ok(1));
        assert_eq!(
            Program::new(engine, hundred, &locals(99)).i32("f", 0),
            Err(Trap::CallStackExhausted)
        );
        assert_eq!(
            Program::new(engine, hundred, &locals(49_999)).i32("f", 0),
            Err(Trap::CallStackExhausted)
        );
    }
}

/// More arguments or results than there are operands, of the code's functions and of the host's.
#[test]
fn arguments_and_results_are_operands() {
    for engine in ours() {
        let five = |ty: &str| format!("({ty} i32 i32 i32 i32 i32)");
        let ones = "i32.const 1 ".repeat(5);
        let text = format!(
            r#"(module
            (import "host" "five" (func $five {params} {results}))
            (export "host" (func $five))
            (func (export "none") {params})
            (func (export "some") {results} {ones})
            (func (export "both") {params} {results} {ones} call $five))"#,
            params = five("param"),
            results = five("result"),
        );
        for operands in 0..12 {
            let mut store = (engine.make)(FEATURES, StoreLimits { operands, ..limits() });
            let mut imports = Imports::new();
            let five: Box<[ValType]> = [ValType::Num(NumType::I32); 5].into();
            let ty = FuncType { params: five.clone(), results: five };
            let host = HostFunction::dynamic(ty, |_, arguments| Ok(arguments.to_vec()));
            let host = store.add_function(host);
            imports.define("host", "five", Extern::Func(host));
            let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
            for (name, needs, count) in
                [("host", 5, 5), ("none", 5, 5), ("some", 5, 0), ("both", 10, 5)]
            {
                let function = store.export(instance, name).unwrap().func().unwrap();
                let arguments = vec![1.into(); count];
                let outcome = store.invoke(function, &arguments);
                match outcome {
                    Ok(results) => {
                        assert!(operands >= needs, "{name} with {operands} operands");
                        assert!(results.iter().all(|result| *result == 1.into()));
                    }
                    // The arguments alone are too many.
                    Err(Error::Limit(_)) => assert!(operands < count),
                    Err(error) => {
                        assert_eq!(error.trap(), Some(Trap::CallStackExhausted), "{error}");
                        assert!((count..needs).contains(&operands), "{name}, {operands}: {error}");
                    }
                }
            }
        }
    }
}

#[test]
fn fuel() {
    for engine in ours() {
        let text = r#"(module
        (func (export "for ever") (loop br 0))
        (func $f (export "calls") (call $f))
        (func $g (export "tail calls") (return_call $g))
        (tag $tag)
        (func (export "catches") (loop (block (try_table (catch $tag 0) (throw $tag))) br 0))
        (memory 1)
        (func $nothing)
        (func (export "three") (call $nothing) (call $nothing) (block (br 0)))
        (func (export "loops") (param i32)
            (loop
                (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))
                br_if 0))
        (func (export "fills") (param i32)
            (memory.fill (i32.const 0) (i32.const 0) (local.get 0))))"#;
        let mut program = Program::new(engine, limits(), text);
        let exhausted = |outcome: Result<Vec<Value>, Error>| {
            let error = outcome.unwrap_err();
            assert_eq!(error.trap(), Some(Trap::OutOfFuel));
            assert!(error.to_string().contains("all fuel consumed"), "{error}");
        };
        let mut with = |fuel, name| {
            program.store.set_fuel(fuel);
            let (name, argument) = name;
            let arguments: &[Value] = match argument {
                Some(argument) => &[Value::from(argument)],
                None => &[],
            };
            let outcome = program.call(name, arguments);
            (outcome, program.store.fuel().unwrap())
        };
        let with_i32 = |name, argument: i32| (name, Some(argument));
        for name in ["for ever", "tail calls", "catches"] {
            let (outcome, left) = with(100_000, (name, None));
            exhausted(outcome);
            assert_eq!(left, 0);
        }
        let (outcome, _) = with(5_000, ("calls", None));
        exhausted(outcome);
        // One for each call, one for each branch to a loop, one for each byte.
        for (needs, call) in
            [(3, ("three", None)), (10, with_i32("loops", 10)), (1 + 500, with_i32("fills", 500))]
        {
            let (outcome, left) = with(needs, call);
            assert_eq!((outcome.unwrap().len(), left), (0, 0), "{call:?}");
            exhausted(with(needs - 1, call).0);
            let (outcome, left) = with(needs + 6, call);
            assert_eq!((outcome.unwrap().len(), left), (0, 6), "{call:?}");
        }
        // A start function has no more than others.
        let mut store = (engine.make)(FEATURES, StoreLimits { fuel: Some(1_000), ..limits() });
        exhausted(
            store
                .instantiate(b"(module (func $f (loop br 0)) (start $f))", &Imports::new())
                .map(|_| Vec::new()),
        );
    }
}

#[test]
fn heap() {
    for engine in ours() {
        let text = r#"(module
        (type $bytes (array (mut i8)))
        (type $list (struct (field (ref null $list)) (field (ref null $bytes))))
        (func (export "one") (param i32) (result i32)
            (array.len (array.new_default $bytes (local.get 0))))
        (func (export "garbage") (param i32) (result i32)
            (loop
                (drop (array.new_default $bytes (i32.const 1000)))
                (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))
                br_if 0)
            (i32.const 7))
        (func (export "list") (param i32) (result i32) (local (ref null $list))
            (loop
                (local.set 1
                    (struct.new $list
                        (local.get 1)
                        (array.new_default $bytes (i32.const 1000))))
                (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))
                br_if 0)
            (i32.const 7)))"#;
        let mut program =
            Program::new(engine, StoreLimits { heap_bytes: 1 << 20, ..limits() }, text);
        assert_eq!(program.i32("one", 1_000_000), Ok(1_000_000));
        for too_large in [2_000_000, i32::MAX, -1] {
            assert_eq!(program.i32("one", too_large), Err(Trap::OutOfHeap), "{too_large}");
        }
        assert_eq!(program.i32("garbage", 10_000), Ok(7));
        assert_eq!(program.i32("list", 800), Ok(7));
        assert_eq!(program.i32("list", 2_000), Err(Trap::OutOfHeap));
        // What filled it is garbage now.
        assert_eq!(program.i32("list", 800), Ok(7));
    }
}
