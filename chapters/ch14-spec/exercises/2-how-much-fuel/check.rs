//! Enough, and not one more.

use super::{needed, passes};

/// A script that counts down from a number.
fn countdown(from: u32) -> String {
    format!(
        r#"(module (func (export "down") (param i32) (result i32)
             loop
               local.get 0
               i32.const 1
               i32.sub
               local.tee 0
               br_if 0
             end
             local.get 0))
           (assert_return (invoke "down" (i32.const {from})) (i32.const 0))"#
    )
}

fn check(script: &str) {
    let needed = needed(script);
    assert!(passes(script, needed), "{needed} is too little");
    assert!(!passes(script, needed - 1), "{needed} is more than it takes");
}

#[test]
fn one_round() {
    check(&countdown(1));
}

#[test]
fn a_thousand_rounds() {
    check(&countdown(1000));
}

#[test]
fn two_calls_need_what_both_need() {
    let call = "(assert_return (invoke \"down\" (i32.const 5)) (i32.const 0))";
    check(&format!("{}{call}", countdown(10)));
}
