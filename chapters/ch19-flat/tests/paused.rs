//! Calls that are paused: wherever they are cut, they end as if they had not
//! been.

use std::error::Error as _;

use annex_embedding::{
    Caller, Engine, Error, FuncAddr, HostError, Imports, InstanceAddr, Pause,
    PausedCall, Progress, Suspend, Value,
};
use ch07_values::Trap;
use ch12_instance::StoreLimits;
use ch19_flat::Store;
use rewritten::rewritten;

mod rewritten;

/// An instance in a store that counts fuel, linked to a host whose functions
/// `later` are answered later.
fn instance(text: &str) -> (Store, InstanceAddr) {
    let limits = StoreLimits { fuel: Some(0), ..StoreLimits::default() };
    let mut store = Store::new((), limits);
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "later", |x: i32| {
        Err::<i32, _>(Suspend(format!("later {x}").into()))
    });
    imports.func(&mut store, "host", "fails", || {
        Err::<(), _>(HostError::from("it fails"))
    });
    let instance = store.instantiate(text.as_bytes(), &imports).unwrap();
    (store, instance)
}

fn function(store: &Store, instance: InstanceAddr, name: &str) -> FuncAddr {
    store.export(instance, name).unwrap().func().unwrap()
}

/// How a call ends that has so much fuel in each go, and how many goes it
/// takes. A function of the host is answered with one more than it has asked.
fn in_slices(
    store: &mut Store,
    function: FuncAddr,
    arguments: &[Value],
    slice: u64,
) -> (Result<Vec<Value>, Error>, u32) {
    store.set_fuel(slice);
    let mut goes = 1;
    let mut progress = store.start(function, arguments);
    loop {
        match progress {
            Ok(Progress::Finished(results)) => return (Ok(results), goes),
            Err(error) => return (Err(error), goes),
            Ok(Progress::Paused(call)) => {
                let answer = match &call.pause {
                    Pause::OutOfFuel => None,
                    Pause::Suspended(reason) => {
                        let reason = reason.to_string();
                        let asked = reason.strip_prefix("later ").unwrap();
                        Some(asked.parse::<i32>().unwrap() + 1)
                    }
                };
                goes += 1;
                assert!(goes < 100_000);
                let call = rewritten(store, call);
                progress = match answer {
                    Some(answer) => store.answer(call, &[answer.into()]),
                    None => {
                        store.set_fuel(store.fuel().unwrap() + slice);
                        store.resume(call)
                    }
                };
            }
        }
    }
}

const MODULES: [&str; 5] = [
    include_str!("../../ch12-instance/tests/control.wat"),
    include_str!("../../ch15-references/tests/references.wat"),
    include_str!("../../ch16-tail-calls/tests/tail_calls.wat"),
    include_str!("leave.wat"),
    include_str!("cut.wat"),
];

/// One unit of fuel in each go, or two, or three: the same results, traps and
/// messages, and the same fuel altogether.
#[test]
fn a_call_that_is_cut_anywhere_ends_as_if_it_were_not() {
    for text in MODULES {
        let (mut whole, one) = instance(text);
        let exports = whole.exports(one).to_vec();
        for (name, item) in exports {
            let Some(address) = item.func() else { continue };
            let plenty = 1 << 40;
            let (expected, _) = in_slices(&mut whole, address, &[], plenty);
            let spent = plenty - whole.fuel().unwrap();
            if spent > 10_000 {
                continue;
            }
            for slice in 1..4 {
                let (mut cut, _) = instance(text);
                let (found, goes) = in_slices(&mut cut, address, &[], slice);
                match (&expected, &found) {
                    (Ok(expected), Ok(found)) => {
                        assert_eq!(expected, found, "{name}")
                    }
                    (Err(expected), Err(found)) => {
                        assert_eq!(expected.to_string(), found.to_string())
                    }
                    _ => panic!("{name}: {expected:?}, {found:?}"),
                }
                let given = slice * u64::from(goes);
                assert!(given >= spent, "{name}: {spent} in {goes}");
                if slice == 1 && !text.contains("later") {
                    let left = cut.fuel().unwrap();
                    assert_eq!(given - left, spent, "{name}");
                }
            }
        }
    }
}

#[test]
fn nothing_is_lost_when_there_is_no_fuel_at_all() {
    let (mut store, cut) = instance(include_str!("cut.wat"));
    let sum = function(&store, cut, "sum");
    let mut call = store.start(sum, &[]).unwrap().paused().unwrap();
    for _ in 0..3 {
        call = store.resume(call).unwrap().paused().unwrap();
        assert!(matches!(call.pause, Pause::OutOfFuel));
    }
    store.set_fuel(1000);
    let results = store.resume(call).unwrap().finished().unwrap();
    assert_eq!(results, [55.into()]);
}

/// A bulk instruction that asks for more than one slice begins when there is
/// enough.
#[test]
fn fuel_adds_up_while_a_call_is_paused() {
    let (mut store, cut) = instance(include_str!("cut.wat"));
    let fill = function(&store, cut, "fill");
    let (results, goes) = in_slices(&mut store, fill, &[], 100);
    assert_eq!(results.unwrap(), [7.into()]);
    assert_eq!(goes, 11);
    assert_eq!(store.fuel(), Some(1100 - 1001));
}

