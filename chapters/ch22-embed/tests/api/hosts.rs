//! Functions of the host: what they take, return, fail with, and call back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ch22_embed::{
    AsContextMut, Caller, Error, ExternRef, Func, FuncType, Instance, Linker,
    Store, Trap, V128, Val, ValType,
};

use crate::{engines, linked, module};

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("error {0} of the host")]
struct OfHost(u32);

#[test]
fn closures_may_have_many_parameters_and_results() {
    let text = r#"(module
        (import "h" "sum" (func $sum (param i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64) (result f64)))
        (import "h" "seen" (func $seen (param i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64) (result f64)))
        (import "h" "many" (func $many (result i32 i64 f32 f64 i32)))
        (func (export "sum") (result f64 f64)
            (call $sum (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)
                (i32.const 5) (i64.const 6) (f32.const 7) (f64.const 8)
                (i32.const 9) (i64.const 10) (f32.const 11) (f64.const 12))
            (call $seen (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)
                (i32.const 5) (i64.const 6) (f32.const 7) (f64.const 8)
                (i32.const 9) (i64.const 10) (f32.const 11) (f64.const 12)))
        (func (export "many") (result i32 i64 f32 f64 i32) (call $many)))"#;
    for engine in engines() {
        let mut linker = Linker::<u32>::new(&engine);
        #[allow(clippy::too_many_arguments, reason = "so many are allowed")]
        let sum = |a: i32,
                   b: i64,
                   c: f32,
                   d: f64,
                   e: u32,
                   f: u64,
                   g: f32,
                   h: f64,
                   i: i32,
                   j: i64,
                   k: f32,
                   l: f64| {
            f64::from(a)
                + b as f64 * 10.0
                + f64::from(c)
                + d
                + f64::from(e) * 100.0
                + f as f64
                + f64::from(g)
                + h
                + f64::from(i)
                + j as f64
                + f64::from(k)
                + l * 0.5
        };
        linker.func_wrap("h", "sum", sum).unwrap();
        let seen = move |mut caller: Caller<'_, u32>,
                         a: i32,
                         b: i64,
                         c: f32,
                         d: f64,
                         e: u32,
                         f: u64,
                         g: f32,
                         h: f64,
                         i: i32,
                         j: i64,
                         k: f32,
                         l: f64| {
            *caller.data_mut() += 1;
            sum(a, b, c, d, e, f, g, h, i, j, k, l)
        };
        linker.func_wrap("h", "seen", seen).unwrap();
        linker
            .func_wrap("h", "many", || (1, 2_i64, 3_f32, 4_f64, 5_u32))
            .unwrap();
        let mut store = Store::new(&engine, 0);
        let it = linked(&linker, &mut store, text);
        let f = it.get_typed_func::<(), (f64, f64)>(&mut store, "sum").unwrap();
        let all = 1.0
            + 20.0
            + 3.0
            + 4.0
            + 500.0
            + 6.0
            + 7.0
            + 8.0
            + 9.0
            + 10.0
            + 11.0
            + 6.0;
        assert_eq!(f.call(&mut store, ()).unwrap(), (all, all));
        assert_eq!(store.into_data(), 1);
        let mut store = Store::new(&engine, 0);
        let it = linked(&linker, &mut store, text);
        let f = it
            .get_typed_func::<(), (i32, i64, f32, f64, i32)>(&mut store, "many")
            .unwrap();
        assert_eq!(f.call(&mut store, ()).unwrap(), (1, 2, 3.0, 4.0, 5));
    }
}

