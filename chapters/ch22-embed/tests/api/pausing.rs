//! Calls that are paused, answered, interleaved and dropped.

use ch22_embed::{
    Caller, CannotPause, Config, Error, Func, Linker, Paused, ResumableCall,
    Store, Strategy, Trap, Val,
};

use crate::{call, engines, instance, linked, pausing};

const COUNT: &str = r#"(module
    (func (export "count") (param i32) (result i32) (local i32)
        (loop
            (local.set 1 (i32.add (local.get 1) (i32.const 1)))
            (br_if 0 (i32.lt_u (local.get 1) (local.get 0))))
        (local.get 1)))"#;

fn with_fuel(config: &mut Config) {
    config.consume_fuel(true);
}

fn paused(call: Result<ResumableCall, Error>) -> Paused {
    call.expect("nothing has gone wrong").paused().expect("it is paused")
}

#[test]
fn hundreds_of_calls_take_turns() {
    for engine in pausing(with_fuel) {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, COUNT);
        let count = it.get_func(&mut store, "count").unwrap();
        let mut calls: Vec<(i32, Paused)> = (0..300)
            .map(|number| {
                (
                    number,
                    paused(count.call_resumable(&mut store, &[number.into()])),
                )
            })
            .collect();
        assert!(
            calls
                .iter()
                .all(|(_, call)| call.is_out_of_fuel()
                    && call.reason().is_none())
        );
        let mut finished = 0;
        while !calls.is_empty() {
            for (number, call) in std::mem::take(&mut calls) {
                store.set_fuel(20).unwrap();
                match call.resume(&mut store).unwrap() {
                    ResumableCall::Paused(call) => calls.push((number, call)),
                    ResumableCall::Finished(results) => {
                        assert_eq!(results[0].i32(), Some(number.max(1)));
                        finished += 1;
                    }
                }
                // Another call comes between.
                store.set_fuel(6).unwrap();
                assert_eq!(call_count(&mut store, it, 5), 5);
            }
        }
        assert_eq!(finished, 300);
    }
}

fn call_count(store: &mut Store<()>, it: ch22_embed::Instance, to: i32) -> i32 {
    call(store, it, "count", to)
}

/// What the host asks of whoever has made the call.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("what is the {0}?")]
struct Question(&'static str);

const ASKS: &str = r#"(module
    (import "h" "ask" (func $ask (param i32) (result i32)))
    (import "h" "twice" (func $twice (param i32) (result i32)))
    (func $deep (param i32 v128) (result i32) (i32.add (call $ask (local.get 0)) (local.get 0)))
    (func (export "run") (param i32) (result i32)
        (i32.mul (i32.const 10) (call $deep (local.get 0) (v128.const i64x2 1 2))))
    (func (export "twice") (param i32) (result i32) (call $twice (local.get 0))))"#;

fn asks(engine: &ch22_embed::Engine) -> Linker<u32> {
    let mut linker = Linker::new(engine);
    linker
        .func_wrap("h", "ask", |caller: Caller<'_, u32>, _: i32| {
            Err::<i32, _>(caller.suspend(Question("answer")))
        })
        .unwrap();
    linker
        .func_wrap("h", "twice", |mut caller: Caller<'_, u32>, x: i32| {
            *caller.data_mut() += 1;
            let run = caller.get_export("run").unwrap().into_func().unwrap();
            match caller.answer() {
                None => Err(caller.call_first(&run, &[x.into()], 0)),
                Some((0, Ok(results))) => {
                    Err(caller.call_first(&run, &results, 1))
                }
                Some((1, Ok(results))) => Ok(results[0].i32().unwrap()),
                Some((_, outcome)) => {
                    outcome?;
                    Ok(-1)
                }
            }
        })
        .unwrap();
    linker
}

#[test]
fn a_function_of_the_host_is_answered_later() {
    for engine in pausing(|_| {}) {
        let mut store = Store::new(&engine, 0);
        let it = linked(&asks(&engine), &mut store, ASKS);
        let run = it.get_func(&mut store, "run").unwrap();
        let call = paused(run.call_resumable(&mut store, &[3.into()]));
        assert_eq!(call.reason_as(), Some(&Question("answer")));
        assert!(!call.is_out_of_fuel());
        // To resume it doesn't help: it waits for an answer.
        let call = paused(call.resume(&mut store));
        assert_eq!(call.reason_as(), Some(&Question("answer")));
        let results =
            call.answer(&mut store, &[4.into()]).unwrap().finished().unwrap();
        assert_eq!(results[0].i32(), Some(70));
        for wrong in [&[][..], &[Val::I64(1)], &[Val::I32(1), Val::I32(2)]] {
            let call = paused(run.call_resumable(&mut store, &[3.into()]));
            assert!(call.answer(&mut store, wrong).is_err());
        }
        assert!(run.call_resumable(&mut store, &[]).is_err());
    }
}

