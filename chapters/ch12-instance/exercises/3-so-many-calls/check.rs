//! So many calls, and then an error; whatever drives the engine.

use ch07_values::Trap;
use ch12_instance::{Engine, Error, FuncAddr, Imports, Store};

use super::Limited;

const MODULE: &[u8] = br#"(module
  (global $count (mut i32) (i32.const 0))
  (func $next (export "next") (result i32)
    global.get $count
    i32.const 1
    i32.add
    global.set $count
    global.get $count)
  (func (export "trap") unreachable)
  (func $begin
    call $next
    drop)
  (start $begin))"#;

/// An engine that nobody knows to be limited, and two of its functions.
fn engine(limit: u32) -> (Box<dyn Engine>, FuncAddr, FuncAddr) {
    let mut engine: Box<dyn Engine> =
        Box::new(Limited::new(Store::<()>::default(), limit));
    let instance = engine.instantiate(MODULE, &Imports::new()).unwrap();
    let function = |name| {
        engine.export(instance, name).and_then(|item| item.func()).unwrap()
    };
    let (next, trap) = (function("next"), function("trap"));
    (engine, next, trap)
}

fn message(outcome: Result<impl std::fmt::Debug, Error>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn the_call_after_the_last_is_refused() {
    let (mut engine, next, _) = engine(2);
    // The start function has made the first, and does not count.
    assert_eq!(engine.invoke(next, &[]).unwrap(), [2.into()]);
    assert_eq!(engine.invoke(next, &[]).unwrap(), [3.into()]);
    assert_eq!(message(engine.invoke(next, &[])), "no calls left");
    assert_eq!(message(engine.invoke(next, &[])), "no calls left");
}

#[test]
fn a_call_that_traps_has_been_made() {
    let (mut engine, next, trap) = engine(1);
    assert_eq!(
        engine.invoke(trap, &[]).unwrap_err().trap(),
        Some(Trap::Unreachable)
    );
    assert_eq!(message(engine.invoke(next, &[])), "no calls left");
}

#[test]
fn what_is_left_is_known() {
    let mut limited = Limited::new(Store::<()>::default(), 3);
    let instance = limited.instantiate(MODULE, &Imports::new()).unwrap();
    assert_eq!(limited.left(), 3);
    let next =
        limited.export(instance, "next").and_then(|item| item.func()).unwrap();
    limited.invoke(next, &[]).unwrap();
    assert_eq!(limited.left(), 2);
}
