//! An allocator that refuses. When a module asks for much by a number, that is an error, a trap or -1; and the process lives.
//!
//! `cargo test --release -p hostile --test refused` is the one that counts: the optimiser may take an allocation away that nobody
//! uses, and the question whether it can be had with it.

use std::alloc::System;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use annex_embedding::{Engine, Error, Imports, InstanceAddr, Value};
use cap::Cap;
use ch07_values::Trap;
use ch09_module::{FEATURES, Module, ModuleError};
use ch12_instance::StoreLimits;
use engines::{EngineRow, ours};
use wasm_encoder::{CodeSection, Function, FunctionSection, TypeSection, ValType};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

const MIB: usize = 1 << 20;

/// All tests share the allocator, so only one of them may run.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does some work while the allocator has only this many bytes left.
fn with_left<T>(left: usize, work: impl FnOnce() -> T) -> T {
    ALLOCATOR.set_limit(ALLOCATOR.allocated() + left).unwrap();
    let outcome = work();
    ALLOCATOR.set_limit(usize::MAX).unwrap();
    outcome
}

/// A store with an instance of a module.
struct Program {
    store: Box<dyn Engine>,
    instance: InstanceAddr,
}

impl Program {
    fn new(engine: &EngineRow, text: &str) -> Result<Program, Error> {
        Program::with_operands(engine, 1_000, text)
    }

    fn with_operands(engine: &EngineRow, operands: usize, text: &str) -> Result<Program, Error> {
        let limits = StoreLimits { operands, ..StoreLimits::default() };
        let mut store = (engine.make)(FEATURES, limits);
        let instance = store.instantiate(text.as_bytes(), &Imports::new())?;
        Ok(Program { store, instance })
    }

    /// The only result, an `i32`, or the trap.
    fn call(&mut self, name: &str, argument: i32) -> Result<i32, Trap> {
        let function = self.store.export(self.instance, name).unwrap().func().unwrap();
        match self.store.invoke(function, &[Value::from(argument)]) {
            Ok(results) => Ok(results[0].i32().unwrap()),
            Err(error) => Err(error.trap().unwrap_or_else(|| panic!("{error}"))),
        }
    }
}

/// Asserts that a module can be instantiated, unless the allocator has only this many bytes left.
fn is_refused(engine: &EngineRow, text: &str, left: usize) {
    let program = Program::new(engine, text);
    assert!(program.is_ok(), "{text}: {}", program.err().unwrap());
    drop(program);
    let error = with_left(left, || Program::new(engine, text).err());
    let error = error.unwrap_or_else(|| panic!("{text} was not refused"));
    assert!(matches!(error, Error::Limit(_)), "{text}: {error}");
    assert!(error.to_string().ends_with("more than the system can give"), "{error}");
}

#[test]
fn memories_at_first() {
    let _alone = alone();
    for engine in ours() {
        is_refused(engine, "(module (memory 1024))", 16 * MIB);
        is_refused(engine, "(module (memory 1) (memory i64 1024 2048))", 16 * MIB);
        // Forty gigabytes: no test can tell whether there are so many.
        let error =
            with_left(16 * MIB, || Program::new(engine, "(module (memory i64 600000))").err());
        assert!(matches!(error, Some(Error::Limit(_))), "{error:?}");
    }
}

#[test]
fn tables_at_first() {
    let _alone = alone();
    for engine in ours() {
        is_refused(engine, "(module (table 10000000 funcref))", 16 * MIB);
        is_refused(engine, "(module (table 1 funcref) (table i64 4000000 externref))", 16 * MIB);
    }
}

/// Memories and tables that grow. The argument is a number of pages or of elements.
const GROWS: &str = r#"(module
    (memory 1024) (table 4000000 funcref)
    (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "table") (param i32) (result i32)
        (table.grow (ref.null func) (local.get 0))))"#;

#[test]
fn a_memory_or_table_that_cannot_grow_keeps_its_size() {
    let _alone = alone();
    for engine in ours() {
        for (name, size, count) in [("memory", 1_024, 2_000), ("table", 4_000_000, 5_000_000)] {
            let mut program = Program::new(engine, GROWS).unwrap();
            assert_eq!(with_left(8 * MIB, || program.call(name, count)), Ok(-1), "{name}");
            assert_eq!(program.call(name, 0), Ok(size), "{name}");
            assert_eq!(program.call(name, count), Ok(size), "{name}");
            assert_eq!(program.call(name, 0), Ok(size + count), "{name}");
        }
    }
}