#[test]
fn references_and_vectors_go_both_ways() {
    let text = r#"(module
        (import "h" "both" (func $both (param externref v128 funcref) (result v128 externref funcref)))
        (import "h" "dynamic" (func $dynamic (param anyref i32) (result i32 anyref)))
        (func $f (export "f"))
        (func (export "both") (param externref v128) (result v128 externref funcref)
            (call $both (local.get 0) (local.get 1) (ref.func $f)))
        (func (export "dynamic") (result i32 anyref)
            (call $dynamic (ref.i31 (i32.const 5)) (i32.const 6)))
        (elem declare func $f))"#;
    for engine in engines() {
        let mut linker = Linker::<()>::new(&engine);
        let both = |it: Option<ExternRef>, x: V128, f: Option<Func>| {
            (V128(!x.0), it, f)
        };
        linker.func_wrap("h", "both", both).unwrap();
        let ty = FuncType::new(
            [ValType::ANYREF, ValType::I32],
            [ValType::I32, ValType::ANYREF],
        );
        let swap = |_: Caller<'_, ()>, params: &[Val], results: &mut [Val]| {
            results.clone_from_slice(&[params[1].clone(), params[0].clone()]);
            Ok(())
        };
        linker.func_new("h", "dynamic", ty, swap).unwrap();
        let mut store = Store::new(&engine, ());
        let it = linked(&linker, &mut store, text);
        type Both = (V128, Option<ExternRef>, Option<Func>);
        let f = it
            .get_typed_func::<(Option<ExternRef>, V128), Both>(
                &mut store, "both",
            )
            .unwrap();
        let host = ExternRef::new(&mut store, "data");
        let (x, host, function) =
            f.call(&mut store, (Some(host), V128(1))).unwrap();
        assert_eq!((x, function), (V128(!1), it.get_func(&mut store, "f")));
        assert_eq!(
            host.unwrap().data(&store).unwrap().downcast_ref(),
            Some(&"data")
        );
        let f = it.get_func(&mut store, "dynamic").unwrap();
        let mut results = [Val::I32(0), Val::I32(0)];
        f.call(&mut store, &[], &mut results).unwrap();
        let [Val::I32(6), Val::AnyRef(Some(any))] = results else {
            panic!("{results:?}")
        };
        assert_eq!(any.as_i31(), Some(5));
    }
}

/// A module whose function `run` calls `h` `f` through two of its own.
const THROUGH: &str = r#"(module
    (import "h" "f" (func $f (param i32) (result i32)))
    (func $inner (param i32) (result i32) (call $f (local.get 0)))
    (func (export "run") (param i32) (result i32) (call $inner (local.get 0))))"#;

#[test]
fn an_error_of_the_host_travels_unharmed() {
    for engine in engines() {
        for with_caller in [false, true] {
            let mut linker = Linker::<()>::new(&engine);
            match with_caller {
                true => {
                    linker.func_wrap("h", "f", |_: Caller<'_, ()>, x: u32| {
                        Err::<u32, _>(OfHost(x))
                    })
                }
                false => linker
                    .func_wrap("h", "f", |x: u32| Err::<u32, _>(OfHost(x))),
            }
            .unwrap();
            let mut store = Store::new(&engine, ());
            let it = linked(&linker, &mut store, THROUGH);
            let run = it.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
            let error = run.call(&mut store, 7).unwrap_err();
            assert_eq!(error.downcast_ref::<OfHost>(), Some(&OfHost(7)));
            assert!(error.is::<OfHost>() && !error.is::<Trap>());
            assert_eq!(
                (error.to_string(), error.trap()),
                ("error 7 of the host".to_owned(), None)
            );
            let error = error.downcast::<std::fmt::Error>().unwrap_err();
            assert_eq!(error.downcast::<OfHost>().unwrap(), OfHost(7));
        }
    }
}

#[test]
fn a_trap_of_the_host_is_a_trap() {
    for engine in engines() {
        let mut linker = Linker::<()>::new(&engine);
        let fail = |x: i32| match x {
            0 => Err(Error::from(Trap::IntegerOverflow)),
            1 => Err(Error::new(Trap::Unreachable)),
            _ => Err(Error::msg("only words")),
        };
        linker.func_wrap("h", "f", move |x: i32| fail(x).map(|()| 0)).unwrap();
        let mut store = Store::new(&engine, ());
        let it = linked(&linker, &mut store, THROUGH);
        let run = it.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
        let mut error = |x| run.call(&mut store, x).unwrap_err();
        assert_eq!(error(0).trap(), Some(Trap::IntegerOverflow));
        assert_eq!(error(1).to_string(), "wasm trap: unreachable");
        assert_eq!(error(1).downcast::<Trap>().unwrap(), Trap::Unreachable);
        assert_eq!(
            (error(2).to_string(), error(2).trap()),
            ("only words".to_owned(), None)
        );
    }
}

