//! Modules with their compiled code, as bytes.

use std::path::Path;
use std::{env, fs};

use ch22_embed::{
    Bytes, Caller, CompiledContents, CompiledError, Config, Engine, Error,
    Func, Linker, Module, ResumableCall, Store, Strategy, Thawed, Val,
};

use crate::{engines, engines_with, instance, module, pausing};

/// What a module of a text becomes when an engine compiles it.
fn bytes(engine: &Engine, text: &str) -> Vec<u8> {
    module(engine, text).serialize().expect("it's small")
}

/// An engine that counts fuel, or doesn't.
fn counting(counts: bool) -> Engine {
    Engine::new(Config::new().consume_fuel(counts))
}

/// The module of a text by way of bytes that another engine has made.
fn again(engine: &Engine, text: &str) -> Module {
    let bytes = bytes(&counting(engine.config().counts_fuel()), text);
    let module = Module::deserialize(engine, &bytes).expect("it's unchanged");
    let is_fast = engine.config().chosen_strategy() == Strategy::Fast;
    assert_eq!(module.is_compiled(), is_fast);
    module
}

fn reason(engine: &Engine, bytes: &[u8]) -> CompiledError {
    let error = Module::deserialize(engine, bytes).expect_err("it's refused");
    error.downcast().expect("it isn't a compiled module")
}

const NAMES: &str = r#"(module $names
    (import "host" "add" (func $add (param i32 i32) (result i32)))
    (import "host" "caller" (func $caller (param i32) (result i32)))
    (memory (export "memory") 1)
    (table funcref (elem $inner))
    (func $inner (param i32) (result i32)
        (i32.div_u (i32.const 100) (local.get 0)))
    (func $outer (export "outer") (param i32) (result i32)
        (i32.store (i32.const 8) (local.get 0))
        (call $add
            (call $caller (i32.const 8))
            (call_indirect (param i32) (result i32)
                (local.get 0) (i32.const 0))))
    (func (export "loop") (param i32) (result i32) (local i32)
        (loop $next
            (local.set 1 (i32.add (local.get 1) (local.get 0)))
            (br_if $next
                (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (local.get 1))
    (func (export "pair") (param i64 f64) (result f64 i64)
        (local.get 1) (local.get 0))
    (@custom "note" "made by hand"))"#;

fn host(engine: &Engine) -> Linker<()> {
    let mut linker = Linker::<()>::new(engine);
    linker.func_wrap("host", "add", |x: i32, y: i32| x + y).unwrap();
    let read = |mut caller: Caller<'_, ()>, at: i32| {
        let memory = caller.get_export("memory").unwrap();
        let memory = memory.into_memory().unwrap();
        let mut byte = [0];
        memory.read(&caller, at as usize, &mut byte)?;
        Ok::<i32, Error>(byte[0].into())
    };
    linker.func_wrap("host", "caller", read).unwrap();
    linker
}

/// What calls of [`NAMES`] end in, in words, and the fuel that is left.
fn outcomes(module: &Module) -> Vec<String> {
    let engine = module.engine();
    let counts = engine.config().counts_fuel();
    let mut store = Store::new(engine, ());
    let instance = host(engine).instantiate(&mut store, module).unwrap();
    let mut ended = Vec::new();
    for (name, x) in [("outer", 7), ("outer", 0), ("loop", 5), ("loop", 90)] {
        if counts {
            store.set_fuel(50).unwrap();
        }
        let function = instance.get_typed_func::<i32, i32>(&store, name);
        let outcome = function.unwrap().call(&mut store, x);
        let fuel = store.get_fuel().ok();
        ended.push(match outcome {
            Ok(result) => format!("{result} {fuel:?}"),
            Err(error) => format!("{error} {fuel:?} {:?}", error.backtrace()),
        });
    }
    if counts {
        store.set_fuel(50).unwrap();
    }
    type Pair = (f64, i64);
    let pair = instance.get_typed_func::<(i64, f64), Pair>(&store, "pair");
    let pair = pair.unwrap().call(&mut store, (3, 0.5)).unwrap();
    ended.push(format!("{pair:?}"));
    ended
}

#[test]
fn a_compiled_module_does_what_the_module_does() {
    for fuel in [false, true] {
        for engine in engines_with(|config| _ = config.consume_fuel(fuel)) {
            let wanted = outcomes(&module(&engine, NAMES));
            assert!(wanted[0].starts_with("21"), "{wanted:?}");
            assert!(wanted[1].contains("divide by zero"), "{wanted:?}");
            assert_eq!(outcomes(&again(&engine, NAMES)), wanted);
        }
    }
}

#[test]
fn the_backtrace_has_names_and_offsets() {
    let engine = Engine::default();
    let module = again(&engine, NAMES);
    let mut store = Store::new(&engine, ());
    let instance = host(&engine).instantiate(&mut store, &module).unwrap();
    let outer = instance.get_typed_func::<i32, i32>(&store, "outer").unwrap();
    let error = outer.call(&mut store, 0).unwrap_err();
    let frames = error.backtrace().frames();
    let names: Vec<_> = frames.iter().map(|it| it.func_name()).collect();
    assert_eq!(names, [Some("inner"), Some("outer")]);
    assert!(frames.iter().all(|it| it.module_name() == Some("names")));
    assert!(frames.iter().all(|it| it.module_offset().is_some()));
}

#[test]
fn all_that_is_to_be_seen_of_a_module_is_the_same() {
    let text = r#"(module $all
        (import "a" "func" (func $f (param i32 i64) (result f32 f64)))
        (import "a" "global" (global $g (mut externref)))
        (import "b" "table" (table 1 2 funcref))
        (import "b" "anys" (table i64 3 anyref))
        (import "b" "memory" (memory 3))
        (import "b" "long" (memory i64 3 9))
        (import "b" "tag" (tag (param v128)))
        (type $node (struct (field i32) (field (ref null $node))))
        (func (export "own") (param externref) (result v128)
            (v128.const i64x2 0 0))
        (global (export "counter") (mut i32) (i32.const 0))
        (global (export "node") (ref null $node) (ref.null $node))
        (table (export "elements") 4 externref)
        (memory (export "bytes") i64 1 2)
        (tag (export "thrown") (param i32))
        (export "again" (func $f)) (export "shared" (global $g))
        (@custom "note" "made by hand"))"#;
    for engine in engines() {
        let (one, two) = (module(&engine, text), again(&engine, text));
        assert_eq!(one.name(), two.name());
        assert!(one.imports().eq(two.imports()));
        assert!(one.exports().eq(two.exports()));
        assert!(one.custom_sections().eq(two.custom_sections()));
        assert_eq!(one.binary(), two.binary());
        assert_eq!(one.get_export("own"), two.get_export("own"));
    }
}

