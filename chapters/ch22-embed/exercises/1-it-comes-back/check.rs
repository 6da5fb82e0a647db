//! It comes back after the work, after none, and after a panic.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::lend;

fn slot(number: i32) -> Cell<Option<Box<i32>>> {
    Cell::new(Some(Box::new(number)))
}

#[test]
fn the_change_is_there_when_it_is_back() {
    let slot = slot(1);
    assert_eq!(lend(&slot, |number| std::mem::replace(number, 2)), Some(1));
    assert_eq!(lend(&slot, |number| *number), Some(2));
}

#[test]
fn what_is_away_cannot_be_lent_again() {
    let slot = slot(3);
    assert_eq!(lend(&slot, |_| lend(&slot, |number| *number)), Some(None));
    assert_eq!(slot.take().as_deref(), Some(&3));
    assert_eq!(lend(&slot, |number| *number), None);
}

#[test]
fn a_panic_does_not_lose_it() {
    let slot = slot(4);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        lend(&slot, |number| {
            *number = 5;
            // As `panic!`, without a message on the screen.
            std::panic::resume_unwind(Box::new("on purpose"));
        })
    }));
    assert!(outcome.is_err());
    assert_eq!(slot.take().as_deref(), Some(&5));
}
