//! A value that is lent, and comes back.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::cell::Cell;

/// Lends what is in the locker, and puts it back. `None` if it is empty.
pub fn lend<H, R>(
    locker: &Cell<Option<Box<H>>>,
    work: impl FnOnce(&mut H) -> R,
) -> Option<R> {
    let mut held = locker.take()?;
    let result = work(&mut held);
    locker.set(Some(held));
    Some(result)
}

fn main() {
    let locker = Cell::new(Some(Box::new(41)));
    lend(&locker, |number| *number += 1);
    println!("{:?}", locker.take());
}