#[test]
fn wrong_results_of_the_host_are_errors() {
    for engine in engines() {
        let mut linker = Linker::<()>::new(&engine);
        let ty = FuncType::new([ValType::I32], [ValType::I32]);
        linker
            .func_new("h", "f", ty, |_, params, results| {
                results[0] = match params[0].i32() {
                    Some(0) => Val::I64(1),
                    _ => Val::I32(1),
                };
                Ok(())
            })
            .unwrap();
        let mut store = Store::new(&engine, ());
        let it = linked(&linker, &mut store, THROUGH);
        let run = it.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
        let error = run.call(&mut store, 0).unwrap_err();
        assert!(error.to_string().contains("wrong results"), "{error}");
        assert_eq!(run.call(&mut store, 1).unwrap(), 1);
    }
}

#[test]
fn a_panic_in_the_host_leaves_the_store_usable() {
    for engine in engines() {
        for with_caller in [false, true] {
            let mut linker = Linker::<u32>::new(&engine);
            let fail = |x: i32| if x == 0 { panic!("out of order") } else { x };
            match with_caller {
                true => linker.func_wrap(
                    "h",
                    "f",
                    move |mut caller: Caller<'_, u32>, x: i32| {
                        *caller.data_mut() += 1;
                        fail(x)
                    },
                ),
                false => linker.func_wrap("h", "f", fail),
            }
            .unwrap();
            let mut store = Store::new(&engine, 0);
            let it = linked(&linker, &mut store, THROUGH);
            let run = it.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
            for _ in 0..20 {
                let panic =
                    catch_unwind(AssertUnwindSafe(|| run.call(&mut store, 0)));
                assert_eq!(
                    panic.unwrap_err().downcast_ref(),
                    Some(&"out of order")
                );
            }
            assert_eq!(run.call(&mut store, 5).unwrap(), 5);
            assert_eq!(*store.data(), if with_caller { 21 } else { 0 });
        }
    }
}

#[test]
fn a_panic_that_an_outer_host_function_catches_leaves_its_caller_intact() {
    let text = r#"(module
        (import "h" "catch" (func $catch (param i32) (result i32)))
        (import "h" "panic" (func $panic))
        (func (export "panic") (param i64 i64) (call $panic))
        (func (export "run") (param i32) (result i32)
            (i32.add (i32.const 100) (call $catch (local.get 0)))))"#;
    for engine in engines() {
        let mut linker = Linker::<()>::new(&engine);
        linker
            .func_wrap("h", "panic", |_: Caller<'_, ()>| -> () {
                panic!("inner")
            })
            .unwrap();
        linker
            .func_wrap("h", "catch", |mut caller: Caller<'_, ()>, x: i32| {
                let panic =
                    caller.get_export("panic").unwrap().into_func().unwrap();
                let panic = panic.typed::<(i64, i64), ()>(&caller).unwrap();
                let caught = catch_unwind(AssertUnwindSafe(|| {
                    panic.call(&mut caller, (8, 9))
                }));
                x + i32::from(caught.is_err())
            })
            .unwrap();
        let mut store = Store::new(&engine, ());
        let it = linked(&linker, &mut store, text);
        let run = it.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
        for x in 0..20 {
            assert_eq!(run.call(&mut store, x).unwrap(), 101 + x);
        }
    }
}

#[test]
fn calls_back_may_nest() {
    let text = r#"(module
        (import "h" "down" (func $down (param i32) (result i32)))
        (func (export "down") (param i32) (result i32)
            (if (result i32) (i32.eqz (local.get 0))
                (then (i32.const 0))
                (else (i32.add (local.get 0) (call $down (i32.sub (local.get 0) (i32.const 1))))))))"#;
    for engine in engines() {
        let mut linker = Linker::<u32>::new(&engine);
        linker
            .func_wrap("h", "down", |mut caller: Caller<'_, u32>, x: i32| {
                *caller.data_mut() += 1;
                let down =
                    caller.get_export("down").unwrap().into_func().unwrap();
                let down = down.typed::<i32, i32>(&caller)?;
                down.call(&mut caller, x)
            })
            .unwrap();
        let mut store = Store::new(&engine, 0);
        let it = linked(&linker, &mut store, text);
        let down = it.get_typed_func::<i32, i32>(&mut store, "down").unwrap();
        assert_eq!(down.call(&mut store, 50).unwrap(), 50 * 51 / 2);
        assert_eq!(*store.data(), 50);
        // Without an end it is a trap, not the end of the process.
        let error = down.call(&mut store, -1).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::CallStackExhausted), "{error}");
        assert_eq!(down.call(&mut store, 3).unwrap(), 6);
    }
}

