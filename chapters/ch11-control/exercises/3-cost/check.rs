//! Calls, turns of a loop, bytes, and programs that end badly or never.

use ch07_values::Number;

use super::cost;

const EUCLID: &str = include_str!("../../programs/euclid.wat");
const FACTORIAL: &str = include_str!("../../programs/factorial.wat");
const ENDLESS: &str = include_str!("../../programs/endless.wat");
const SPIN: &str = include_str!("../../programs/spin.wat");

/// Counts down, and so branches back to its loop one time less than that.
const COUNT: &str = "
    (module
      (func (export \"count\") (param $n i32)
        loop $next
          local.get $n
          i32.const 1
          i32.sub
          local.tee $n
          br_if $next
        end))";

const FILL: &str = "
    (module
      (memory 1)
      (func (export \"fill\") (param $n i32)
        i32.const 0
        i32.const 7
        local.get $n
        memory.fill))";

fn of(text: &str, name: &str, arguments: &[Number]) -> Option<u64> {
    cost(text, name, arguments).unwrap()
}

#[test]
fn a_call_costs_one_and_so_does_a_turn_of_a_loop() {
    assert_eq!(of(EUCLID, "gcd", &[1071.into(), 0.into()]), Some(1));
    assert_eq!(of(EUCLID, "gcd", &[1071.into(), 462.into()]), Some(4));
    assert_eq!(of(EUCLID, "gcd", &[1071.into(), 460.into()]), Some(7));
    assert_eq!(of(FACTORIAL, "factorial", &[5_i64.into()]), Some(6));
}

#[test]
fn so_does_a_byte() {
    assert_eq!(of(FILL, "fill", &[1000.into()]), Some(1001));
}

#[test]
fn a_large_amount_is_found_in_a_moment() {
    assert_eq!(of(COUNT, "count", &[50_000.into()]), Some(50_000));
}

#[test]
fn a_trap_has_its_price_too() {
    assert_eq!(of(ENDLESS, "even", &[]), Some(10_001));
}

#[test]
fn what_never_ends_has_none() {
    assert_eq!(of(SPIN, "spin", &[]), None);
}
