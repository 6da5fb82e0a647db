//! Bodies that are as long, as deep and as strange as a function may be. Each is translated, called, and traps at its end: in a
//! time and in a memory that are in proportion to its length, on each of our engines and under an observer.

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use annex_embedding::{Engine, Error, Imports};
use cap::Cap;
use ch07_values::Trap;
use ch09_module::FEATURES;
use ch12_instance::StoreLimits;
use engines::ours;
use trace::Counter;
use wasm_encoder::{
    BlockType, Catch, CodeSection, ExportKind, ExportSection, Function, FunctionSection,
    InstructionSink, TagKind, TagSection, TagType, TypeSection, ValType,
};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// How many times something is repeated.
const MANY: u32 = 100_000;

/// How many bytes of memory a module takes at most for each of its own: what ARCHITECTURE.md says.
const MULTIPLE: usize = 100;

/// An observer is told the text of each instruction, and of each trap.
const WATCHED: usize = 4 * MULTIPLE;

/// How long a body may take, on a busy machine and in an unoptimised build.
const PATIENCE: Duration = Duration::from_secs(60);

/// All tests share the allocator, so only one of them may run.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A module whose function `run` has these locals, and the body that is written into it; after that it executes `unreachable`.
fn module(locals: u32, body: impl FnOnce(&mut InstructionSink<'_>)) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0).function(0);
    let mut tags = TagSection::new();
    let exception = TagType { kind: TagKind::Exception, func_type_idx: 0 };
    tags.tag(exception).tag(exception);
    let mut exports = ExportSection::new();
    exports.export("run", ExportKind::Func, 0);
    let mut run = Function::new([(locals, ValType::I32)]);
    body(&mut run.instructions());
    run.instructions().unreachable().end();
    let mut nothing = Function::new([]);
    nothing.instructions().end();
    let mut code = CodeSection::new();
    code.function(&run).function(&nothing);
    let mut module = wasm_encoder::Module::new();
    module.section(&types).section(&functions).section(&tags).section(&exports).section(&code);
    module.finish()
}

/// Calls `run` on each engine, which traps in the same way on each of them.
fn each_traps(module: &[u8], trap: Trap) {
    let limits = StoreLimits { operands: 60_000, fuel: Some(10), ..StoreLimits::default() };
    let mut engines: Vec<(usize, Box<dyn Engine>)> =
        ours().map(|engine| (MULTIPLE, (engine.make)(FEATURES, limits))).collect();
    engines.push((WATCHED, Box::new(ch18_heap::Store::new(Counter::default(), limits))));
    engines.push((WATCHED, Box::new(ch19_flat::Store::new(Counter::default(), limits))));
    let mut first = None;
    for (multiple, mut engine) in engines {
        let start = Instant::now();
        let left = multiple * module.len() + (2 << 20);
        ALLOCATOR.set_limit(ALLOCATOR.allocated() + left).unwrap();
        let error = call(&mut *engine, module);
        ALLOCATOR.set_limit(usize::MAX).unwrap();
        let error = error.expect_err("it does not trap");
        assert!(start.elapsed() < PATIENCE, "{}: {:?}", engine.name(), start.elapsed());
        assert_eq!(error.trap(), Some(trap), "{}: {error}", engine.name());
        let words = error.to_string();
        assert_eq!(*first.get_or_insert(words.clone()), words, "{}", engine.name());
    }
}

fn call(engine: &mut dyn Engine, module: &[u8]) -> Result<(), Error> {
    let instance = engine.instantiate(module, &Imports::new())?;
    engine.call(instance, "run", &[]).map(drop)
}

fn each_reaches_the_end(locals: u32, body: impl FnOnce(&mut InstructionSink<'_>)) {
    let _alone = alone();
    each_traps(&module(locals, body), Trap::Unreachable);
}

#[test]
fn all_the_locals_that_there_may_be() {
    each_reaches_the_end(50_000, |run| {
        run.local_get(49_999).local_set(0).local_get(0).drop();
    });
}

/// A function may have some seven and a half million bytes. Without optimisation it has a quarter of them.
#[test]
fn the_longest_body() {
    let length = if cfg!(debug_assertions) { 1_900_000 } else { 7_600_000 };
    each_reaches_the_end(0, |run| {
        for _ in 0..length {
            run.nop();
        }
    });
}

#[test]
fn a_long_body_that_does_something() {
    each_reaches_the_end(1, |run| {
        for _ in 0..5 * MANY {
            run.local_get(0).br_if(0);
        }
    });
}

#[test]
fn a_table_of_many_branches() {
    each_reaches_the_end(0, |run| {
        run.block(BlockType::Empty);
        run.i32_const(7).br_table(vec![0; MANY as usize], 0);
        run.end();
    });
}

#[test]
fn many_nested_blocks() {
    each_reaches_the_end(0, |run| {
        for _ in 0..MANY {
            run.block(BlockType::Empty);
        }
        run.br(MANY / 2);
        for _ in 0..MANY {
            run.end();
        }
    });
}

#[test]
fn many_nested_blocks_and_a_trap_in_the_innermost() {
    each_reaches_the_end(0, |run| {
        for _ in 0..MANY {
            run.loop_(BlockType::Empty);
        }
        run.unreachable();
        for _ in 0..MANY {
            run.end();
        }
    });
}

#[test]
fn many_nested_blocks_and_a_branch_to_each() {
    each_reaches_the_end(0, |run| {
        for _ in 0..MANY {
            run.block(BlockType::Empty);
        }
        run.i32_const(-1).br_table(0..MANY, MANY - 1);
        for _ in 0..MANY {
            run.end();
        }
    });
}

#[test]
fn more_nested_blocks_than_there_are_labels() {
    let _alone = alone();
    let text = format!(
        r#"(module (func $deep {} {}) (func (export "run") (call $deep)))"#,
        "block ".repeat(500_000),
        "end ".repeat(500_000)
    );
    each_traps(&wat::parse_str(text).unwrap(), Trap::CallStackExhausted);
}

#[test]
fn many_branches_of_an_if() {
    each_reaches_the_end(1, |run| {
        for _ in 0..MANY {
            run.local_get(0).if_(BlockType::Empty).nop().else_();
        }
        for _ in 0..MANY {
            run.end();
        }
    });
}

/// Each exception is caught at once, in its own handler.
#[test]
fn many_handlers_in_a_row() {
    each_reaches_the_end(0, |run| {
        for _ in 0..MANY {
            run.block(BlockType::Empty);
            run.try_table(BlockType::Empty, [Catch::One { tag: 0, label: 0 }]);
            run.throw(0).end().end();
        }
    });
}

/// Each exception is caught far from where it was thrown: by the only handler that is still there.
#[test]
fn many_handlers_that_are_over() {
    each_reaches_the_end(0, |run| {
        for _ in 0..2 {
            run.block(BlockType::Empty);
            run.try_table(BlockType::Empty, [Catch::One { tag: 0, label: 0 }]);
            for _ in 0..MANY {
                run.try_table(BlockType::Empty, []).end();
            }
            run.throw(0).end().end();
        }
    });
}

#[test]
fn many_nested_handlers() {
    each_reaches_the_end(0, |run| {
        run.block(BlockType::Empty);
        run.try_table(BlockType::Empty, [Catch::All { label: 0 }]);
        for _ in 0..MANY {
            run.try_table(BlockType::Empty, [Catch::One { tag: 1, label: 0 }]);
        }
        run.throw(0);
        for _ in 0..MANY {
            run.end();
        }
        run.end().end();
    });
}

#[test]
fn many_clauses() {
    each_reaches_the_end(0, |run| {
        run.block(BlockType::Empty);
        let mut clauses = vec![Catch::One { tag: 1, label: 0 }; 9_999];
        clauses.push(Catch::One { tag: 0, label: 0 });
        run.try_table(BlockType::Empty, clauses);
        run.throw(0).end().end();
    });
}

#[test]
fn many_calls() {
    let _alone = alone();
    let module = module(0, |run| {
        for _ in 0..MANY {
            run.call(1);
        }
    });
    each_traps(&module, Trap::OutOfFuel);
}

/// What is behind a branch that is always taken, in every shape: it has any operands, and none of it is executed.
#[test]
fn much_that_is_never_reached() {
    let ways: [fn(&mut InstructionSink<'_>); 3] = [
        |run| _ = run.br(0),
        |run| _ = run.i32_const(0).br_table([0, 0], 0),
        |run| _ = run.throw(0),
    ];
    let shapes: [fn(&mut InstructionSink<'_>); 10] = [
        |run| _ = run.i32_add().drop(),
        |run| _ = run.select().drop(),
        |run| _ = run.block(BlockType::Empty).br(1).end().br(0),
        |run| _ = run.block(BlockType::Empty).local_get(0).br_if(0).end().br(0),
        |run| _ = run.if_(BlockType::Empty).unreachable().else_().br(0).end().br(1),
        |run| _ = run.loop_(BlockType::Empty).local_get(0).br_table([0, 1], 0).end().br(0),
        |run| _ = run.try_table(BlockType::Empty, [Catch::All { label: 0 }]).throw(0).end().br(0),
        |run| _ = run.i32_const(1).br_if(0).return_(),
        |run| _ = run.br_on_null(0).drop(),
        |run| _ = run.throw_ref().call(1).return_call(1),
    ];
    for way in ways {
        each_reaches_the_end(1, |run| {
            run.block(BlockType::Empty);
            run.try_table(BlockType::Empty, [Catch::All { label: 0 }]);
            way(run);
            for shape in shapes {
                for _ in 0..MANY / 10 {
                    shape(run);
                }
            }
            run.end().end();
        });
    }
}

#[test]
fn much_nested_that_is_never_reached() {
    each_reaches_the_end(1, |run| {
        run.block(BlockType::Empty);
        run.br(0);
        for _ in 0..MANY {
            run.try_table(BlockType::Empty, [Catch::All { label: 0 }]);
        }
        for _ in 0..MANY {
            run.end();
        }
        run.end();
    });
}
