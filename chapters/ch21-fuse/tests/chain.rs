//! The smallest chain of handlers.

use std::thread::Builder;

use ch21_fuse::chain::{Handler, add, constant, mul, run, thread};

#[test]
fn a_chain_ends_in_its_result_and_returns_once() {
    let mut ops: Vec<(Handler, i64)> = vec![(constant, 20), (add, 1), (mul, 2)];
    assert_eq!(run(&thread(&ops)), (42, 1));
    ops.resize(1003, (add, 1));
    assert_eq!(run(&thread(&ops)), (1042, 1));
    assert_eq!(run(&thread(&[])), (0, 1));
}

#[test]
fn a_node_has_its_own_operand_and_the_handler_of_the_next() {
    let nodes = thread(&[(constant, 20), (mul, 3)]);
    let operands: Vec<i64> = nodes.iter().map(|node| node.operand).collect();
    assert_eq!(operands, [0, 20, 3]);
    // From the second node on: its handler is the one that multiplies.
    assert_eq!((nodes[1].handler)(&nodes[2..], 7), 21);
}

/// Where `build.rs` says that handlers call each other, a chain of a million
/// needs no more native stack than one of three.
#[test]
#[cfg(all(not(debug_assertions), target_arch = "x86_64", target_os = "linux"))]
fn optimised_a_long_chain_needs_no_stack() {
    let small = Builder::new().stack_size(64 << 10);
    let work = || run(&thread(&vec![(add as Handler, 1); 1_000_000]));
    assert_eq!(small.spawn(work).unwrap().join().unwrap(), (1_000_000, 1));
}

/// Elsewhere each call of the chain is there until the last one returns.
#[test]
fn a_short_chain_fits_a_small_stack() {
    let small = Builder::new().stack_size(64 << 10);
    let work = || run(&thread(&[(add as Handler, 1); 20]));
    assert_eq!(small.spawn(work).unwrap().join().unwrap(), (20, 1));
}
