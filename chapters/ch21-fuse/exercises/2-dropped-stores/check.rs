//! Results that are read at once, later, or past a branch.

use super::{Op, dropped};

/// An operation from text: `4 = 0 2` writes slot 4 and reads 0 and 2.
fn ops(text: &str) -> Vec<Op> {
    text.lines()
        .map(|line| {
            let (to, from) = line.split_once('=').unwrap();
            let from = from.split_whitespace();
            Op {
                to: to.trim().parse().ok(),
                from: from.map(|slot| slot.parse().unwrap()).collect(),
            }
        })
        .collect()
}

#[test]
fn a_loop_needs_no_slot_for_two_of_its_results() {
    let ops = ops("4 = 0\n2 = 2 4\n0 = 0\n3 = 0 1\n= 3");
    assert_eq!(dropped(&ops, 3), [0, 3]);
}

#[test]
fn a_local_always_needs_its_slot() {
    assert_eq!(dropped(&ops("0 = 1\n2 = 0 0\n1 = 2"), 2), [1]);
}

#[test]
fn another_result_takes_the_accumulator() {
    assert_eq!(dropped(&ops("2 = 0\n3 = 1\n0 = 2 3"), 2), [1]);
}

#[test]
fn past_a_branch_the_slot_is_wanted() {
    assert_eq!(dropped(&ops("2 = 0\n= 1\n0 = 2"), 2), []);
    assert_eq!(dropped(&ops("2 = 0\n= 2\n"), 2), [0]);
}
