//! Which results need no slot.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// An operation on slots.
pub struct Op {
    /// The slot of the result; a branch has none.
    pub to: Option<u16>,
    /// The slots of the operands.
    pub from: Vec<u16>,
}

/// The numbers of the operations whose result goes only to the accumulator.
pub fn dropped(ops: &[Op], locals: u16) -> Vec<usize> {
    let mut dropped = Vec::new();
    let mut held = None;
    for (number, op) in ops.iter().enumerate() {
        if let Some((slot, by)) = held
            && slot >= locals
            && op.from.contains(&slot)
        {
            dropped.push(by);
        }
        held = op.to.map(|to| (to, number));
    }
    dropped
}

fn main() {
    // s4 = load s0; s2 = add s2 s4; s0 = add s0; s3 = lt s0 s1; br_if s3
    let op = |to, from: &[u16]| Op { to, from: from.to_vec() };
    let ops = [
        op(Some(4), &[0]),
        op(Some(2), &[2, 4]),
        op(Some(0), &[0]),
        op(Some(3), &[0, 1]),
        op(None, &[3]),
    ];
    println!("{:?}", dropped(&ops, 3));
}
