//! A branch leaves everything up to its label, and nobody has to ask.

use super::Instr::{Block, Br, Say, Twice};
use super::{Machine, run};

#[test]
fn a_branch_leaves_the_repetition_at_once() {
    assert_eq!(run(&[Block(vec![Twice(vec![Say("one"), Br(0)])])]), "one");
    assert_eq!(run(&[Twice(vec![Twice(vec![Say("one"), Br(0)])])]), "one");
}

#[test]
fn a_repetition_does_not_count_as_a_label() {
    let inner = Twice(vec![Say("one"), Br(1), Say("never")]);
    let program = [Block(vec![Block(vec![inner]), Say("skipped")]), Say("two")];
    assert_eq!(run(&program), "one two");
}

#[test]
fn a_block_without_a_branch_changes_nothing() {
    assert_eq!(run(&[Twice(vec![Block(vec![Say("a")]), Say("b")])]), "a b a b");
}

#[test]
fn a_branch_goes_as_far_as_it_says() {
    let nested = |label| {
        run(&[
            Block(vec![Block(vec![Br(label), Say("a")]), Say("b")]),
            Say("c"),
        ])
    };
    assert_eq!([nested(0), nested(1), nested(2)], ["b c", "c", ""]);
}

#[test]
fn the_machine_has_no_flag() {
    assert_eq!(
        size_of::<Machine>(),
        size_of::<Vec<&str>>(),
        "the machine has room for more than what was said"
    );
}