#[test]
fn calls_that_are_paused_do_not_disturb_each_other() {
    let (mut store, cut) = instance(include_str!("cut.wat"));
    let sum = function(&store, cut, "sum");
    let count = function(&store, cut, "count");
    let mut calls: Vec<PausedCall> = Vec::new();
    for turn in 0..20 {
        store.set_fuel(turn % 5 + 1);
        let which = if turn % 2 == 0 { sum } else { count };
        calls.push(store.start(which, &[]).unwrap().paused().unwrap());
        store.set_fuel(1000);
        assert_eq!(store.invoke(sum, &[]).unwrap(), [55.into()]);
    }
    let last = calls.pop().unwrap();
    store.cancel(last).unwrap();
    for (number, call) in calls.into_iter().enumerate() {
        store.set_fuel(1000);
        let results = store.resume(call).unwrap().finished().unwrap();
        let expected = if number % 2 == 0 { 55 } else { 100 };
        assert_eq!(results, [expected.into()], "{number}");
    }
}

/// Only a paused call refers to these objects, and meanwhile another call
/// makes garbage until the collector has run.
#[test]
fn what_only_a_paused_call_refers_to_is_no_garbage() {
    let (mut store, cut) = instance(include_str!("cut.wat"));
    let hold = function(&store, cut, "hold");
    let garbage = function(&store, cut, "garbage");
    store.set_fuel(5);
    let call = store.start(hold, &[]).unwrap().paused().unwrap();
    store.set_fuel(u64::MAX);
    store.invoke(garbage, &[]).unwrap();
    let statistics = store.layer().below.heap.statistics();
    assert!(statistics.collections > 0);
    let results = store.resume(call).unwrap().finished().unwrap();
    assert_eq!(results, [10.into()]);
}

#[test]
fn a_vector_is_whole_after_a_pause() {
    let (mut store, cut) = instance(include_str!("cut.wat"));
    let vector = function(&store, cut, "vector");
    let wide = function(&store, cut, "wide");
    store.set_fuel(3);
    let call = store.start(vector, &[]).unwrap().paused().unwrap();
    store.set_fuel(u64::MAX);
    store.invoke(wide, &[]).unwrap();
    let results = store.resume(call).unwrap().finished().unwrap();
    assert_eq!(results, [5i64.into()]);
}

#[test]
fn a_function_of_the_host_is_answered_later() {
    let (mut store, cut) = instance(include_str!("cut.wat"));
    store.set_fuel(1000);
    for name in ["asks", "asks at the end", "asks through a table"] {
        let asks = function(&store, cut, name);
        let call = store.start(asks, &[]).unwrap().paused().unwrap();
        let Pause::Suspended(reason) = &call.pause else { panic!("{name}") };
        assert_eq!(reason.to_string(), "later 20");
        // Fuel is not what it waits for.
        let call = store.resume(call).unwrap().paused().unwrap();
        let results = store.answer(call, &[41.into()]).unwrap().finished();
        let expected = if name == "asks" { 42 } else { 41 };
        assert_eq!(results.unwrap(), [expected.into()], "{name}");
    }
    let later = function(&store, cut, "later");
    let call = store.start(later, &[6.into()]).unwrap().paused().unwrap();
    let results = store.answer(call, &[8.into()]).unwrap().finished();
    assert_eq!(results.unwrap(), [8.into()]);
}

#[test]
fn an_answer_has_to_be_one() {
    let (mut store, cut) = instance(include_str!("cut.wat"));
    let asks = function(&store, cut, "asks");
    store.set_fuel(1000);
    let wrong = |store: &mut Store, answer: &[Value]| {
        let call = store.start(asks, &[]).unwrap().paused().unwrap();
        store.answer(call, answer).unwrap_err().to_string()
    };
    let error = wrong(&mut store, &[]);
    assert_eq!(error, "wrong answer: expected 1 results, found 0");
    let error = wrong(&mut store, &[1i64.into()]);
    assert!(error.starts_with("wrong results: expected a value of type i32"));
    store.set_fuel(0);
    let call = store.start(asks, &[]).unwrap().paused().unwrap();
    let error = store.answer(call, &[1.into()]).unwrap_err().to_string();
    assert_eq!(error, "the call waits for no answer");
}

#[test]
fn a_call_that_cannot_be_paused_says_so() {
    let (mut store, cut) = instance(include_str!("cut.wat"));
    store.set_fuel(1000);
    let error = store.call(cut, "asks", &[]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::Host));
    let text = error.to_string();
    assert!(text.contains("this call cannot be paused: later 20"), "{text}");
    assert!(error.source().is_some());
    store.set_fuel(3);
    let error = store.call(cut, "sum", &[]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::OutOfFuel));
}

