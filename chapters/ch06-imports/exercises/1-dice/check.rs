//! A die goes on from where it was, and every die has its own number.

use ch06_imports::{FuncIdx, Machine};

use super::{dice, three_throws};

/// What `count` throws of a die are.
fn throws(seed: u32, count: usize) -> Vec<f64> {
    let mut machine = Machine::new(vec![dice(seed)], &[], ());
    (0..count).map(|_| machine.invoke(FuncIdx(0), &[]).unwrap()[0]).collect()
}

#[test]
fn each_throw_is_made_from_the_one_before() {
    assert_eq!(throws(1, 6), [3.0, 6.0, 5.0, 6.0, 1.0, 4.0]);
}

#[test]
fn the_seed_decides() {
    assert_eq!(throws(7, 3), throws(7, 3));
    assert_ne!(throws(1, 3), throws(2, 3));
}

#[test]
fn a_program_throws_three_times() {
    let functions = [three_throws()];
    let mut machine = Machine::new(vec![dice(1)], &functions, ());
    assert_eq!(machine.invoke(FuncIdx(1), &[]).unwrap(), [14.0]);
    assert_eq!(
        machine.invoke(FuncIdx(1), &[]).unwrap(),
        [11.0],
        "three throws later"
    );
}

#[test]
fn two_dice_do_not_know_of_each_other() {
    let mut machine = Machine::new(vec![dice(1), dice(1)], &[], ());
    let mut throw = |die| machine.invoke(FuncIdx(die), &[]).unwrap()[0];
    assert_eq!([throw(0), throw(0), throw(1)], [3.0, 6.0, 3.0]);
}
