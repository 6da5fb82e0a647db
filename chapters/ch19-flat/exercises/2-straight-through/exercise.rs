//! Branches that arrive at branches.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use ch19_flat::{Branch, Op};

/// Gives each `br` that arrives at a `br` the target of that one.
pub fn straighten(ops: &mut [Op]) {
    let _ = ops;
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