#[test]
fn a_call_is_resumed_once() {
    let (mut store, cut) = instance(include_str!("cut.wat"));
    let sum = function(&store, cut, "sum");
    let call = store.start(sum, &[]).unwrap().paused().unwrap();
    let same = || PausedCall::new(0, Pause::OutOfFuel);
    assert_eq!(call.number(), 0);
    store.cancel(call).unwrap();
    for error in [
        store.resume(same()).unwrap_err(),
        store.cancel(same()).unwrap_err(),
        store.resume(PausedCall::new(9, Pause::OutOfFuel)).unwrap_err(),
    ] {
        assert_eq!(error.to_string(), "there is no such paused call");
    }
}

#[test]
fn the_tree_cannot_pause() {
    let mut store = ch18_heap::Store::<()>::default();
    let text = r#"(func (export "f"))"#;
    let one = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
    let address = store.export(one, "f").unwrap().func().unwrap();
    let error = store.start(address, &[]).unwrap_err();
    assert_eq!(error.to_string(), "not yet: calls of `tree` cannot be paused");
}

/// A call that the host makes in its closure has a Rust call around it.
#[test]
fn a_call_that_the_host_makes_itself_cannot_be_paused() {
    let limits = StoreLimits { fuel: Some(0), ..StoreLimits::default() };
    let mut store = Store::new((), limits);
    let mut imports = Imports::new();
    let back = |caller: &mut Caller<'_>| -> Result<(), HostError> {
        caller.engine().call(InstanceAddr(0), "spin", &[])?;
        Ok(())
    };
    imports.func(&mut store, "host", "back", back);
    let text = r#"(module
      (import "host" "back" (func $back))
      (table funcref (elem $back))
      (func (export "spin") (loop (br 0)))
      (func (export "f") (call $back))
      (func (export "g") (call_indirect (i32.const 0)))
      (export "back" (func $back)))"#;
    let one = store.instantiate(text.as_bytes(), &imports).unwrap();
    for name in ["f", "g", "back"] {
        let f = function(&store, one, name);
        store.set_fuel(10);
        let error = store.start(f, &[]).unwrap_err().to_string();
        let who = match name {
            "back" => "function of the host",
            _ => "import `host` `back`",
        };
        let expected = format!(
            "no fuel is left for a call that the {who} has made itself, and \
             such a call can't be paused"
        );
        assert_eq!(error, expected, "{name}");
    }
    // Without pauses it is what it is on every engine.
    store.set_fuel(10);
    let error = store.call(one, "f", &[]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::OutOfFuel));
}

/// What a paused call needs of the limits is free while it is paused, and is
/// taken again when it goes on.
#[test]
fn limits_count_for_calls_that_run() {
    let text = include_str!("cut.wat");
    let limits = StoreLimits {
        fuel: Some(0),
        calls: 10,
        labels: 20,
        ..StoreLimits::default()
    };
    let mut store = Store::new((), limits);
    let mut imports = Imports::new();
    imports.func(&mut store, "host", "later", |x: i32| x);
    imports.func(&mut store, "host", "fails", || ());
    let cut = store.instantiate(text.as_bytes(), &imports).unwrap();
    let deep = function(&store, cut, "deep");
    store.set_fuel(7);
    let call = store.start(deep, &[9.into()]).unwrap().paused().unwrap();
    store.set_fuel(100);
    assert_eq!(store.invoke(deep, &[9.into()]).unwrap(), [9.into()]);
    let results = store.resume(call).unwrap().finished().unwrap();
    assert_eq!(results, [9.into()]);
    // One call too many, and the last unit of fuel before it.
    let error = store.invoke(deep, &[10.into()]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
    store.set_fuel(10);
    let call = store.start(deep, &[10.into()]).unwrap().paused().unwrap();
    store.set_fuel(10);
    let error = store.resume(call).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
    store.set_fuel(100);
    assert_eq!(store.invoke(deep, &[9.into()]).unwrap(), [9.into()]);
}

/// No Rust call nests, however deep the calls and blocks of a module do.
#[test]
fn deep_calls_and_blocks_need_no_native_stack() {
    let work = || {
        let (calls, labels) = (200_001, 200_001);
        let operands = 1 << 20;
        let limits =
            StoreLimits { calls, labels, operands, ..StoreLimits::default() };
        let mut store = Store::new((), limits);
        let (open, end) = ("block ".repeat(100_000), "end ".repeat(100_000));
        let text = format!(
            r#"(func (export "nested") (result i32)
                {open} br 99999 {end} i32.const 42)
              (func $deep (export "deep") (param $n i32) (result i32)
                (if (result i32) (local.get $n)
                  (then (i32.add (i32.const 1)
                    (call $deep (i32.sub (local.get $n) (i32.const 1)))))
                  (else (i32.const 0))))"#
        );
        let one = store.instantiate(text.as_bytes(), &Imports::new()).unwrap();
        let results = store.call(one, "nested", &[]).unwrap();
        assert_eq!(results, [42.into()]);
        let deep = [200_000.into()];
        assert_eq!(store.call(one, "deep", &deep).unwrap(), deep);
        let error = store.call(one, "deep", &[200_001.into()]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
    };
    let small = std::thread::Builder::new().stack_size(256 << 10);
    small.spawn(work).unwrap().join().unwrap();
}
