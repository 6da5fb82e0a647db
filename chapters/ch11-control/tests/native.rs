//! The native stack on which the outermost call runs.

use std::panic::catch_unwind;
use std::ptr;

use ch07_values::Trap;
use ch11_control::MachineLimits;
use ch11_control::native::with_stack_for;

/// Limits of this many calls, and of no labels.
fn calls(calls: usize) -> MachineLimits {
    MachineLimits { calls, labels: 0, ..MachineLimits::default() }
}

/// An address on the current stack.
#[inline(never)]
fn place() -> usize {
    let local = 0_u8;
    ptr::from_ref(&local).addr()
}

/// An address on the stack for limits.
fn place_for(limits: MachineLimits) -> usize {
    with_stack_for::<_, Trap>(limits, || Ok(place())).unwrap()
}

/// Uses some hundred bytes of the stack for each level.
#[inline(never)]
fn recurse(levels: u32) -> u32 {
    let bytes = std::hint::black_box([1_u8; 256]);
    match levels {
        0 => 0,
        levels => recurse(levels - 1) + u32::from(bytes[7]),
    }
}

#[test]
fn a_stack_is_used_again_even_after_a_panic() {
    let first = place_for(calls(100));
    assert_eq!(place_for(calls(100)), first);
    assert_eq!(place_for(calls(50)), first, "a larger one suffices");
    let panic = || with_stack_for::<(), Trap>(calls(100), || panic!("a host"));
    assert!(catch_unwind(panic).is_err());
    assert_eq!(place_for(calls(100)), first);
}

#[test]
fn a_stack_that_is_too_small_is_not_used_again() {
    place_for(calls(100));
    let large =
        with_stack_for::<_, Trap>(calls(20_000), || Ok(recurse(20_000)));
    assert_eq!(large, Ok(20_000));
}

#[test]
fn a_call_within_a_call_gets_another_stack_only_if_it_needs_more() {
    let outcome = with_stack_for::<_, Trap>(calls(100), || {
        let outer = place();
        let small = outer.abs_diff(place_for(calls(90)));
        let large =
            with_stack_for::<_, Trap>(calls(20_000), || Ok(recurse(20_000)));
        let after = outer.abs_diff(place_for(calls(90)));
        Ok((small, large, after))
    });
    let (small, large, after) = outcome.unwrap();
    assert!(small < 10_000 && after < 10_000, "{small}, {after}");
    assert_eq!(large, Ok(20_000));
}

#[test]
fn a_stack_that_the_system_cannot_give_is_a_trap() {
    for most in [usize::MAX, usize::MAX >> 16] {
        let outcome = with_stack_for::<_, Trap>(calls(most), || Ok(7));
        assert_eq!(outcome, Err(Trap::CallStackExhausted));
    }
}