#[test]
fn modules_without_functions_can_be_compiled() {
    let texts = ["(module)", r#"(module (memory (export "m") 1) (data "x"))"#];
    for text in texts {
        for engine in engines() {
            let bytes = bytes(&counting(false), text);
            let module = Module::deserialize(&engine, bytes).unwrap();
            let mut store = Store::new(&engine, ());
            Linker::new(&engine).instantiate(&mut store, &module).unwrap();
        }
    }
}

/// A module with references, vectors, exceptions, the heap, several memories.
const EVERYTHING: &str = include_str!("../programs/everything.wat");

#[test]
fn what_has_no_code_is_translated() {
    let mut wanted = None;
    for engine in pausing(|_| {}) {
        for module in [module(&engine, EVERYTHING), again(&engine, EVERYTHING)]
        {
            let mut store = Store::new(&engine, ());
            let mut linker = Linker::<()>::new(&engine);
            for name in ["later", "first", "work"] {
                linker.func_wrap("host", name, |x: i32| x + 1).unwrap();
            }
            let it = linker.instantiate(&mut store, &module).unwrap();
            let change = it.get_typed_func::<i32, i32>(&store, "change");
            let change = change.unwrap().call(&mut store, 7).unwrap();
            let sum = it.get_func(&store, "sum").unwrap();
            let mut sums = vec![Val::I32(0); sum.ty(&store).results().len()];
            sum.call(&mut store, &[], &mut sums).unwrap();
            let thrown = it.get_func(&store, "throw again").unwrap();
            let count = thrown.ty(&store).results().len();
            let mut none = vec![Val::I32(0); count];
            let error = thrown.call(&mut store, &[], &mut none).unwrap_err();
            let found = format!("{change} {sums:?} {error}");
            assert_eq!(wanted.get_or_insert_with(|| found.clone()), &found);
        }
    }
}

const COUNT: &str = r#"(module
    (import "host" "ask" (func $ask (result i32)))
    (memory 1)
    (func $add (param i32) (result i32)
        (i32.store (i32.const 0)
            (i32.add (i32.load (i32.const 0)) (local.get 0)))
        (i32.load (i32.const 0)))
    (func (export "count") (param i32) (result i32)
        (loop $next
            (drop (call $add (local.get 0)))
            (br_if $next
                (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
        (call $add (call $ask))))"#;

/// A linker with a function that is answered later.
fn asking(engine: &Engine) -> Linker<()> {
    let mut linker = Linker::<()>::new(engine);
    let ask =
        |caller: Caller<'_, ()>| Err::<i32, Error>(caller.suspend("well?"));
    linker.func_wrap("host", "ask", ask).unwrap();
    linker
}

#[test]
fn a_call_of_compiled_code_goes_on_anywhere() {
    let engines = || pausing(|config| _ = config.consume_fuel(true));
    for from in engines() {
        for to in engines() {
            let module = again(&from, COUNT);
            let mut store = Store::new(&from, ());
            store.set_fuel(0).unwrap();
            let linker = asking(&from);
            let it = linker.instantiate(&mut store, &module).unwrap();
            let count = it.get_func(&store, "count").unwrap();
            let mut call = count.call_resumable(&mut store, &[9.into()]);
            let mut there = false;
            let mut moves = 0;
            let results = loop {
                let paused = match call.unwrap() {
                    ResumableCall::Finished(results) => break results,
                    ResumableCall::Paused(paused) => paused,
                };
                // To and fro, at each pause.
                let frozen = store.freeze(&[&paused]).unwrap();
                there = !there;
                moves += 1;
                let engine = if there { &to } else { &from };
                let linker = asking(engine);
                let thawed = Store::thaw(engine, (), &linker, &frozen);
                let Thawed { store: other, mut calls, .. } = thawed.unwrap();
                store = other;
                let paused = calls.pop().unwrap();
                store.set_fuel(3).unwrap();
                call = match paused.is_out_of_fuel() {
                    true => paused.resume(&mut store),
                    false => paused.answer(&mut store, &[100.into()]),
                };
            };
            assert!(moves > 5, "{moves}");
            assert_eq!(results[0].i32(), Some(145));
        }
    }
}

#[test]
fn an_engine_uses_the_code_that_is_for_it() {
    let text = r#"(module (func (export "f") (param i32) (result i32)
        (i32.mul (local.get 0) (i32.const 3))))"#;
    let interruptible = Engine::new(Config::new().interruptible(true));
    let both = [counting(false), counting(true), interruptible];
    for from in &both {
        let bytes = bytes(from, text);
        let counts = |engine: &Engine| {
            let config = engine.config();
            config.counts_fuel() || config.is_interruptible()
        };
        for to in &both {
            let module = Module::deserialize(to, &bytes).unwrap();
            assert_eq!(module.is_compiled(), counts(from) == counts(to));
            let mut store = Store::new(to, ());
            if to.config().counts_fuel() {
                store.set_fuel(10).unwrap();
            }
            let it = Linker::new(to).instantiate(&mut store, &module).unwrap();
            assert_eq!(crate::call(&mut store, it, "f", 14), 42);
        }
    }
}

#[test]
fn a_loop_of_compiled_code_can_be_interrupted() {
    let text = r#"(module
        (func (export "f") (param i32) (result i32) (loop $l (br $l))
            unreachable))"#;
    let engine = Engine::new(Config::new().interruptible(true));
    let bytes = bytes(&engine, text);
    let module = Module::deserialize(&engine, bytes).unwrap();
    assert!(module.is_compiled());
    let mut store = Store::new(&engine, ());
    let it = Linker::new(&engine).instantiate(&mut store, &module).unwrap();
    let f = it.get_typed_func::<i32, i32>(&store, "f").unwrap();
    store.interrupt_handle().unwrap().interrupt();
    f.call(&mut store, 1).unwrap_err();
}

