//! A value that is lent, and comes back.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::cell::Cell;

/// What has been taken out of a locker.
struct Lent<'locker, H> {
    locker: &'locker Cell<Option<Box<H>>>,
    held: Option<Box<H>>,
}

impl<H> Drop for Lent<'_, H> {
    fn drop(&mut self) {
        self.locker.set(self.held.take());
    }
}

/// Lends what is in the locker, and puts it back. `None` if it is empty.
pub fn lend<H, R>(
    locker: &Cell<Option<Box<H>>>,
    work: impl FnOnce(&mut H) -> R,
) -> Option<R> {
    let held = locker.take()?;
    let mut lent = Lent { locker, held: Some(held) };
    lent.held.as_mut().map(|held| work(held))
}

fn main() {
    let locker = Cell::new(Some(Box::new(41)));
    lend(&locker, |number| *number += 1);
    println!("{:?}", locker.take());
}
