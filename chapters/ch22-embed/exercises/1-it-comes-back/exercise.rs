//! A value that is lent, and comes back.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::cell::Cell;

/// Lends what is in the slot, and puts it back. `None` if the slot is empty.
pub fn lend<H, R>(
    slot: &Cell<Option<Box<H>>>,
    work: impl FnOnce(&mut H) -> R,
) -> Option<R> {
    let mut held = slot.take()?;
    let result = work(&mut held);
    slot.set(Some(held));
    Some(result)
}

fn main() {
    let slot = Cell::new(Some(Box::new(41)));
    lend(&slot, |number| *number += 1);
    println!("{:?}", slot.take());
}
