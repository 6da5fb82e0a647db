//! A branch carries operands to its label, and drops the others.

/// What a branch does to the stack when it lands on a label that remembered
/// `height` and whose branches carry `arity` operands.
pub fn landed(stack: &mut Vec<u64>, height: usize, arity: usize) {
    _ = arity;
    stack.truncate(height);
}

fn main() {
    let mut stack = vec![1, 2, 3, 4, 5, 6];
    landed(&mut stack, 1, 2);
    println!("br to a label at height 1 that takes 2 operands: {stack:?}");
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
