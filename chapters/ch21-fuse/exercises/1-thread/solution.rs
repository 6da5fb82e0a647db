//! Threaded code of four handlers.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// Executes the first of the nodes, and all that follow, on an accumulator.
pub type Handler = fn(&[Node], i64) -> i64;

/// An operand, and the handler of the operation after this one.
#[derive(Clone, Copy)]
pub struct Node {
    handler: Handler,
    operand: i64,
}

/// Replaces the accumulator.
pub fn constant(nodes: &[Node], _: i64) -> i64 {
    (nodes[0].handler)(&nodes[1..], nodes[0].operand)
}

/// Adds to the accumulator.
pub fn add(nodes: &[Node], acc: i64) -> i64 {
    (nodes[0].handler)(&nodes[1..], acc + nodes[0].operand)
}

/// Multiplies the accumulator.
pub fn mul(nodes: &[Node], acc: i64) -> i64 {
    (nodes[0].handler)(&nodes[1..], acc * nodes[0].operand)
}

/// Ends: the accumulator is the result.
pub fn end(_: &[Node], acc: i64) -> i64 {
    acc
}

/// Makes nodes of operations: the handler of each, and its operand.
pub fn thread(ops: &[(Handler, i64)]) -> Vec<Node> {
    let handlers = ops.iter().map(|op| op.0).chain([end as Handler]);
    let operands = [0].into_iter().chain(ops.iter().map(|op| op.1));
    handlers
        .zip(operands)
        .map(|(handler, operand)| Node { handler, operand })
        .collect()
}

/// Runs threaded code.
pub fn run(nodes: &[Node]) -> i64 {
    (nodes[0].handler)(&nodes[1..], 0)
}

fn main() {
    let nodes = thread(&[(constant, 20), (add, 1), (mul, 2)]);
    println!("{}", run(&nodes));
}
