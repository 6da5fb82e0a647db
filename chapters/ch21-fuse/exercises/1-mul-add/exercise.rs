//! A chain of handlers, and one of them does two things.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// Executes the first of the nodes, and all that follow.
pub type Handler = fn(&[Node], i64) -> i64;

/// An operation of the chain.
#[derive(Clone, Copy)]
pub struct Node {
    /// That of the operation *after* this one.
    handler: Handler,
    /// Its own; most operations need only the first.
    operands: [i64; 2],
}

/// What to do with the accumulator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    /// Replaces it.
    Constant(i64),
    /// Adds to it.
    Add(i64),
    /// Multiplies it.
    Mul(i64),
    /// Multiplies by the first, then adds the second.
    MulAdd(i64, i64),
}

/// Replaces the accumulator.
pub fn constant(nodes: &[Node], _: i64) -> i64 {
    (nodes[0].handler)(&nodes[1..], nodes[0].operands[0])
}

/// Adds to the accumulator.
pub fn add(nodes: &[Node], acc: i64) -> i64 {
    (nodes[0].handler)(&nodes[1..], acc + nodes[0].operands[0])
}

/// Multiplies the accumulator.
pub fn mul(nodes: &[Node], acc: i64) -> i64 {
    (nodes[0].handler)(&nodes[1..], acc * nodes[0].operands[0])
}

/// Multiplies the accumulator, and adds to the product.
pub fn mul_add(nodes: &[Node], acc: i64) -> i64 {
    // TODO: it only multiplies.
    (nodes[0].handler)(&nodes[1..], acc * nodes[0].operands[0])
}

/// Ends: the accumulator is the result.
pub fn end(_: &[Node], acc: i64) -> i64 {
    acc
}

/// Makes one operation of each `Mul` with an `Add` after it, unless a branch
/// leads between the two. `targets` are the operations that branches lead to.
pub fn fuse(ops: &[Op], _targets: &[usize]) -> Vec<Op> {
    // TODO: make one of two.
    ops.to_vec()
}

/// Makes nodes of operations.
pub fn thread(ops: &[Op]) -> Vec<Node> {
    let parts = ops.iter().map(|op| match *op {
        Op::Constant(x) => (constant as Handler, [x, 0]),
        Op::Add(x) => (add as Handler, [x, 0]),
        Op::Mul(x) => (mul as Handler, [x, 0]),
        Op::MulAdd(x, y) => (mul_add as Handler, [x, y]),
    });
    let handlers = parts.clone().map(|part| part.0).chain([end as Handler]);
    let operands = [[0, 0]].into_iter().chain(parts.map(|part| part.1));
    handlers
        .zip(operands)
        .map(|(handler, operands)| Node { handler, operands })
        .collect()
}

/// Runs the chain.
pub fn run(nodes: &[Node]) -> i64 {
    (nodes[0].handler)(&nodes[1..], 0)
}

fn main() {
    let ops = [Op::Constant(20), Op::Mul(2), Op::Add(2), Op::Add(1)];
    let fused = fuse(&ops, &[]);
    println!("{fused:?}: {}", run(&thread(&fused)));
}
