//! Who is below whom, without a walk.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use std::cell::Cell;
use std::iter;

/// Types that each may have a parent. They are numbers, counted from 0.
#[derive(Default)]
pub struct Ancestors {
    parents: Vec<Option<usize>>,
    /// Of each type all that are above it, the uppermost first, and itself.
    displays: Vec<Box<[usize]>>,
    /// How many times a parent was asked for.
    asked: Cell<usize>,
}

impl Ancestors {
    /// Adds a type and says its number.
    pub fn add(&mut self, parent: Option<usize>) -> usize {
        let number = self.parents.len();
        self.parents.push(parent);
        self.displays.push(Box::default());
        number
    }

    /// Whether `lower` is below `upper`, or is the same.
    pub fn is_below(&self, lower: usize, upper: usize) -> bool {
        let mut upward =
            iter::successors(Some(lower), |number| self.parent(*number));
        upward.any(|number| number == upper)
    }

    /// The parent of a type.
    pub fn parent(&self, number: usize) -> Option<usize> {
        self.asked.set(self.asked.get() + 1);
        self.parents[number]
    }
}

fn main() {
    let mut types = Ancestors::default();
    let shape = types.add(None);
    let round = types.add(Some(shape));
    let circle = types.add(Some(round));
    println!("circle is below shape: {}", types.is_below(circle, shape));
    println!(
        "asked for a parent {} times, display {:?}",
        types.asked.get(),
        types.displays[circle]
    );
}
