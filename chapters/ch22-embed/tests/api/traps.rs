//! Traps: which they are, and the calls that were active.

use ch22_embed::{
    Caller, Engine, Error, FrameInfo, Instance, Linker, Module, Store,
    Strategy, Trap,
};
use wasmparser::{Parser, Payload};

use crate::{engines, instance, linked, module};

/// Where `wasmparser` finds the instructions of a module's own function: all of them, `else` and `end` too.
fn offsets(module: &Module, function: usize) -> Vec<(String, u64)> {
    let bodies =
        Parser::new(0).parse_all(module.binary()).filter_map(|payload| {
            match payload {
                Ok(Payload::CodeSectionEntry(body)) => Some(body),
                _ => None,
            }
        });
    let body =
        bodies.into_iter().nth(function).expect("there is such a function");
    let operators =
        body.get_operators_reader().unwrap().into_iter_with_offsets();
    operators
        .map(|operator| {
            let (operator, offset) = operator.unwrap();
            let words = format!("{operator:?}");
            (words.split_whitespace().next().unwrap().to_owned(), offset)
        })
        .collect()
}

fn offset(
    module: &Module,
    function: usize,
    operator: &str,
    number: usize,
) -> Option<u64> {
    let mut all =
        offsets(module, function).into_iter().filter(|(it, _)| it == operator);
    Some(all.nth(number).expect("there is such an instruction").1)
}

fn told(error: &Error) -> Vec<(u32, Option<&str>, Option<u64>)> {
    let frames = error.backtrace().frames().iter();
    let told =
        |frame: &'_ FrameInfo| (frame.func_index(), frame.module_offset());
    frames
        .map(|frame| (told(frame).0, frame.func_name(), told(frame).1))
        .collect()
}

/// The tree's calls are calls of Rust, which are gone before the error is made.
fn knows_frames(engine: &Engine) -> bool {
    engine.config().chosen_strategy() != Strategy::Tree
}

const NESTED: &str = r#"(module $nested
    (import "h" "f" (func $unused))
    (func $divide (param i32) (result i32)
        (local i64)
        (if (i32.eqz (local.get 0)) (then nop) (else nop))
        (block (loop (br 1)))
        (i32.div_u (i32.const 1) (local.get 0)))
    (func (param i32) (result i32)
        (call $divide (i32.const 1)) drop
        (call $divide (local.get 0)))
    (func (export "outer") (param i32) (result i32) (i32.add (i32.const 1) (call 2 (local.get 0)))))"#;

#[test]
fn a_backtrace_has_names_and_offsets() {
    for engine in engines() {
        let mut linker = Linker::<()>::new(&engine);
        linker.func_wrap("h", "f", || {}).unwrap();
        let module = module(&engine, NESTED);
        let mut store = Store::new(&engine, ());
        let it = linker.instantiate(&mut store, &module).unwrap();
        let outer = it.get_typed_func::<i32, i32>(&mut store, "outer").unwrap();
        // A call before makes no difference: it may have translated the functions.
        for _ in 0..2 {
            let error = outer.call(&mut store, 0).unwrap_err();
            assert_eq!(error.trap(), Some(Trap::IntegerDivideByZero));
            if !knows_frames(&engine) {
                assert!(told(&error).is_empty());
                continue;
            }
            let divide = offset(&module, 0, "I32DivU", 0);
            let second = offset(&module, 1, "Call", 1);
            let last = offset(&module, 2, "Call", 0);
            let frames = [
                (1, Some("divide"), divide),
                (2, None, second),
                (3, Some("outer"), last),
            ];
            assert_eq!(told(&error), frames);
            let frame = &error.backtrace().frames()[0];
            assert_eq!(frame.module_name(), Some("nested"));
            // Counted from the entry's first byte: that of its locals.
            let first = offsets(&module, 0)[0].1;
            assert_eq!(
                frame.func_offset(),
                divide.map(|offset| offset - first + 3)
            );
            let words = format!("{error:?}");
            let [said, head, inner, middle, outer] =
                words.lines().collect::<Vec<_>>()[..]
            else {
                panic!("{words}");
            };
            assert_eq!(
                (said, head),
                ("wasm trap: integer divide by zero", "wasm backtrace:")
            );
            assert_eq!(
                inner,
                format!("    0: {:#8x} - nested!divide", divide.unwrap())
            );
            assert!(middle.ends_with("nested!<wasm function 2>"), "{middle}");
            assert!(
                outer.starts_with("    2:") && outer.ends_with("nested!outer"),
                "{outer}"
            );
            assert_eq!(error.to_string(), said);
        }
        assert_eq!(outer.call(&mut store, 1).unwrap(), 2);
    }
}

