//! Chains, circles, and what must not be followed.

use ch19_flat::{Branch, Op};

use super::straighten;

fn to(target: u32, drop: u32, is_loop: bool) -> Op {
    Op::Br(Branch { target, keep: 0, drop, is_loop })
}

/// The targets of all branches, afterwards.
fn targets(ops: &[Op]) -> Vec<u32> {
    let mut ops = ops.to_vec();
    straighten(&mut ops);
    let target = |op: &Op| match op {
        Op::Br(branch) => Some(branch.target),
        _ => None,
    };
    ops.iter().filter_map(target).collect()
}

#[test]
fn a_chain_becomes_direct_branches() {
    let ops = [
        to(2, 0, false),
        Op::Drop,
        to(3, 0, false),
        to(4, 0, false),
        Op::Return,
    ];
    assert_eq!(targets(&ops), [4, 4, 4]);
}

#[test]
fn the_end_of_the_list_is_a_target_too() {
    assert_eq!(targets(&[to(1, 0, false), to(2, 0, false)]), [2, 2]);
}

#[test]
fn a_circle_is_left_in_the_end() {
    let ops = [to(1, 0, false), to(0, 0, false)];
    assert_eq!(targets(&ops).len(), 2);
}

#[test]
fn what_drops_operands_is_not_followed() {
    let ops = [to(1, 0, false), to(2, 1, false), Op::Return];
    assert_eq!(targets(&ops), [1, 2]);
    // What drops may arrive at what doesn't.
    let ops = [to(1, 1, false), to(2, 0, false), Op::Return];
    assert_eq!(targets(&ops), [2, 2]);
}

#[test]
fn what_takes_fuel_is_not_followed() {
    let ops = [to(1, 0, false), to(0, 0, true)];
    assert_eq!(targets(&ops), [1, 1]);
}
