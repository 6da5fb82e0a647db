//! It comes back after the work, after none, and after a panic.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::lend;

fn locker(number: i32) -> Cell<Option<Box<i32>>> {
    Cell::new(Some(Box::new(number)))
}

#[test]
fn the_change_is_there_when_it_is_back() {
    let locker = locker(1);
    assert_eq!(lend(&locker, |number| std::mem::replace(number, 2)), Some(1));
    assert_eq!(lend(&locker, |number| *number), Some(2));
}

#[test]
fn what_is_away_cannot_be_lent_again() {
    let locker = locker(3);
    assert_eq!(lend(&locker, |_| lend(&locker, |number| *number)), Some(None));
    assert_eq!(locker.take().as_deref(), Some(&3));
    assert_eq!(lend(&locker, |number| *number), None);
}

#[test]
fn a_panic_does_not_lose_it() {
    let locker = locker(4);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        lend(&locker, |number| {
            *number = 5;
            // As `panic!`, without a message on the screen.
            std::panic::resume_unwind(Box::new("on purpose"));
        })
    }));
    assert!(outcome.is_err());
    assert_eq!(locker.take().as_deref(), Some(&5));
}
