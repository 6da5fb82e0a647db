//! What is caught, and what isn't.

use super::attempt;

#[test]
fn a_job_that_does_not_throw_returns() {
    assert_eq!(attempt(0).ok(), Some((7, 0)));
}

#[test]
fn what_is_thrown_is_caught_at_any_depth() {
    assert_eq!(attempt(1).ok(), Some((-1, 0)), "it throws");
    assert_eq!(attempt(2).ok(), Some((-1, 0)), "it calls one that throws");
}

#[test]
fn a_call_that_was_paused_catches_too() {
    assert_eq!(attempt(3).ok(), Some((-1, 1)));
}

#[test]
fn nothing_else_is_caught() {
    assert!(attempt(4).is_err(), "another exception");
    let trap = attempt(5).map_err(|error| error.to_string());
    assert_eq!(trap, Err("wasm trap: unreachable".to_owned()));
}