#[test]
fn compiling_again_makes_the_same_bytes() {
    let engine = Engine::default();
    let once = bytes(&engine, NAMES);
    let twice = Module::deserialize(&engine, &once).unwrap();
    assert_eq!(twice.serialize().unwrap(), once);
    let contents = CompiledContents::new(&Bytes::from(once)).unwrap();
    assert!(!contents.counts_fuel);
    assert_eq!(&contents.binary, twice.binary());
    assert_eq!(contents.functions.len(), 4);
    assert!(contents.functions.iter().all(Option::is_some));
}

#[test]
fn a_file_is_read_too() {
    let engine = Engine::default();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("names.compiled");
    fs::write(&file, bytes(&engine, NAMES)).unwrap();
    let module = Module::deserialize_file(&engine, &file).unwrap();
    assert_eq!(outcomes(&module).len(), 5);
    let error = Module::from_file(&engine, &file).unwrap_err();
    assert!(error.is::<CompiledError>());
    Module::deserialize_file(&engine, "there is none").unwrap_err();
}

#[test]
fn who_expects_a_module_says_that_this_one_is_compiled() {
    let engine = Engine::default();
    let bytes = bytes(&engine, "(module)");
    let text = "this is a compiled module: `Module::deserialize` reads it";
    let errors = [
        Module::new(&engine, &bytes).unwrap_err(),
        Module::from_shared(&engine, bytes.clone().into()).unwrap_err(),
        Module::validate(&engine, &bytes).unwrap_err(),
    ];
    assert!(errors.iter().all(|error| error.to_string() == text));
    let error = reason(&engine, b"\0asm\x01\0\0\0");
    assert_eq!(error.to_string(), "these bytes aren't a compiled module");
    assert!(!Module::is_serialized(b"") && Module::is_serialized(&bytes));
}

