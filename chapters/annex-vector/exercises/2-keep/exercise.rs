//! What a branch keeps: slots, and what lies beside them.
#![allow(
    unused_variables,
    clippy::ptr_arg,
    reason = "the solution uses them so"
)]

use annex_vector::V128;

/// Keeps the top `count` operands of a stack that is `height` high, and puts
/// them at `to`. Says how high it is then.
fn keep(
    slots: &mut [u64],
    upper: &mut Vec<u64>,
    height: usize,
    count: usize,
    to: usize,
) -> usize {
    slots.copy_within(height - count..height, to);
    to + count
}

fn main() {
    let mut slots = [1, 2, 3, 0];
    let mut upper = vec![10, 20, 30, 0];
    let height = keep(&mut slots, &mut upper, 3, 1, 0);
    println!("{}", V128::from_halves(slots[height - 1], upper[height - 1]));
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
