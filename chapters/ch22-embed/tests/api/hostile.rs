//! What a hostile module or a clumsy host may try.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ch22_embed::{
    AddressType, Caller, Error, Func, FuncType, Limits, Linker, Memory,
    MemoryType, ResourceLimiter, Store, Trap, Val, ValType,
};

use crate::{engines, linked, pausing};

struct Panics;

impl ResourceLimiter for Panics {
    fn memory_growing(&mut self, current: u64, _: u64, _: Option<u64>) -> bool {
        assert!(current == 0, "the limiter is out of order");
        true
    }

    fn table_growing(&mut self, _: u64, _: u64, _: Option<u64>) -> bool {
        true
    }
}

#[test]
fn a_limiter_that_panics_leaves_the_store_usable() {
    let text = r#"(module (memory (export "m") 1)
        (func (export "grow") (result i32) (memory.grow (i32.const 1)))
        (func (export "size") (result i32) (memory.size)))"#;
    for engine in engines() {
        let mut store = Store::new(&engine, Panics);
        store.limiter(|data| data);
        let it = linked(&Linker::new(&engine), &mut store, text);
        let grow = it.get_typed_func::<(), i32>(&mut store, "grow").unwrap();
        let memory = it.get_memory(&mut store, "m").unwrap();
        for _ in 0..3 {
            assert!(
                catch_unwind(AssertUnwindSafe(|| grow.call(&mut store, ())))
                    .is_err()
            );
            assert!(
                catch_unwind(AssertUnwindSafe(|| memory.grow(&mut store, 1)))
                    .is_err()
            );
        }
        let size = it.get_typed_func::<(), i32>(&mut store, "size").unwrap();
        assert_eq!(size.call(&mut store, ()).unwrap(), 1);
    }
}

#[test]
fn a_panic_in_a_call_that_goes_on_leaves_the_store_usable() {
    let text = r#"(module (import "h" "f" (func $f (param i32) (result i32)))
        (func (export "run") (param i32) (result i32)
            (i32.add (call $f (i32.const 0)) (call $f (local.get 0)))))"#;
    for engine in pausing(|_| {}) {
        let mut linker = Linker::<()>::new(&engine);
        linker
            .func_wrap("h", "f", |caller: Caller<'_, ()>, x: i32| match x {
                0 => Err(caller.suspend("wait")),
                1 => panic!("out of order"),
                _ => Ok(x),
            })
            .unwrap();
        let mut store = Store::new(&engine, ());
        let it = linked(&linker, &mut store, text);
        let run = it.get_func(&mut store, "run").unwrap();
        for _ in 0..20 {
            let call = run
                .call_resumable(&mut store, &[1.into()])
                .unwrap()
                .paused()
                .unwrap();
            let answer = || call.answer(&mut store, &[5.into()]);
            assert!(catch_unwind(AssertUnwindSafe(answer)).is_err());
        }
        let call = run
            .call_resumable(&mut store, &[2.into()])
            .unwrap()
            .paused()
            .unwrap();
        let results =
            call.answer(&mut store, &[5.into()]).unwrap().finished().unwrap();
        assert_eq!(results[0].i32(), Some(7));
    }
}

#[test]
fn endless_recursion_through_the_host_is_a_trap_whatever_it_carries() {
    let types = [ValType::V128; 20];
    let params = "v128 ".repeat(20);
    let gets: String = (0..20).map(|n| format!("(local.get {n})")).collect();
    let text = format!(
        r#"(module (import "h" "f" (func $f (param {params}) (result {params})))
            (func (export "run") (param {params}) (result {params}) (call $f {gets})))"#
    );
    for engine in engines() {
        let mut linker = Linker::<usize>::new(&engine);
        let again = |mut caller: Caller<'_, usize>,
                     params: &[Val],
                     results: &mut [Val]| {
            *caller.data_mut() += 1;
            let run = caller.get_export("run").and_then(|it| it.into_func());
            run.ok_or_else(|| Error::msg("there is no `run`"))?.call(
                &mut caller,
                params,
                results,
            )
        };
        linker.func_new("h", "f", FuncType::new(types, types), again).unwrap();
        let mut store = Store::new(&engine, 0);
        let it = linked(&linker, &mut store, &text);
        let run = it.get_func(&mut store, "run").unwrap();
        let zeros = [const { Val::V128(ch22_embed::V128(0)) }; 20];
        for _ in 0..2 {
            let error =
                run.call(&mut store, &zeros, &mut zeros.clone()).unwrap_err();
            assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
        }
        assert!(*store.data() > 100);
    }
}

#[test]
fn the_same_function_is_called_while_it_is_running() {
    for engine in engines() {
        let mut store = Store::new(&engine, None::<Func>);
        let f = Func::wrap(
            &mut store,
            |mut caller: Caller<'_, Option<Func>>, x: i32| {
                let own = caller.data().unwrap();
                match x {
                    0 => Ok(0),
                    _ => {
                        let own = own.typed::<i32, i32>(&caller)?;
                        own.call(&mut caller, x - 1).map(|sum| sum + x)
                    }
                }
            },
        );
        *store.data_mut() = Some(f);
        let f = f.typed::<i32, i32>(&store).unwrap();
        assert_eq!(f.call(&mut store, 20).unwrap(), 210);
        assert!(f.call(&mut store, -1).is_err());
    }
}

#[test]
fn memories_that_are_refused_take_nothing_of_the_limit() {
    for engine in
        crate::engines_with(|config| _ = config.max_memory_bytes(4 << 16))
    {
        let mut store = Store::new(&engine, ());
        let ty =
            |min| MemoryType::new(AddressType::I32, Limits { min, max: None });
        for _ in 0..100 {
            assert!(Memory::new(&mut store, ty(5)).is_err());
            let two = crate::module(&engine, "(module (memory 3) (memory 2))");
            assert!(ch22_embed::Instance::new(&mut store, &two, &[]).is_err());
        }
        assert!(Memory::new(&mut store, ty(4)).is_ok());
    }
}

#[test]
fn a_store_is_used_inside_of_another_ones_call() {
    for engine in engines() {
        let mut outer = Store::new(&engine, std::sync::Mutex::new(0));
        let inner_engine = engine.clone();
        let f = Func::wrap(
            &mut outer,
            move |caller: Caller<'_, std::sync::Mutex<i32>>, x: i32| {
                let mut inner = Store::new(&inner_engine, ());
                let text = r#"(module (func (export "f") (param i32) (result i32)
                    (i32.mul (local.get 0) (local.get 0))))"#;
                let it = crate::instance(&mut inner, text);
                let square = crate::call(&mut inner, it, "f", x);
                *caller.data().lock().unwrap() += square;
                square
            },
        );
        let text = r#"(module (import "h" "f" (func $f (param i32) (result i32)))
            (func (export "run") (param i32) (result i32)
                (i32.add (call $f (local.get 0)) (call $f (i32.const 3)))))"#;
        let mut linker = Linker::new(&engine);
        linker.define(&outer, "h", "f", f).unwrap();
        let it = linked(&linker, &mut outer, text);
        let run = it.get_typed_func::<i32, i32>(&mut outer, "run").unwrap();
        assert_eq!(run.call(&mut outer, 4).unwrap(), 25);
        assert_eq!(outer.into_data().into_inner().unwrap(), 25);
    }
}