#[test]
fn damage_is_found_wherever_it_is() {
    let engine = Engine::default();
    let bytes = bytes(&engine, NAMES);
    let mut damaged = bytes.clone();
    for position in 0..bytes.len() {
        for bit in 0..8 {
            damaged[position] ^= 1 << bit;
            let error = reason(&engine, &damaged);
            let is_so = match position {
                0..8 => matches!(error, CompiledError::NoCompiledModule),
                8..16 => matches!(error, CompiledError::Version),
                _ => matches!(error, CompiledError::Damaged(_)),
            };
            assert!(is_so, "{position}: {error}");
            damaged[position] = bytes[position];
        }
    }
    for length in 0..bytes.len() {
        let error = reason(&engine, &bytes[..length]);
        let is_so = match length {
            0..8 => matches!(error, CompiledError::NoCompiledModule),
            _ => matches!(error, CompiledError::Damaged(_)),
        };
        assert!(is_so, "{length}: {error}");
    }
    damaged.push(0);
    assert!(matches!(reason(&engine, &damaged), CompiledError::Damaged(_)));
}

/// The length of what comes before the module and its code.
const HEAD: usize = 28;

/// A file with these parts, whose length and checksum are right.
fn sealed(parts: &[u8]) -> Vec<u8> {
    let mut bytes = bytes(&Engine::default(), "(module)")[..16].to_vec();
    bytes.extend((parts.len() as u64).to_le_bytes());
    bytes.extend(crc32fast::hash(parts).to_le_bytes());
    bytes.extend(parts);
    bytes
}

