//! The smallest chain of handlers: three operations on one number.

/// Executes the first of the nodes, and all that follow.
pub type Handler = fn(&[Node], i64) -> i64;

/// An operation of the chain.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// That of the operation *after* this one.
    pub handler: Handler,
    /// Its own.
    pub operand: i64,
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

/// Makes nodes of operations: each gets the handler of the one after it.
pub fn thread(ops: &[(Handler, i64)]) -> Vec<Node> {
    let handlers = ops.iter().map(|op| op.0).chain([end as Handler]);
    let operands = [0].into_iter().chain(ops.iter().map(|op| op.1));
    handlers
        .zip(operands)
        .map(|(handler, operand)| Node { handler, operand })
        .collect()
}

/// The result, and how often a handler has returned to this function.
pub fn run(nodes: &[Node]) -> (i64, u32) {
    let mut returns = 0;
    let acc = (nodes[0].handler)(&nodes[1..], 0);
    returns += 1;
    (acc, returns)
}
