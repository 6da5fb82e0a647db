//! So many calls, and then an error; whatever drives the engine.

use std::cell::Cell;
use std::rc::Rc;

use annex_embedding::{
    Caller, Engine, Error, FuncAddr, HostError, HostFunction, Switchboard,
};
use ch07_values::Trap;

use super::Limited;

/// An engine that nobody knows to be limited, and two of its functions: one
/// counts its calls, one fails.
fn engine(limit: u32) -> (Box<dyn Engine>, FuncAddr, FuncAddr) {
    let mut engine: Box<dyn Engine> =
        Box::new(Limited::new(Switchboard::default(), limit));
    let count = Rc::new(Cell::new(0));
    let next = engine.add_function(HostFunction::new(move || {
        count.set(count.get() + 1);
        count.get()
    }));
    let fail = engine.add_function(HostFunction::new(|| Err::<(), _>("no")));
    (engine, next, fail)
}

fn message(outcome: Result<impl std::fmt::Debug, Error>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn the_call_after_the_last_is_refused() {
    let (mut engine, next, _) = engine(2);
    assert_eq!(engine.invoke(next, &[]).unwrap(), [1.into()]);
    assert_eq!(engine.invoke(next, &[]).unwrap(), [2.into()]);
    assert_eq!(message(engine.invoke(next, &[])), "no calls left");
    assert_eq!(message(engine.invoke(next, &[])), "no calls left");
}

#[test]
fn calls_past_the_limit_do_not_reach_the_engine() {
    let mut inside = Switchboard::default();
    let asked = Rc::new(Cell::new(0));
    let ask = inside.add_function(HostFunction::new({
        let asked = Rc::clone(&asked);
        move || asked.set(asked.get() + 1)
    }));
    let mut limited = Limited::new(inside, 1);
    for _ in 0..3 {
        let _ = limited.invoke(ask, &[]);
    }
    assert_eq!(asked.get(), 1);
}

#[test]
fn a_failed_call_is_counted() {
    let (mut engine, next, fail) = engine(1);
    let error = engine.invoke(fail, &[]).unwrap_err();
    assert_eq!(error.trap(), Some(Trap::Host));
    assert_eq!(message(engine.invoke(next, &[])), "no calls left");
}

#[test]
fn calls_by_host_functions_are_not_counted() {
    let (mut engine, next, _) = engine(1);
    let twice = move |caller: &mut Caller<'_>| -> Result<i32, HostError> {
        caller.engine().invoke(next, &[])?;
        let values = caller.engine().invoke(next, &[])?;
        values[0].i32().ok_or_else(|| "no number".into())
    };
    let twice = engine.add_function(HostFunction::new(twice));
    assert_eq!(engine.invoke(twice, &[]).unwrap(), [2.into()]);
}

#[test]
fn the_calls_that_are_left_are_counted() {
    let mut limited = Limited::new(Switchboard::default(), 3);
    let half = limited.add_function(HostFunction::new(|x: f64| x / 2.0));
    assert_eq!(limited.left(), 3);
    limited.invoke(half, &[1.0.into()]).unwrap();
    assert_eq!(limited.left(), 2);
}