#[test]
fn every_kind_of_place_has_its_offset() {
    let cases = [
        ("(func (export \"f\") unreachable)", "Unreachable"),
        ("(func (export \"f\") (drop (i32.load (i32.const -1))))", "I32Load"),
        (
            "(func (export \"f\") (local i32) (i64.store (local.get 0) (i64.load32_u (i32.const -4))))",
            "I64Load32U",
        ),
        (
            "(func (export \"f\") (drop (i32.trunc_f32_s (f32.const nan))))",
            "I32TruncF32S",
        ),
        ("(func (export \"f\") (call_indirect (i32.const 0)))", "CallIndirect"),
        (
            "(func (export \"f\") (memory.fill (i32.const 0) (i32.const 0) (i32.const -1)))",
            "MemoryFill",
        ),
        (
            "(func (export \"f\") (drop (struct.get $s 0 (ref.null $s))))",
            "StructGet",
        ),
        (
            "(func (export \"f\") (drop (f32x4.splat (f32.const 0))) (drop (v128.load (i32.const -1))))",
            "V128Load",
        ),
        (
            "(func (export \"f\") (loop (block (br_if 0 (i32.const 0)) (unreachable))))",
            "Unreachable",
        ),
        (
            "(func (export \"f\") (drop (ref.as_non_null (ref.null any))))",
            "RefAsNonNull",
        ),
        ("(func (export \"f\") (throw_ref (ref.null exn)))", "ThrowRef"),
    ];
    for engine in engines().filter(knows_frames) {
        for (function, operator) in cases {
            let text = format!(
                "(module (type $s (struct (field i32))) (memory 1) (table 1 funcref) {function})"
            );
            let module = module(&engine, &text);
            let mut store = Store::new(&engine, ());
            let it = Instance::new(&mut store, &module, &[]).unwrap();
            let f = it.get_typed_func::<(), ()>(&mut store, "f").unwrap();
            let error = f.call(&mut store, ()).unwrap_err();
            assert!(error.trap().is_some(), "{function}: {error}");
            let there = offset(&module, 0, operator, 0);
            let strategy = engine.config().chosen_strategy();
            assert_eq!(
                told(&error),
                [(0, Some("f"), there)],
                "{function} on {strategy:?}"
            );
        }
    }
}

#[test]
fn frames_of_several_modules_and_through_the_host() {
    let inner = r#"(module $inner (func nop) (func $trap (export "trap") (nop) (unreachable)))"#;
    let outer = r#"(module $outer
        (import "inner" "trap" (func $trap))
        (import "h" "through" (func $through))
        (func $direct (export "direct") (call $trap))
        (func $around (export "around") (nop) (call $through)))"#;
    for engine in engines().filter(knows_frames) {
        let mut linker = Linker::<()>::new(&engine);
        let mut store = Store::new(&engine, ());
        linked(&linker, &mut store, "(module (memory 1))");
        linker
            .func_wrap("h", "through", |mut caller: Caller<'_, ()>| {
                let direct =
                    caller.get_export("direct").unwrap().into_func().unwrap();
                direct.typed::<(), ()>(&caller)?.call(&mut caller, ())
            })
            .unwrap();
        linker.module(&mut store, "inner", &module(&engine, inner)).unwrap();
        let module = module(&engine, outer);
        let it = linker.instantiate(&mut store, &module).unwrap();
        for (name, wanted) in [
            ("direct", &["trap", "direct"][..]),
            ("around", &["trap", "direct", "around"]),
        ] {
            let f = it.get_typed_func::<(), ()>(&mut store, name).unwrap();
            let error = f.call(&mut store, ()).unwrap_err();
            assert_eq!(error.trap(), Some(Trap::Unreachable));
            let frames = error.backtrace().frames();
            let names: Vec<_> =
                frames.iter().filter_map(FrameInfo::func_name).collect();
            assert_eq!(names, wanted);
            let modules: Vec<_> =
                frames.iter().filter_map(FrameInfo::module_name).collect();
            assert_eq!(modules[..2], ["inner", "outer"]);
            let last = frames.last().unwrap().module_offset();
            let number = usize::from(name == "around");
            assert_eq!(last, offset(&module, number, "Call", 0));
        }
    }
}