#[test]
fn the_caller_has_the_whole_store_but_makes_no_instances() {
    let text = r#"(module
        (import "h" "f" (func $f))
        (memory (export "memory") 1)
        (global (export "g") (mut i32) (i32.const 1))
        (func (export "run") (call $f)))"#;
    for engine in engines() {
        let mut linker = Linker::<Vec<String>>::new(&engine);
        let other = module(&engine, "(module)");
        linker
            .func_wrap("h", "f", move |mut caller: Caller<'_, Vec<String>>| {
                assert!(caller.get_export("none").is_none());
                let memory =
                    caller.get_export("memory").unwrap().into_memory().unwrap();
                memory.write(&mut caller, 10, b"hello").unwrap();
                let (bytes, data) =
                    memory.data_and_store_mut(caller.as_context_mut());
                data.push(String::from_utf8_lossy(&bytes[10..15]).into_owned());
                let global =
                    caller.get_export("g").unwrap().into_global().unwrap();
                global.set(&mut caller, 2.into()).unwrap();
                let made = Func::wrap(&mut caller, |x: i32| x + 1);
                let made = made.typed::<i32, i32>(&caller).unwrap();
                assert_eq!(made.call(&mut caller, 1).unwrap(), 2);
                let error =
                    Instance::new(&mut caller, &other, &[]).unwrap_err();
                caller.data_mut().push(error.to_string());
                assert!(
                    caller.get_fuel().is_err() && caller.set_fuel(1).is_err()
                );
            })
            .unwrap();
        let mut store = Store::new(&engine, Vec::new());
        let it = linked(&linker, &mut store, text);
        let run = it.get_typed_func::<(), ()>(&mut store, "run").unwrap();
        run.call(&mut store, ()).unwrap();
        let refused = "a module can't be instantiated while a call is running";
        assert_eq!(*store.data(), ["hello", refused]);
        let global = it.get_global(&mut store, "g").unwrap();
        assert_eq!(global.get(&mut store).i32(), Some(2));
    }
}

#[test]
fn a_function_of_the_host_is_called_without_a_module() {
    for engine in engines() {
        let mut store = Store::new(&engine, 5);
        let f = Func::wrap(&mut store, |caller: Caller<'_, i32>, x: i32| {
            x * caller.data()
        });
        assert_eq!(
            f.typed::<i32, i32>(&store).unwrap().call(&mut store, 3).unwrap(),
            15
        );
        let g =
            Func::wrap(
                &mut store,
                |x: i32| if x > 0 { Ok(x) } else { Err(OfHost(0)) },
            );
        let g = g.typed::<i32, i32>(&store).unwrap();
        assert_eq!(g.call(&mut store, 3).unwrap(), 3);
        assert!(g.call(&mut store, 0).unwrap_err().is::<OfHost>());
        let lonely = Func::wrap(&mut store, |mut caller: Caller<'_, i32>| {
            i32::from(caller.get_export("memory").is_none())
        });
        assert_eq!(
            lonely
                .typed::<(), i32>(&store)
                .unwrap()
                .call(&mut store, ())
                .unwrap(),
            1
        );
    }
}

