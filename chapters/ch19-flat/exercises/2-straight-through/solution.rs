//! Branches that arrive at branches.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch19_flat::{Branch, Op};

/// Gives each `br` that arrives at a `br` the target of that one.
pub fn straighten(ops: &mut [Op]) {
    for position in 0..ops.len() {
        if let Op::Br(mut branch) = ops[position] {
            branch.target = follow(ops, branch.target);
            ops[position] = Op::Br(branch);
        }
    }
}

/// Where a branch to a position arrives in the end.
fn follow(ops: &[Op], mut target: u32) -> u32 {
    for _ in 0..ops.len() {
        match ops.get(target as usize) {
            Some(Op::Br(next)) if next.drop == 0 && !next.is_loop => {
                target = next.target;
            }
            _ => break,
        }
    }
    target
}

fn main() {
    let to =
        |target| Op::Br(Branch { target, keep: 0, drop: 0, is_loop: false });
    let mut ops = [to(2), Op::Unreachable, to(3), to(4), Op::Return];
    straighten(&mut ops);
    for (position, op) in ops.iter().enumerate() {
        println!("{position:>4}  {op}");
    }
}
