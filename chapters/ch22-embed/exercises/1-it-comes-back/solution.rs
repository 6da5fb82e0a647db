//! A value that is lent, and comes back.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::cell::Cell;

/// What has been taken out of a slot.
struct Lent<'slot, H> {
    slot: &'slot Cell<Option<Box<H>>>,
    held: Option<Box<H>>,
}

impl<H> Drop for Lent<'_, H> {
    fn drop(&mut self) {
        self.slot.set(self.held.take());
    }
}

/// Lends what is in the slot, and puts it back. `None` if the slot is empty.
pub fn lend<H, R>(
    slot: &Cell<Option<Box<H>>>,
    work: impl FnOnce(&mut H) -> R,
) -> Option<R> {
    let held = slot.take()?;
    let mut lent = Lent { slot, held: Some(held) };
    lent.held.as_mut().map(|held| work(held))
}

fn main() {
    let slot = Cell::new(Some(Box::new(41)));
    lend(&slot, |number| *number += 1);
    println!("{:?}", slot.take());
}