/// The machine remembers where an innermost loop begins; here that is further
/// from the end of its function than the function is long that calls the host.
#[test]
fn a_short_function_calls_the_host_after_a_loop_of_a_long_one() {
    let rest =
        "(local.set $n (i32.add (local.get $n) (i32.load (local.get $n))))";
    let text = format!(
        r#"(module
        (import "h" "one" (func $one (param i32) (result i32)))
        (memory 1)
        (func $short (param i32) (result i32) (call $one (local.get 0)))
        (func (export "long") (result i32) (local $n i32)
            (loop $again
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $n) (i32.const 9))))
            (local.set $n (call $short (local.get $n)))
            {}
            (local.get $n)))"#,
        rest.repeat(50)
    );
    for engine in engines() {
        let mut linker = Linker::<i32>::new(&engine);
        let one = |mut caller: Caller<'_, i32>, n: i32| {
            *caller.data_mut() += 1;
            n + 1
        };
        linker.func_wrap("h", "one", one).unwrap();
        let mut store = Store::new(&engine, 0);
        let module = ch22_embed::Module::new(&engine, &text).unwrap();
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let long = instance.get_typed_func::<(), i32>(&mut store, "long");
        let long = long.unwrap();
        // The first call finds functions that aren't translated yet.
        for calls in 1..=3 {
            assert_eq!(long.call(&mut store, ()).unwrap(), 10);
            assert_eq!(*store.data(), calls);
        }
    }
}

/// While a function of the host runs, it may change everything that the module
/// had at hand: each time this one makes the memory grow, writes where it ends,
/// sets a global, and calls back.
#[test]
fn a_caller_changes_the_store_in_the_middle_of_a_loop() {
    let looped = |name: &str, call: &str| {
        format!(
            r#"(func (export "{name}") (param $n i32) (result i32) (local $sum i32)
                (loop $again
                    (local.set $sum (i32.add (local.get $sum)
                        (i32.add {call}
                            (i32.add (global.get $g)
                                (i32.load (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)))))))
                    (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $sum))"#
        )
    };
    let text = format!(
        r#"(module
        (type $one (func (param i32) (result i32)))
        (import "h" "tick" (func $tick (type $one)))
        (memory (export "memory") 1)
        (global $g (export "g") (mut i32) (i32.const 0))
        (table funcref (elem $tick))
        (func (export "twice") (type $one) (i32.mul (i32.const 2) (local.get 0)))
        (func $inner (type $one) (i32.mul (call $tick (local.get 0)) (i32.const 3)))
        (func $outer (type $one) (i32.sub (local.get 0) (call $inner (local.get 0))))
        {} {} {})"#,
        looped("plain", "(call $tick (local.get $n))"),
        looped("deep", "(call $outer (local.get $n))"),
        looped(
            "table",
            "(call_indirect (type $one) (local.get $n) (i32.const 0))"
        ),
    );
    let tick = |mut caller: Caller<'_, i32>, n: i32| {
        *caller.data_mut() += 1;
        let count = *caller.data();
        if count == 40 {
            return Err(Error::new(OfHost(40)));
        }
        let mut export =
            |name: &str| caller.get_export(name).expect("is there");
        let (memory, g) = (export("memory"), export("g"));
        let twice = export("twice").into_func().expect("a function");
        let memory = memory.into_memory().expect("a memory");
        g.into_global().expect("a global").set(&mut caller, Val::I32(count))?;
        memory.grow(&mut caller, 1)?;
        let end = memory.data_size(&caller) - 4;
        memory.write(&mut caller, end, &(7 * n).to_le_bytes()).expect("inside");
        let twice = twice.typed::<i32, i32>(&caller)?;
        twice.call(&mut caller, n)
    };
    for engine in engines() {
        let mut linker = Linker::<i32>::new(&engine);
        linker.func_wrap("h", "tick", tick).unwrap();
        let mut store = Store::new(&engine, 0);
        let it = linked(&linker, &mut store, &text);
        let mut call = |name: &str| {
            let run = it.get_typed_func::<i32, i32>(&mut store, name).unwrap();
            run.call(&mut store, 12)
        };
        // Each time `n`, and which time it is.
        let times = |from: i32| (0..12).map(move |i| (12 - i, from + i));
        let plain = |from| times(from).map(|(n, time)| 2 * n + 7 * n + time);
        let deep = |from| times(from).map(|(n, time)| n - 6 * n + 7 * n + time);
        assert_eq!(call("plain").unwrap(), plain(1).sum::<i32>());
        assert_eq!(call("deep").unwrap(), deep(13).sum::<i32>());
        assert_eq!(call("table").unwrap(), plain(25).sum::<i32>());
        let error = call("deep").unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&OfHost(40)));
        assert_eq!(call("deep").unwrap(), deep(41).sum::<i32>());
        assert_eq!(*store.data(), 52);
    }
}