#[test]
fn a_length_is_never_believed() {
    let engine = Engine::default();
    let good = bytes(&engine, "(module)");
    assert_eq!(sealed(&good[HEAD..]), good);
    // 2^63 - 1, or so, in as many bytes as that takes.
    let huge = [[0xff; 8].as_slice(), &[0x7f]].concat();
    let binary = b"\x08\0asm\x01\0\0\0";
    let parts: [&[u8]; 5] = [
        // The module, a list of functions, a function.
        &[&[0], huge.as_slice()].concat(),
        &[&[0], binary.as_slice(), &huge].concat(),
        &[&[0], binary.as_slice(), &[1, 1], &huge].concat(),
        &[&[0], binary.as_slice(), &huge, &[0; 100]].concat(),
        &[],
    ];
    for parts in parts {
        let error = reason(&engine, &sealed(parts));
        assert!(matches!(error, CompiledError::Damaged(_)), "{error}");
    }
    // In the code of a function: it's translated instead.
    let text = r#"(module (func (export "f") (param i32) (result i32)
        (local.get 0)))"#;
    let binary = module(&engine, text).binary().clone();
    for code in [
        [&[0, 0, 1], huge.as_slice()].concat(),
        [&[0, 0, 1, 0], huge.as_slice()].concat(),
        [&[0], huge.as_slice()].concat(),
    ] {
        let mut parts = vec![0, binary.len() as u8];
        parts.extend(&binary[..]);
        parts.extend([1, 1, code.len() as u8]);
        parts.extend(code);
        let module = Module::deserialize(&engine, sealed(&parts)).unwrap();
        let mut store = Store::new(&engine, ());
        let it = Linker::new(&engine).instantiate(&mut store, &module).unwrap();
        assert_eq!(crate::call(&mut store, it, "f", 8), 8);
    }
}

#[test]
fn an_invalid_module_with_code_is_refused() {
    let engine = Engine::default();
    // An operand is missing.
    let mut binary = module(&engine, "(module (func nop))").binary().to_vec();
    let nop = binary.len() - 2;
    binary[nop] = 0x1a;
    let mut parts = vec![0, binary.len() as u8];
    parts.extend(&binary);
    parts.push(0);
    let error = Module::deserialize(&engine, sealed(&parts)).unwrap_err();
    assert!(error.to_string().contains("type mismatch"), "{error}");
}

#[test]
fn a_compiled_module_is_like_any_other_in_a_store() {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let text = r#"(module (import "one" "f" (func $f (param i32) (result i32)))
        (func (export "f") (param i32) (result i32)
            (i32.add (call $f (local.get 0)) (i32.const 1))))"#;
    let one = r#"(module (func (export "f") (param i32) (result i32)
        (i32.mul (local.get 0) (i32.const 2))))"#;
    let mut linker = Linker::<()>::new(&engine);
    let first = linker.instantiate(&mut store, &again(&engine, one)).unwrap();
    linker.instance(&store, "one", first).unwrap();
    let two = again(&engine, text);
    let second = linker.instantiate(&mut store, &two).unwrap();
    assert_eq!(crate::call(&mut store, second, "f", 20), 41);
    // Another instance of the same module imports a function of the host.
    let double = Func::wrap(&mut store, |x: i32| x * 3);
    let third =
        ch22_embed::Instance::new(&mut store, &two, &[double.into()]).unwrap();
    assert_eq!(crate::call(&mut store, third, "f", 20), 61);
    assert_eq!(crate::call(&mut store, second, "f", 20), 41);
    let same = instance(&mut store, one);
    assert_eq!(crate::call(&mut store, same, "f", 4), 8);
}

/// The modules that `tests/wasm32` loads in Node.js; `RECORD=1` writes them.
#[test]
fn what_was_recorded_is_what_is_compiled_now() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compiled");
    let text = include_str!("../compiled/collatz.wat");
    for (fuel, name) in
        [(false, "collatz.compiled"), (true, "collatz-fuel.compiled")]
    {
        let now = bytes(&counting(fuel), text);
        let file = folder.join(name);
        if env::var_os("RECORD").is_some() {
            fs::write(&file, &now).unwrap();
        }
        assert!(
            fs::read(&file).unwrap() == now,
            "`RECORD=1 cargo test -p ch22-embed --test api compiled` writes it"
        );
    }
}