/// Growing asks for more than it needs, and not in vain where just enough can be had.
#[test]
fn a_growth_that_just_fits_is_granted() {
    let _alone = alone();
    for engine in ours() {
        for (name, size, left) in [("memory", 1_024, 65_536), ("table", 4_000_000, 8)] {
            let mut program = Program::new(engine, GROWS).unwrap();
            let slack = 10_000;
            assert_eq!(with_left(slack, || program.call(name, 10_000)), Ok(-1), "{name}");
            assert_eq!(with_left(slack + left, || program.call(name, 1)), Ok(size), "{name}");
        }
    }
}

#[test]
fn arrays() {
    let _alone = alone();
    for engine in ours() {
        let text = r#"(module
        (type $bytes (array (mut i8)))
        (type $longs (array i64))
        (func (export "bytes") (param i32) (result i32)
            (array.len (array.new_default $bytes (local.get 0))))
        (func (export "longs") (param i32) (result i32)
            (array.len (array.new $longs (i64.const 7) (local.get 0)))))"#;
        for (name, length) in [("bytes", 50_000_000), ("longs", 5_000_000)] {
            let mut program = Program::new(engine, text).unwrap();
            assert_eq!(with_left(16 * MIB, || program.call(name, length)), Err(Trap::OutOfHeap));
            assert_eq!(program.call(name, length), Ok(length));
        }
    }
}

/// What a collection needs besides is what the objects leave of it.
#[test]
fn many_objects() {
    let _alone = alone();
    for engine in ours() {
        const MANY: i32 = 1_000_000;
        let text = r#"(module
        (type $list (struct (field (ref null $list))))
        (tag $tag (param exnref))
        (func (export "objects") (param i32) (result i32) (local $list (ref null $list))
            (loop
                (local.set $list (struct.new $list (local.get $list)))
                (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))
                br_if 0)
            (i32.const 7))
        (func (export "exceptions") (param i32) (result i32) (local $exn exnref)
            (loop
                (block $caught (result exnref)
                    (try_table (catch_all_ref $caught) (throw $tag (local.get $exn)))
                    unreachable)
                local.set $exn
                (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))
                br_if 0)
            (i32.const 7)))"#;
        for name in ["objects", "exceptions"] {
            let mut program = Program::new(engine, text).unwrap();
            // When the list of all of them has to grow, there is not enough left for that, and more than enough for a message.
            assert_eq!(with_left(20 * MIB, || program.call(name, MANY)), Err(Trap::OutOfHeap));
            assert_eq!(program.call(name, MANY), Ok(7), "{name}");
        }
    }
}

#[test]
fn the_operand_stack() {
    let _alone = alone();
    for engine in ours() {
        let text = r#"(module
        (func (export "vectors") (param i32) (result i32)
            (i32x4.extract_lane 0 (i32x4.splat (local.get 0)))))"#;
        let with_left = |left| with_left(left, || Program::with_operands(engine, 1 << 20, text));
        // Sixteen bytes an operand, since there may be vectors later.
        for left in [4, 12] {
            let error = with_left(left * MIB).err().expect("it was not refused");
            assert!(matches!(error, Error::Limit(_)), "{error}");
        }
        let mut program = with_left(24 * MIB).unwrap();
        assert_eq!(self::with_left(MIB, || program.call("vectors", 7)), Ok(7));
    }
}

