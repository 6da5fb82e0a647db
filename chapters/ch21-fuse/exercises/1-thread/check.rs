//! Lists of no, one and several operations.

use super::{Handler, Node, add, constant, end, mul, run, thread};

fn operands(nodes: &[Node]) -> Vec<i64> {
    nodes.iter().map(|node| node.operand).collect()
}

#[test]
fn nothing_is_a_node_that_ends() {
    let nodes = thread(&[]);
    assert_eq!(operands(&nodes), [0]);
    assert_eq!(run(&nodes), 0);
}

#[test]
fn a_node_has_its_own_operand_and_the_next_handler() {
    let ops: [(Handler, i64); 3] = [(constant, 20), (add, 1), (mul, 2)];
    let nodes = thread(&ops);
    assert_eq!(operands(&nodes), [0, 20, 1, 2]);
    let next: [Handler; 4] = [constant, add, mul, end];
    for (node, next) in nodes.iter().zip(next) {
        // Which handler it is shows by what it does.
        let nodes = [Node { handler: end, operand: 3 }];
        let found = (node.handler)(&nodes, 5);
        assert_eq!(found, next(&nodes, 5));
    }
}

#[test]
fn the_chain_runs() {
    let nodes = thread(&[(constant, 20), (add, 1), (mul, 2)]);
    assert_eq!(run(&nodes), 42);
    let nodes = thread(&[(mul, 9), (add, 4), (mul, 2), (add, 1)]);
    assert_eq!(run(&nodes), 9);
}