#[test]
fn a_call_for_the_host_can_be_paused_too() {
    for engine in pausing(|_| {}) {
        let mut store = Store::new(&engine, 0);
        let it = linked(&asks(&engine), &mut store, ASKS);
        let twice = it.get_func(&mut store, "twice").unwrap();
        let call = paused(twice.call_resumable(&mut store, &[3.into()]));
        let call = paused(call.answer(&mut store, &[4.into()]));
        assert_eq!(*store.data(), 2);
        let results =
            call.answer(&mut store, &[5.into()]).unwrap().finished().unwrap();
        assert_eq!((results[0].i32(), *store.data()), (Some(750), 3));
    }
}

#[test]
fn a_call_for_the_host_works_on_every_machine() {
    let text = r#"(module
        (import "h" "f" (func $f (param i32) (result i32)))
        (func (export "leaf") (param i32) (result i32) (i32.div_u (i32.const 100) (local.get 0)))
        (func (export "run") (param i32) (result i32) (call $f (local.get 0))))"#;
    for engine in engines() {
        let mut linker = Linker::<()>::new(&engine);
        linker
            .func_wrap("h", "f", |mut caller: Caller<'_, ()>, x: i32| {
                let leaf =
                    caller.get_export("leaf").unwrap().into_func().unwrap();
                match caller.answer() {
                    None => Err(caller.call_first(&leaf, &[x.into()], 7)),
                    Some((7, Ok(results))) => Ok(results[0].i32().unwrap()),
                    // What has gone wrong in it can be caught.
                    Some((_, outcome)) => match outcome.unwrap_err().trap() {
                        Some(Trap::IntegerDivideByZero) => Ok(-1),
                        _ => Err(Error::msg("something else")),
                    },
                }
            })
            .unwrap();
        let mut store = Store::new(&engine, ());
        let it = linked(&linker, &mut store, text);
        assert_eq!(call(&mut store, it, "run", 5), 20);
        assert_eq!(call(&mut store, it, "run", 0), -1);
    }
}

#[test]
fn what_cannot_be_paused_says_so() {
    for engine in
        engines().chain(pausing(|config| _ = config.interruptible(true)))
    {
        let mut store = Store::new(&engine, 0);
        let it = linked(&asks(&engine), &mut store, ASKS);
        let run = it.get_typed_func::<i32, i32>(&mut store, "run").unwrap();
        let error = run.call(&mut store, 3).unwrap_err();
        assert_eq!(
            error.to_string(),
            "this call can't be paused: what is the answer?"
        );
        let CannotPause(reason) = error.downcast_ref().unwrap();
        assert_eq!(reason.downcast_ref(), Some(&Question("answer")));
        let outcome = run.func().call_resumable(&mut store, &[3.into()]);
        assert_eq!(
            outcome.is_err(),
            engine.config().chosen_strategy() == Strategy::Tree
        );
    }
}

#[test]
fn dropped_calls_give_back_what_they_had() {
    for engine in pausing(|_| {}) {
        let mut store = Store::new(&engine, 0);
        let it = linked(&asks(&engine), &mut store, ASKS);
        let run = it.get_func(&mut store, "run").unwrap();
        for _ in 0..1_000 {
            drop(paused(run.call_resumable(&mut store, &[3.into()])));
        }
        let call = paused(run.call_resumable(&mut store, &[3.into()]));
        // The store forgets the dropped ones when it's used next, so it has a place for this one.
        assert!(format!("{call:?}").contains("number: 0"), "{call:?}");
        drop(store);
        drop(call);
    }
}

#[test]
fn a_paused_call_of_another_store_panics() {
    let engine = ch22_embed::Engine::default();
    let mut stores = [Store::new(&engine, 0), Store::new(&engine, 0)];
    let it = linked(&asks(&engine), &mut stores[0], ASKS);
    let run = it.get_func(&mut stores[0], "run").unwrap();
    for answers in [false, true] {
        let call = paused(run.call_resumable(&mut stores[0], &[3.into()]));
        let wrong = std::panic::AssertUnwindSafe(|| match answers {
            true => call.answer(&mut stores[1], &[4.into()]),
            false => call.resume(&mut stores[1]),
        });
        let panic = std::panic::catch_unwind(wrong).unwrap_err();
        let said = "this belongs to another store";
        assert_eq!(panic.downcast_ref(), Some(&said));
    }
    let call = paused(run.call_resumable(&mut stores[0], &[3.into()]));
    let outcome = call.answer(&mut stores[0], &[4.into()]).unwrap();
    assert!(outcome.finished().is_some());
}

#[test]
fn slices_are_no_pauses() {
    for engine in pausing(|config| {
        config.interruptible(true);
    }) {
        let mut store = Store::new(&engine, ());
        let it = instance(&mut store, COUNT);
        let count = it.get_func(&mut store, "count").unwrap();
        let call = count.call_resumable(&mut store, &[250_000.into()]).unwrap();
        assert_eq!(call.finished().unwrap()[0].i32(), Some(250_000));
    }
}