#[test]
fn a_start_function_and_late_functions_have_frames_of_their_own_module() {
    // The functions of an instance whose segments don't fit are in a table all the same.
    let text = r#"(module $late (import "h" "t" (table 1 funcref)) (memory 1)
        (func $bad unreachable) (elem (i32.const 0) $bad) (data (i32.const 65536) "x"))"#;
    let start = r#"(module $start (func $go (nop) (unreachable)) (start $go))"#;
    let owner = r#"(module $owner (table (export "t") 1 funcref)
        (func $call (export "f") (call_indirect (i32.const 0))))"#;
    for engine in engines().filter(knows_frames) {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, owner);
        let mut linker = Linker::<()>::new(&engine);
        linker.instance(&store, "h", it).unwrap();
        linker.instantiate(&mut store, &module(&engine, text)).unwrap_err();
        let f = it.get_typed_func::<(), ()>(&mut store, "f").unwrap();
        let error = f.call(&mut store, ()).unwrap_err();
        let modules: Vec<_> = error
            .backtrace()
            .frames()
            .iter()
            .filter_map(FrameInfo::module_name)
            .collect();
        assert_eq!(modules, ["late", "owner"]);
        let start = module(&engine, start);
        let error = linker.instantiate(&mut store, &start).unwrap_err();
        assert_eq!(
            told(&error),
            [(0, Some("go"), offset(&start, 0, "Unreachable", 0))]
        );
        assert_eq!(error.backtrace().frames()[0].module_name(), Some("start"));
    }
}

#[test]
fn a_hundred_calls_are_told() {
    let text = r#"(module (func $f (export "f") (param i32) (result i32) (call $f (local.get 0))))"#;
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, text);
        let f = it.get_typed_func::<i32, i32>(&mut store, "f").unwrap();
        let error = f.call(&mut store, 0).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
        let frames = error.backtrace().frames();
        assert_eq!(frames.len(), if knows_frames(&engine) { 100 } else { 0 });
        assert!(frames.iter().all(|frame| frame.func_name() == Some("f")));
    }
}

#[test]
fn what_is_no_trap_has_no_backtrace() {
    let error = Error::msg("words");
    assert!(error.backtrace().frames().is_empty() && error.trap().is_none());
    assert_eq!(format!("{error} {error:?}"), "words words");
    assert!(
        std::error::Error::source(&Error::from(Trap::Unreachable)).is_some()
    );
}

#[test]
fn an_exception_that_nobody_catches_is_taken_once() {
    let text = r#"(module
        (type $s (struct (field i32)))
        (tag $t (export "t") (param i32 (ref $s)))
        (func (export "f") (throw $t (i32.const 7) (struct.new $s (i32.const 8)))))"#;
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, text);
        let f = it.get_typed_func::<(), ()>(&mut store, "f").unwrap();
        let error = f.call(&mut store, ()).unwrap_err();
        assert!(error.is_exception() && error.trap().is_none(), "{error}");
        assert!(!Error::msg("words").is_exception());
        let exception = store.take_pending_exception().unwrap();
        assert!(store.take_pending_exception().is_none());
        assert_eq!(Some(exception.tag()), it.get_tag(&mut store, "t"));
        assert_eq!(exception.values()[0].i32(), Some(7));
        let ch22_embed::Val::AnyRef(Some(object)) = &exception.values()[1]
        else {
            panic!()
        };
        let field = object.as_struct().unwrap().field(&mut store, 0).unwrap();
        assert_eq!(field.i32(), Some(8));
    }
}
