//! The calls that a trap has ended, and the instructions they were at.

use annex_embedding::{
    Engine, Error, HostError, Imports, InstanceAddr, TrapFrame,
};
use ch07_values::Trap;
use ch12_instance::StoreLimits;
use ch19_flat::Store;

const TEXT: &str = r#"(module
    (func $leaf (param i32) (result i32)
        (block (nop))
        (i32.div_u (i32.const 1) (local.get 0)))
    (func $middle (param i32) (result i32)
        (drop (call $leaf (i32.const 1)))
        (call $leaf (local.get 0)))
    (func (export "outer") (param i32) (result i32)
        (i32.add (i32.const 5) (call $middle (local.get 0))))
    (func (export "tail") (param i32) (result i32)
        (nop) (return_call $leaf (local.get 0)))
    (func $down (export "down") (nop) (call $down))
    (func (export "forever") (nop) (loop (br 0))))"#;

fn program(text: &str, fuel: Option<u64>) -> (Store, InstanceAddr) {
    let limits = StoreLimits { fuel, ..StoreLimits::default() };
    let mut store = Store::new((), limits);
    let instance = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    (store, instance)
}

fn frames(error: Error) -> Vec<TrapFrame> {
    match error {
        Error::Trap(report) => report.frames,
        error => panic!("{error}"),
    }
}

/// For each frame its function, and the number of the instruction.
fn places(store: &mut Store, error: Error) -> Vec<(u32, Option<u32>)> {
    let frames = frames(error).into_iter();
    frames.map(|it| (it.function.0, store.instruction(it))).collect()
}

#[test]
fn each_frame_is_at_what_trapped_or_called() {
    let (mut store, instance) = program(TEXT, None);
    for _ in 0..2 {
        let error = store.call(instance, "outer", &[0.into()]).unwrap_err();
        // `block`, `nop`, `i32.const`, `local.get` come before `i32.div_u`.
        let wanted = [(0, Some(4)), (1, Some(4)), (2, Some(2))];
        assert_eq!(places(&mut store, error), wanted);
    }
    // A tail call has left its frame to its callee.
    let error = store.call(instance, "tail", &[0.into()]).unwrap_err();
    assert_eq!(places(&mut store, error), [(0, Some(4))]);
}

#[test]
fn at_most_a_hundred_frames_are_told() {
    let (mut store, instance) = program(TEXT, None);
    let error = store.call(instance, "down", &[]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
    assert_eq!(places(&mut store, error), [(4, Some(1)); 100]);
    // Of the next trap only its own.
    let error = store.call(instance, "tail", &[0.into()]).unwrap_err();
    assert_eq!(frames(error).len(), 1);
}

#[test]
fn where_the_fuel_ran_out_is_told_too() {
    let (mut store, instance) = program(TEXT, Some(10));
    let error = store.call(instance, "forever", &[]).unwrap_err();
    assert_eq!(places(&mut store, error), [(5, Some(2))]);
}

#[test]
fn a_frame_of_no_function_has_no_instruction() {
    let (mut store, _) = program(TEXT, None);
    let function = annex_embedding::FuncAddr(99);
    assert_eq!(store.instruction(TrapFrame { function, position: 1 }), None);
    let function = annex_embedding::FuncAddr(0);
    assert_eq!(store.instruction(TrapFrame { function, position: 0 }), None);
}

#[test]
fn a_trap_that_the_host_passes_on_leaves_no_frames_behind() {
    let mut store = Store::<()>::default();
    let mut imports = Imports::new();
    let through = |caller: &mut annex_embedding::Caller<'_>| {
        let trap = caller.export("trap").and_then(|item| item.func());
        let trap = trap.ok_or("there is no `trap`")?;
        caller.engine().invoke(trap, &[])?;
        Ok::<(), HostError>(())
    };
    imports.func(&mut store, "h", "through", through);
    let text = r#"(module (import "h" "through" (func $through))
        (func (export "trap") (unreachable))
        (func (export "run") (call $through))
        (func $f (export "full") (param i64) (call $f (local.get 0))))"#;
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    let error = store.call(instance, "run", &[]).unwrap_err();
    assert_eq!(places(&mut store, error), [(1, Some(0))]);
    // The host is called without code, so this trap has no frames.
    let through = imports.get("h", "through").and_then(|it| it.func()).unwrap();
    let error = store.invoke(through, &[]).unwrap_err();
    assert_eq!(frames(error), []);
}
