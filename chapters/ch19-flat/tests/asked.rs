//! Functions of the host that ask for a call and are asked again: the same on
//! the tree, where the call nests, and on flat code, where it can be paused.

use std::fmt;

use annex_embedding::{
    Answer, CallFirst, Caller, Engine, Error, FuncAddr, HostError, Imports,
    InstanceAddr, Pause, PausedCall, Suspend, Value,
};
use ch07_values::Trap;
use ch12_instance::StoreLimits;
use ch19_flat::{Activation, Continuation, Store};
use rewritten::rewritten;

mod rewritten;

/// An error that a program unwinds with, as C does with `longjmp`.
#[derive(Debug)]
struct Jump;

impl fmt::Display for Jump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("jump")
    }
}

impl std::error::Error for Jump {}

const TEXT: &str = r#"(module
  (import "host" "twice" (func $twice (param i32) (result i32)))
  (import "host" "guarded" (func $guarded (param i32) (result i32)))
  (import "host" "jump" (func $jump))
  (import "host" "later" (func $later (param i32) (result i32)))
  (import "host" "again" (func $again (param i32) (result i32)))
  (tag $e (param i32))
  (func $double (export "double") (param i32) (result i32)
    (i32.mul (local.get 0) (i32.const 2)))
  (func $work (export "work") (param $how i32) (result i32)
    (local $i i32)
    (loop $next
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 5))))
    (if (i32.eq (local.get $how) (i32.const 1)) (then (call $jump)))
    (if (i32.eq (local.get $how) (i32.const 2)) (then unreachable))
    (if (i32.eq (local.get $how) (i32.const 3))
      (then (throw $e (i32.const 8))))
    (if (i32.eq (local.get $how) (i32.const 4))
      (then (return (call $later (i32.const 30)))))
    (if (i32.eq (local.get $how) (i32.const 5))
      (then (return (call $guarded (i32.const 1)))))
    (i32.add (local.get $how) (i32.const 100)))
  (func (export "twice") (param i32) (result i32)
    (i32.const 1000)
    (call $twice (local.get 0))
    (i32.add))
  (func (export "twice at the end") (param i32) (result i32)
    (return_call $twice (local.get 0)))
  (func (export "guarded") (param i32) (result i32)
    (i32.const 1000)
    (call $guarded (local.get 0))
    (i32.add))
  (func (export "again") (param i32) (result i32)
    (call $again (local.get 0)))
  (export "host twice" (func $twice)))"#;

fn export(caller: &Caller<'_>, name: &str) -> Result<FuncAddr, HostError> {
    let item = caller.export(name).and_then(|item| item.func());
    item.ok_or_else(|| "it is not exported".into())
}

/// The embedder's function that calls `name` for a host, found by its address.
fn link(engine: &mut dyn Engine, pauses: bool) -> InstanceAddr {
    let mut imports = Imports::new();
    // Calls `double` twice, one after the other.
    imports.func(
        engine,
        "host",
        "twice",
        |caller: &mut Caller<'_>, x: i32| -> Result<i32, HostError> {
            let (state, x) = match caller.answer() {
                None => (1, x.into()),
                Some(Answer { state, outcome }) => (state + 1, outcome?[0]),
            };
            if state == 3 {
                let Value::Number(number) = x else { return Err("?".into()) };
                return Ok(number.to_slot() as i32);
            }
            // The embedder has no instance whose export this is.
            let function = match caller.instance() {
                Some(_) => export(caller, "double")?,
                None => FuncAddr(5),
            };
            let arguments = vec![x];
            Err(CallFirst { function, arguments, state }.into())
        },
    );
    // Calls `work`, and catches whatever comes out of it.
    imports.func(
        engine,
        "host",
        "guarded",
        |caller: &mut Caller<'_>, how: i32| -> Result<i32, HostError> {
            match caller.answer() {
                None => Err(CallFirst {
                    function: export(caller, "work")?,
                    arguments: vec![how.into()],
                    state: 7,
                }
                .into()),
                Some(Answer { state: 7, outcome: Ok(results) }) => {
                    Ok(results[0].to_slot() as i32)
                }
                Some(Answer { outcome: Err(error), .. }) => Ok(match error {
                    error if error.host::<Jump>().is_some() => -1,
                    Error::Trap(report) if report.trap == Trap::Host => -9,
                    Error::Trap(_) => -2,
                    Error::Exception(_) => -3,
                    _ => -4,
                }),
                Some(answer) => Err(format!("{answer:?}").into()),
            }
        },
    );
    imports.func(engine, "host", "jump", || Err::<(), HostError>(Jump.into()));
    imports.func(engine, "host", "later", move |x: i32| match pauses {
        true => Err(Suspend(format!("later {x}").into())),
        false => Ok(x + 1),
    });
    // Asks for itself, one less each time.
    imports.func(
        engine,
        "host",
        "again",
        |caller: &mut Caller<'_>, x: i32| -> Result<i32, HostError> {
            match caller.answer() {
                None if x == 0 => Ok(0),
                None => Err(CallFirst {
                    function: FuncAddr(4),
                    arguments: vec![(x - 1).into()],
                    state: 0,
                }
                .into()),
                Some(answer) => {
                    let below = answer.outcome?[0].to_slot() as i32;
                    Ok(below + 1)
                }
            }
        },
    );
    engine.instantiate(TEXT.as_bytes(), &imports).unwrap()
}