#[test]
fn locals() {
    let _alone = alone();
    // Fifty thousand locals are all that a function may have, and take four bytes.
    let (mut types, mut functions, mut code) =
        (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([], []);
    for _ in 0..100 {
        functions.function(0);
        let mut function = Function::new([(50_000, ValType::I64)]);
        function.instructions().end();
        code.function(&function);
    }
    let mut module = wasm_encoder::Module::new();
    module.section(&types).section(&functions).section(&code);
    let module = module.finish();
    assert!(module.len() < 1_000, "{} bytes", module.len());
    // All of them together would take sixty megabytes. They are made when a function is read, and are not kept.
    let read = with_left(2 * MIB, || {
        let module = Module::from_bytes(&module)?;
        Ok::<_, ModuleError>(module.functions.iter().all(|function| {
            let locals = function.read().locals.len();
            locals == 50_000
        }))
    });
    assert_eq!(read.map_err(|error| error.to_string()), Ok(true));
}

/// How many bytes of memory a module takes at most for each of its own: decoded, printed, instantiated and called once.
/// ARCHITECTURE.md says it too.
const MULTIPLE: usize = 100;

/// How much more the engines need that translate flat code once more, while they do: 300 bytes for each of 65,536 operations. Longer
/// functions they leave as they are.
const TRANSLATION: usize = 20 * MIB;

/// What grows with the length of a module takes memory without being asked whether it may: so it must not be much.
#[test]
fn memory_that_no_number_asks_for_is_in_proportion_to_the_length() {
    const MANY: u32 = 20_000;
    let _alone = alone();
    let repeat = |text: &str| text.repeat(MANY as usize);
    let each = |text: &dyn Fn(u32) -> String| (0..MANY).map(text).collect::<String>();
    let texts = [
        ("elements", format!("(func) (elem func {})", repeat("0 "))),
        ("expressions", format!("(elem externref {})", repeat("(ref.null extern)"))),
        ("exports", format!("(func) {}", each(&|i| format!("(export \"{i}\" (func 0))")))),
        ("globals", repeat("(global i32 (i32.const 0))")),
        ("vectors", repeat("(global v128 (v128.const i64x2 0 0))")),
        ("segments", repeat("(data \"\")")),
        ("types", each(&|i| format!("(type (func (result {})))", "i32 ".repeat(i as usize % 99)))),
        (
            "tags",
            format!("(type (func (param {}))) {}", "i32 ".repeat(999), repeat("(tag (type 0))")),
        ),
        (
            "functions",
            format!("(type (func (param {}))) {}", "i32 ".repeat(999), repeat("(func (type 0))")),
        ),
        ("names", each(&|i| format!("(func $f{i} (local $l i32))"))),
        ("labels", format!("(func {} {})", repeat("block $l "), repeat("end "))),
        ("catches", format!("(func (block (try_table {})))", "(catch_all 0)".repeat(10_000))),
        (
            "bodies",
            format!(
                "{} (func (export \"run\") {})",
                repeat("(func)"),
                each(&|i| format!("call {i} "))
            ),
        ),
        ("blocks", format!("(func (export \"run\") {} {})", repeat("block "), repeat("end "))),
        ("nops", format!("(func (export \"run\") {})", repeat("nop "))),
        ("locals", format!("(func (export \"run\") {})", repeat("(local i32) (local i64)"))),
        ("imports", each(&|i| format!("(import \"\" \"{i}\" (global i32))"))),
        ("branches", format!("(func (br_table {} (i32.const 0)))", repeat("0 "))),
    ];
    for (name, fields) in texts {
        let binary = wat::parse_str(format!("(module {fields})")).unwrap();
        let left = MULTIPLE * binary.len() + MIB;
        // No panic in there: its message would need memory, too.
        for engine in ours() {
            let more = if ["slots", "fast"].contains(&engine.name) { TRANSLATION } else { 0 };
            let outcome = with_left(left + more, || use_once(engine, &binary));
            let is_expected = match &outcome {
                Err(Error::Link(_)) => name == "imports",
                outcome => outcome.is_ok(),
            };
            assert!(is_expected, "{name}, {}: {}", engine.name, outcome.unwrap_err());
        }
    }
}

/// Decodes a module, prints it, makes an instance of it, and calls what it exports as `run`.
fn use_once(engine: &EngineRow, binary: &[u8]) -> Result<(), Error> {
    let module = Module::from_binary(binary)?;
    let _ = write!(io::sink(), "{module}");
    drop(module);
    let limits = StoreLimits { operands: 50_000, ..StoreLimits::default() };
    let mut store = (engine.make)(FEATURES, limits);
    let instance = store.instantiate(binary, &Imports::new())?;
    let run = store.export(instance, "run").and_then(|export| export.func());
    run.map_or(Ok(()), |run| store.invoke(run, &[]).map(drop))
}
