//! A list, turned around.

use super::{call, open};

fn reversed(digits: &[i32]) -> i32 {
    let (mut store, list) = open().unwrap();
    for &digit in digits {
        call(&mut store, list, "push", &[digit.into()]).unwrap();
    }
    call(&mut store, list, "reverse", &[]).unwrap();
    call(&mut store, list, "number", &[]).unwrap().unwrap()
}

#[test]
fn the_last_comes_first() {
    assert_eq!(reversed(&[1, 2, 3]), 123);
    assert_eq!(reversed(&[5, 4]), 54);
}

#[test]
fn lists_of_one_and_of_none_are_lists_too() {
    assert_eq!(reversed(&[7]), 7);
    assert_eq!(reversed(&[]), 0);
}

#[test]
fn reversing_twice_changes_nothing() {
    let (mut store, list) = open().unwrap();
    for digit in [1, 2, 3, 4] {
        call(&mut store, list, "push", &[digit.into()]).unwrap();
    }
    for number in [1234, 4321] {
        call(&mut store, list, "reverse", &[]).unwrap();
        assert_eq!(
            call(&mut store, list, "number", &[]).unwrap(),
            Some(number)
        );
    }
}

#[test]
fn no_node_is_made_for_it() {
    let (mut store, list) = open().unwrap();
    for digit in [1, 2, 3, 4] {
        call(&mut store, list, "push", &[digit.into()]).unwrap();
    }
    call(&mut store, list, "reverse", &[]).unwrap();
    assert_eq!(store.layer().heap.statistics().made, 4);
}