#[test]
fn a_call_of_rust_between_cannot_be_paused() {
    let text = r#"(module
        (import "h" "through" (func $through (result i32)))
        (func (export "run") (result i32) (call $through)))"#;
    for engine in pausing(|_| {}) {
        let mut linker = Linker::<()>::new(&engine);
        linker
            .func_wrap("h", "through", |mut caller: Caller<'_, ()>| {
                let ask = Func::wrap(&mut caller, |caller: Caller<'_, ()>| {
                    Err::<i32, _>(caller.suspend(Question("answer")))
                });
                let ask = ask.typed::<(), i32>(&caller)?;
                ask.call(&mut caller, ())
            })
            .unwrap();
        let mut store = Store::new(&engine, ());
        let it = linked(&linker, &mut store, text);
        let run = it.get_func(&mut store, "run").unwrap();
        let error = run.call_resumable(&mut store, &[]).unwrap_err();
        assert!(error.is::<CannotPause>(), "{error}");
    }
}

#[test]
fn a_call_begun_inside_of_another_goes_on_outside_and_the_other_way_round() {
    let text = r#"(module
        (import "h" "ask" (func $ask (param i32) (result i32)))
        (import "h" "begin" (func $begin (param i32)))
        (import "h" "end" (func $end (result i32)))
        (func (export "run") (param i32 v128) (result i32)
            (i32.add (call $ask (local.get 0)) (local.get 0)))
        (func (export "begin") (param i64 i32) (result i32)
            (call $begin (local.get 1)) (i32.add (i32.const 1) (local.get 1)))
        (func (export "end") (param i64 i64) (result i32) (i32.add (i32.const 1000) (call $end))))"#;
    for engine in pausing(|_| {}) {
        let mut linker = Linker::<Option<Paused>>::new(&engine);
        type Here<'a> = Caller<'a, Option<Paused>>;
        linker
            .func_wrap("h", "ask", |caller: Here<'_>, _: i32| {
                Err::<i32, _>(caller.suspend(Question("answer")))
            })
            .unwrap();
        linker
            .func_wrap("h", "begin", |mut caller: Here<'_>, x: i32| {
                let run =
                    caller.get_export("run").unwrap().into_func().unwrap();
                let params = [x.into(), ch22_embed::V128(1).into()];
                let call = run.call_resumable(&mut caller, &params)?;
                *caller.data_mut() = call.paused();
                Ok::<(), Error>(())
            })
            .unwrap();
        linker
            .func_wrap("h", "end", |mut caller: Here<'_>| {
                let call = caller.data_mut().take().unwrap();
                let results =
                    call.answer(&mut caller, &[7.into()])?.finished().unwrap();
                Ok::<i32, Error>(results[0].i32().unwrap())
            })
            .unwrap();
        let mut store = Store::new(&engine, None);
        let it = linked(&linker, &mut store, text);
        let begin =
            it.get_typed_func::<(i64, i32), i32>(&mut store, "begin").unwrap();
        let end =
            it.get_typed_func::<(i64, i64), i32>(&mut store, "end").unwrap();
        for x in 0..50 {
            assert_eq!(begin.call(&mut store, (9, x)).unwrap(), x + 1);
            match x % 3 {
                0 => {
                    assert_eq!(end.call(&mut store, (8, 8)).unwrap(), 1007 + x)
                }
                1 => {
                    let call = store.data_mut().take().unwrap();
                    let results = call.answer(&mut store, &[5.into()]).unwrap();
                    assert_eq!(
                        results.finished().unwrap()[0].i32(),
                        Some(5 + x)
                    );
                }
                _ => _ = store.data_mut().take(),
            }
        }
    }
}

#[test]
fn objects_of_a_paused_call_and_its_arguments_stay() {
    let text = r#"(module
        (type $bytes (array (mut i8)))
        (import "h" "ask" (func $ask (param i32) (result i32)))
        (import "h" "twice" (func $twice (param i32) (result i32)))
        (func (export "run") (param i32) (result i32) (local $it (ref null $bytes))
            (local.set $it (array.new $bytes (local.get 0) (i32.const 100)))
            (drop (call $ask (i32.const 0)))
            (array.get_u $bytes (local.get $it) (i32.const 99)))
        (func (export "garbage") (param i32) (result i32)
            (loop
                (drop (array.new_default $bytes (i32.const 100)))
                (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 0)))"#;
    for engine in pausing(|config| _ = config.max_heap_bytes(1 << 15)) {
        let mut store = Store::new(&engine, 0);
        let it = linked(&asks(&engine), &mut store, text);
        let run = it.get_func(&mut store, "run").unwrap();
        let calls: Vec<(i32, Paused)> = (0..50)
            .map(|x| (x, paused(run.call_resumable(&mut store, &[x.into()]))))
            .collect();
        let garbage =
            it.get_typed_func::<i32, i32>(&mut store, "garbage").unwrap();
        garbage.call(&mut store, 1_000).unwrap();
        for (x, call) in calls {
            let results = call
                .answer(&mut store, &[0.into()])
                .unwrap()
                .finished()
                .unwrap();
            assert_eq!(results[0].i32(), Some(x));
            garbage.call(&mut store, 100).unwrap();
        }
    }
}