/// All calls, and what comes of them.
fn outcomes(engine: &mut dyn Engine) -> Vec<String> {
    let instance = link(engine, false);
    let calls = [
        ("twice", 5),
        ("twice at the end", 5),
        ("guarded", 0),
        ("guarded", 1),
        ("guarded", 2),
        ("guarded", 3),
        ("guarded", 4),
        ("guarded", 5),
        ("guarded", 6),
        ("again", 20),
        ("again", 20_000),
        ("host twice", 3),
        ("work", 2),
    ];
    let call = |(name, x): &(&str, i32)| {
        engine.set_fuel(100_000);
        let outcome = match engine.call(instance, name, &[(*x).into()]) {
            Ok(results) => results[0].to_string(),
            Err(error) => error.to_string(),
        };
        let fuel = 100_000 - engine.fuel().unwrap();
        format!("{name} {x}: {outcome}, {fuel} of fuel")
    };
    calls.iter().map(call).collect()
}

fn limits() -> StoreLimits {
    StoreLimits { fuel: Some(0), ..StoreLimits::default() }
}

#[test]
fn a_call_that_the_host_asks_for_is_the_same_on_both_engines() {
    let mut tree = ch18_heap::Store::<()>::new((), limits());
    let mut flat = Store::<()>::new((), limits());
    let flat = outcomes(&mut flat);
    assert_eq!(flat, outcomes(&mut tree));
    let lines = flat.join("\n");
    insta::assert_snapshot!(lines, @r"
    twice 5: i32 1020, 4 of fuel
    twice at the end 5: i32 20, 4 of fuel
    guarded 0: i32 1100, 7 of fuel
    guarded 1: i32 999, 8 of fuel
    guarded 2: i32 998, 7 of fuel
    guarded 3: i32 997, 7 of fuel
    guarded 4: i32 1031, 8 of fuel
    guarded 5: i32 999, 14 of fuel
    guarded 6: i32 1106, 7 of fuel
    again 20: i32 20, 22 of fuel
    again 20000: trap: call stack exhausted, 10001 of fuel
    host twice 3: i32 12, 3 of fuel
    work 2: trap: unreachable, in function 6 ($work), at unreachable, 5 of fuel
    ");
}

/// What a function of the host has asked for has as many results as what is
/// there has, and its caller is an instance.
fn nothing_else_waits(store: &mut Store, call: &PausedCall) {
    let written = Continuation::of(store, call).unwrap();
    for number in 0..written.activations.len() {
        let mut forge = |change: fn(&mut FuncAddr, &mut InstanceAddr)| {
            let mut forged = written.clone();
            let activation = &mut forged.activations[number];
            if let Activation::Host {
                asked, instance: Some(instance), ..
            } = activation
            {
                change(asked, instance);
                assert!(forged.restore(store).is_err());
            }
        };
        // `jump` has no results.
        forge(|asked, _| *asked = FuncAddr(2));
        forge(|_, instance| *instance = InstanceAddr(1));
    }
}

/// The call inside is cut and suspended, and the host is asked again in the end.
#[test]
fn a_call_that_the_host_asks_for_can_be_paused() {
    for slice in 1..4 {
        let mut store = Store::<()>::new((), limits());
        let instance = link(&mut store, true);
        let export = store.export(instance, "guarded").unwrap();
        let guarded = export.func().unwrap();
        for (how, expected) in [
            (0, 1100),
            (1, 999),
            (2, 998),
            (3, 997),
            (4, 1031),
            (5, 999),
            (6, 1106),
        ] {
            store.set_fuel(slice);
            let mut pauses = 0;
            let arguments = [how.into()];
            let mut progress = store.start(guarded, &arguments).unwrap();
            let results = loop {
                let call = match progress {
                    annex_embedding::Progress::Finished(results) => {
                        break results;
                    }
                    annex_embedding::Progress::Paused(call) => call,
                };
                pauses += 1;
                // Another call of the store, meanwhile.
                store.set_fuel(100);
                store.call(instance, "work", &[0.into()]).unwrap();
                store.set_fuel(slice);
                nothing_else_waits(&mut store, &call);
                let call = rewritten(&mut store, call);
                progress = match &call.pause {
                    Pause::OutOfFuel => store.resume(call).unwrap(),
                    Pause::Suspended(_) => {
                        store.answer(call, &[31.into()]).unwrap()
                    }
                };
            };
            assert_eq!(results, [expected.into()], "{how}");
            assert!(pauses > 1, "{how}");
        }
    }
}

/// Where calls can't be paused, the host's error goes through both of its
/// functions.
#[test]
fn a_pause_that_cannot_be_is_an_error_of_the_call_inside() {
    let mut store = Store::<()>::new((), limits());
    let instance = link(&mut store, true);
    store.set_fuel(1000);
    let results = store.call(instance, "guarded", &[4.into()]).unwrap();
    assert_eq!(results, [991.into()]);
}
