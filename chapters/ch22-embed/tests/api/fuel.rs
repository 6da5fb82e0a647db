//! Fuel, and calls that another thread interrupts.

use std::thread;
use std::time::Duration;

use ch22_embed::{
    Caller, Config, Engine, Instance, Interrupted, Linker, Store, Trap,
};

use crate::{call, engines, engines_with, instance, linked, module, pausing};

const LOOP: &str = r#"(module
    (memory 1)
    (func (export "count") (param i32) (result i32) (local i32)
        (loop
            (local.set 1 (i32.add (local.get 1) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get 1) (local.get 0))))
        (local.get 1))
    (func (export "fill") (param i32) (result i32)
        (memory.fill (i32.const 0) (i32.const 7) (local.get 0)) (i32.load8_u (i32.const 0)))
    (func (export "forever") (loop (br 0))))"#;

fn with_fuel(config: &mut Config) {
    config.consume_fuel(true);
}

#[test]
fn without_fuel_nothing_is_counted() {
    for engine in engines() {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, LOOP);
        let said = "no fuel is counted: see `Config::consume_fuel`";
        assert_eq!(store.set_fuel(1).unwrap_err().to_string(), said);
        assert_eq!(store.get_fuel().unwrap_err().to_string(), said);
        assert_eq!(call(&mut store, it, "count", 1000), 1000);
        assert!(store.interrupt_handle().is_err());
    }
}

#[test]
fn fuel_is_counted_alike_on_all_machines() {
    let both = engines_with(with_fuel).chain(pausing(|config| {
        config.consume_fuel(true).interruptible(true);
    }));
    for engine in both {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, LOOP);
        let count = it.get_typed_func::<i32, i32>(&mut store, "count").unwrap();
        let error = count.call(&mut store, 1).unwrap_err();
        assert!(error.is_out_of_fuel(), "a store has none at first: {error}");
        store.set_fuel(300_000).unwrap();
        assert_eq!(count.call(&mut store, 150_000).unwrap(), 150_000);
        // One for the call, and one for each branch back.
        assert_eq!(store.get_fuel().unwrap(), 150_000);
        assert_eq!(count.call(&mut store, 150_000).unwrap(), 150_000);
        assert_eq!(store.get_fuel().unwrap(), 0);
        store.set_fuel(10).unwrap();
        let error = count.call(&mut store, 11).unwrap_err();
        assert_eq!(
            (error.trap(), store.get_fuel().unwrap()),
            (Some(Trap::OutOfFuel), 0)
        );
        store.set_fuel(u64::MAX).unwrap();
        assert_eq!(call(&mut store, it, "count", 10), 10);
        assert_eq!(store.get_fuel().unwrap(), u64::MAX - 10);
    }
}

#[test]
fn a_bulk_instruction_is_paid_for_before_it_runs() {
    let both = engines_with(with_fuel).chain(pausing(|config| {
        config.consume_fuel(true).interruptible(true);
    }));
    for engine in both {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, LOOP);
        store.set_fuel(60_000).unwrap();
        let fill = it.get_typed_func::<i32, i32>(&mut store, "fill").unwrap();
        assert!(fill.call(&mut store, 60_000).unwrap_err().is_out_of_fuel());
        store.set_fuel(60_001).unwrap();
        assert_eq!(fill.call(&mut store, 60_000).unwrap(), 7);
        assert_eq!(store.get_fuel().unwrap(), 0);
    }
}

#[test]
fn a_nested_call_takes_from_the_same_fuel() {
    let text = r#"(module
        (import "h" "again" (func $again (param i32) (result i32)))
        (func (export "leaf") (param i32) (result i32) (local.get 0))
        (func (export "run") (param i32) (result i32) (call $again (local.get 0))))"#;
    for engine in engines_with(with_fuel) {
        let mut linker = Linker::<Vec<u64>>::new(&engine);
        linker
            .func_wrap(
                "h",
                "again",
                |mut caller: Caller<'_, Vec<u64>>, x: i32| {
                    let leaf =
                        caller.get_export("leaf").unwrap().into_func().unwrap();
                    let leaf = leaf.typed::<i32, i32>(&caller)?;
                    for _ in 0..x {
                        leaf.call(&mut caller, 1)?;
                    }
                    let left = caller.get_fuel()?;
                    caller.data_mut().push(left);
                    Ok::<i32, ch22_embed::Error>(x)
                },
            )
            .unwrap();
        let mut store = Store::new(&engine, Vec::new());
        let it = linked(&linker, &mut store, text);
        let run = it.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
        store.set_fuel(10).unwrap();
        run.call(&mut store, 3).unwrap();
        let left = store.data()[0];
        assert_eq!(store.get_fuel().unwrap(), left);
        let error = run.call(&mut store, 100).unwrap_err();
        assert!(error.is_out_of_fuel(), "{error}");
        assert_eq!((store.get_fuel().unwrap(), store.data().len()), (0, 1));
    }
}

