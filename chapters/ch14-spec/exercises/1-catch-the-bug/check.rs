//! One right function, and three wrong ones.

use super::{LEAP, SCRIPT, failures};

/// A function with this body in the place of the right one.
fn wrong(body: &str) -> String {
    format!(
        r#"(module
          (func (export "leap") (param $year i32) (result i32) {body}))"#
    )
}

#[test]
fn the_right_function_passes() {
    assert_eq!(failures(LEAP, SCRIPT), 0);
}

#[test]
fn a_function_that_forgets_the_hundred_fails() {
    let body = "(i32.eqz (i32.rem_u (local.get $year) (i32.const 4)))";
    assert!(failures(&wrong(body), SCRIPT) > 0, "this function passes: {body}");
}

#[test]
fn a_function_that_forgets_the_four_hundred_fails() {
    let body = "(i32.and (i32.eqz (i32.rem_u (local.get $year) (i32.const 4)))
        (i32.ne (i32.rem_u (local.get $year) (i32.const 100)) (i32.const 0)))";
    assert!(failures(&wrong(body), SCRIPT) > 0, "this function passes: {body}");
}

#[test]
fn a_function_that_forgets_the_year_0_fails() {
    let body = "(if (result i32) (i32.rem_u (local.get $year) (i32.const 100))
        (then (i32.eqz (i32.rem_u (local.get $year) (i32.const 4))))
        (else (i32.and (i32.ne (local.get $year) (i32.const 0))
          (i32.eqz (i32.rem_u (local.get $year) (i32.const 400))))))";
    assert!(failures(&wrong(body), SCRIPT) > 0, "this function passes: {body}");
}
