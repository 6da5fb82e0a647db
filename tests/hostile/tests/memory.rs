//! How much memory an input takes: the decoder, a multiple of the input's own length; the store, what it was allowed.

use std::alloc::System;

use annex_embedding::Imports;
use cap::Cap;
use ch07_values::Trap;
use ch09_module::{FEATURES, Module};
use ch12_instance::StoreLimits;
use engines::ours;
use hostile::LIMITS;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

const MIB: usize = 1 << 20;

/// How many bytes more than before `work` had at most. The allocator only knows the most of all times, so what is worked on
/// comes in the order of its size, and one after the other.
fn peak(work: impl FnOnce()) -> usize {
    let before = ALLOCATOR.allocated();
    work();
    ALLOCATOR.max_allocated() - before
}

/// A module of sections.
fn module<const N: usize>(sections: [(u8, Vec<u8>); N]) -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for (id, content) in sections {
        bytes.push(id);
        bytes.extend(leb(content.len()));
        bytes.extend(content);
    }
    bytes
}

/// `u32`, as the binary format writes it.
fn leb(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A module with a function whose body these bytes are.
fn function(body: &[u8]) -> Vec<u8> {
    let code = [&[1], &leb(body.len() + 2)[..], &[0], body, &[0x0b]].concat();
    module([(1, vec![1, 0x60, 0, 0]), (3, vec![1, 0]), (10, code)])
}

/// Functions with fifty thousand locals each, which is what a function may have.
fn locals(functions: usize) -> Vec<u8> {
    let body = [vec![1], leb(50_000), vec![0x7e, 0x0b]].concat();
    let code = [leb(body.len()), body].concat();
    module([
        (1, vec![1, 0x60, 0, 0]),
        (3, [leb(functions), vec![0; functions]].concat()),
        (10, [leb(functions), code.repeat(functions)].concat()),
    ])
}

/// What takes as much as it gets.
const GREEDY: &str = r#"(module
    (type $bytes (array (mut i8)))
    (type $pair (struct (field (ref null $pair)) (field (ref null $bytes))))
    (tag $tag (param i64 i64 i64 i64 i64 i64 i64 i64))
    (memory 0)
    (table $t 0 externref)
    (table $e 0 exnref)
    (global $list (mut (ref null $pair)) (ref.null $pair))
    (func (export "exceptions") (result i32)
        (loop
            (drop (table.grow $e
                (block (result exnref)
                    (try_table (catch_all_ref 0)
                        (throw $tag
                            (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)
                            (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8)))
                    unreachable)
                (i32.const 1)))
            (br 0))
        unreachable)
    (func (export "memory") (result i32)
        (loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (memory.size))
    (func (export "table") (result i32)
        (loop (br_if 0
            (i32.ne (table.grow $t (ref.null extern) (i32.const 1000)) (i32.const -1))))
        (table.size $t))
    (func (export "garbage") (result i32)
        (loop (drop (array.new_default $bytes (i32.const 100))) (br 0)) unreachable)
    (func (export "list") (result i32)
        (loop
            (global.set $list (struct.new $pair
                (global.get $list) (array.new_default $bytes (i32.const 1000))))
            (br 0))
        unreachable)
    (func (export "drop") (result i32) (global.set $list (ref.null $pair)) (i32.const 0))
    (func (export "small") (result i32)
        (loop (global.set $list (struct.new $pair (global.get $list) (ref.null $bytes))) (br 0))
        unreachable)
    (func (export "large") (result i32)
        (array.len (array.new_default $bytes (i32.const -1)))))"#;

#[test]
fn no_input_takes_more_memory_than_its_length_and_the_limits_allow() {
    const MANY: usize = 100_000;
    // Lengths that are not true.
    let most: &[u8] = &[0xff, 0xff, 0xff, 0xff, 0x0f];
    for id in 0..=13 {
        let lies = module([(id, [most, &[0; 100]].concat())]);
        let peak = peak(|| drop(Module::from_bytes(&lies)));
        assert!(peak < MIB / 8, "section {id}: {peak} bytes");
    }
    // What is short as a file, and long as a tree.
    for (name, input) in [
        ("br_table", function(&[&[0x41, 0, 0x0e], &leb(MANY)[..], &[0; MANY + 1]].concat())),
        ("text", format!("(module (func {}))", "nop ".repeat(MANY)).into_bytes()),
        ("parens", "(".repeat(MANY).into_bytes()),
        ("nops", function(&[1; MANY])),
        ("blocks", function(&[[2, 0x40].repeat(MANY), vec![0x0b; MANY]].concat())),
    ] {
        let peak = peak(|| drop(Module::from_bytes(&input)));
        assert!(peak < 256 * input.len(), "{name}: {peak} bytes for {}", input.len());
    }
    // Code that takes as much as it gets.
    let limits = StoreLimits { heap_bytes: 4 << 20, ..LIMITS };
    for engine in ours() {
        let mut store = (engine.make)(FEATURES, limits);
        let mut outcomes = Vec::new();
        let peak_of_calls = peak(|| {
            let instance = store.instantiate(GREEDY.as_bytes(), &Imports::new()).unwrap();
            for (name, item) in store.exports(instance).to_vec() {
                // An array of four billion elements takes as much fuel as it has elements.
                store.set_fuel(if name == "large" { u64::MAX } else { 50_000_000 });
                let outcome = store.invoke(item.func().unwrap(), &[]);
                let outcome = outcome.map(|results| results[0].i32().unwrap());
                outcomes.push((name, outcome.map_err(|error| error.trap().unwrap())));
            }
        });
        let outcome = |name| outcomes.iter().find(|(export, _)| export == name).unwrap().1;
        assert_eq!(outcome("memory"), Ok(256));
        // The exceptions lie in the other table.
        assert!(matches!(outcome("table"), Ok(80_000..100_000)), "{:?}", outcome("table"));
        assert_eq!(outcome("garbage"), Err(Trap::OutOfFuel));
        assert_eq!(outcome("list"), Err(Trap::OutOfHeap));
        assert_eq!(outcome("small"), Err(Trap::OutOfHeap));
        assert_eq!(outcome("large"), Err(Trap::OutOfHeap));
        assert_eq!(outcome("exceptions"), Err(Trap::OutOfHeap));
        let most = limits.memory_bytes + 2 * limits.heap_bytes + 8 * limits.table_elements;
        let most = most as usize + 16 * limits.operands;
        // And a little for the module, and for growing: a memory is copied to its new place.
        assert!(peak_of_calls < most + most / 4, "{} MiB", peak_of_calls / MIB);
        drop(store);
    }
    // A hundred bytes can say "ten million locals", and no more.
    for functions in [20, 200, 20_000] {
        let input = locals(functions);
        let peak = peak(|| drop(Module::from_bytes(&input)));
        assert!(peak < 160 * MIB, "{} MiB", peak / MIB);
    }
}