fn interruptible(config: &mut Config) {
    config.interruptible(true);
}

/// Interrupts a store's calls after a moment.
fn soon<T>(store: &Store<T>) -> thread::JoinHandle<()> {
    let handle = store.interrupt_handle().unwrap();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        handle.interrupt();
    })
}

#[test]
fn an_endless_loop_is_interrupted_more_than_once() {
    for counts in [false, true] {
        for engine in pausing(|config| {
            config.interruptible(true).consume_fuel(counts);
        }) {
            let mut store = Store::new(&engine, ());
            let it = instance(&mut store, LOOP);
            let forever =
                it.get_typed_func::<(), ()>(&mut store, "forever").unwrap();
            for _ in 0..2 {
                if counts {
                    store.set_fuel(u64::MAX).unwrap();
                }
                let thread = soon(&store);
                let error = forever.call(&mut store, ()).unwrap_err();
                assert_eq!(error.downcast_ref(), Some(&Interrupted));
                thread.join().unwrap();
                assert_eq!(call(&mut store, it, "count", 250_000), 250_000);
                assert_eq!(call(&mut store, it, "fill", 65_536), 7);
            }
            let thread = soon(&store);
            let forever = it.get_func(&mut store, "forever").unwrap();
            let error = forever.call_resumable(&mut store, &[]).unwrap_err();
            assert!(error.is::<Interrupted>(), "{error}");
            thread.join().unwrap();
        }
    }
}

#[test]
fn a_loop_in_a_call_back_or_around_one_is_interrupted() {
    let text = r#"(module
        (import "h" "f" (func $f (param i32) (result i32)))
        (func (export "forever") (param i32) (result i32) (loop (br 0)) (unreachable))
        (func (export "leaf") (param i32) (result i32) (local.get 0))
        (func (export "inside") (result i32) (call $f (i32.const 0)))
        (func (export "around") (result i32) (loop (br_if 0 (call $f (i32.const 1)))) (i32.const 0)))"#;
    for engine in pausing(interruptible) {
        let mut linker = Linker::<()>::new(&engine);
        linker
            .func_wrap("h", "f", |mut caller: Caller<'_, ()>, x: i32| {
                let name = if x == 0 { "forever" } else { "leaf" };
                let f = caller.get_export(name).unwrap().into_func().unwrap();
                f.typed::<i32, i32>(&caller)?.call(&mut caller, x)
            })
            .unwrap();
        let mut store = Store::new(&engine, ());
        let it = linked(&linker, &mut store, text);
        for name in ["inside", "around"] {
            let f = it.get_typed_func::<(), i32>(&mut store, name).unwrap();
            let thread = soon(&store);
            let error = f.call(&mut store, ()).unwrap_err();
            assert!(error.is::<Interrupted>(), "{name}: {error}");
            thread.join().unwrap();
        }
    }
}

#[test]
fn a_start_function_is_interrupted_too() {
    for engine in pausing(interruptible) {
        let mut store = Store::new(&engine, ());
        let forever =
            module(&engine, "(module (func (loop (br 0))) (start 0))");
        let thread = soon(&store);
        let error = Instance::new(&mut store, &forever, &[]).unwrap_err();
        assert!(error.is::<Interrupted>(), "{error}");
        thread.join().unwrap();
        let short = module(&engine, "(module (func) (start 0))");
        Instance::new(&mut store, &short, &[]).unwrap();
    }
}

#[test]
fn what_cannot_be_paused_cannot_be_interrupted() {
    let mut config = Config::new();
    config.strategy(ch22_embed::Strategy::Tree).interruptible(true);
    let engine = Engine::new(&config);
    let mut store = Store::new(&engine, ());
    let it = instance(&mut store, LOOP);
    let count = it.get_typed_func::<i32, i32>(&mut store, "count").unwrap();
    let error = count.call(&mut store, 1).unwrap_err();
    assert!(error.to_string().contains("cannot be paused"), "{error}");
}
