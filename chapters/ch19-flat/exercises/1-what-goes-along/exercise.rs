//! What a branch does to the operands.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch19_flat::Branch;

/// Keeps the top operands that the branch keeps, and drops those that it
/// drops. The last operand of the list is the top.
pub fn take(operands: &mut Vec<u64>, branch: &Branch) {
    let _ = (operands, branch);
}

fn main() {
    let mut operands = vec![1, 2, 3, 4, 5];
    let branch = Branch { target: 0, keep: 1, drop: 2, is_loop: false };
    take(&mut operands, &branch);
    println!("{operands:?}");
}
