//! The way that an execution has taken into nested code.

use std::fmt::Display;

use crate::{Located, Place, Step, numbers};

/// Where one call of a function stands: how many calls and labels are around
/// it, and how far its own labels have come.
///
/// A machine that keeps its trail up to date can say in one line what its next
/// step is, or where an error comes from. `default()` is outside of every
/// function.
#[derive(Debug, Default)]
pub struct Trail {
    /// How many calls there are: this one, and those around it.
    calls: usize,
    /// How many calls and labels are around this call.
    around: usize,
    /// The labels in force with the position that each has come to, the
    /// innermost last. The first is the function itself.
    labels: Vec<(&'static str, usize)>,
}

impl Trail {
    /// The trail of a call that is made from here.
    #[must_use]
    pub fn call(&self, function: &'static str) -> Self {
        Trail {
            calls: self.calls + 1,
            around: self.nesting(),
            labels: vec![(function, 0)],
        }
    }

    /// A block or a loop begins.
    pub fn enter(&mut self, label: &'static str) {
        self.labels.push((label, 0));
    }

    /// The innermost block or loop is left.
    pub fn leave(&mut self) {
        self.labels.pop();
    }

    /// The innermost label's code has come to this position.
    pub fn advance(&mut self, position: usize) {
        if let Some(label) = self.labels.last_mut() {
            label.1 = position;
        }
    }

    /// How many labels are in force in this call, the function itself included.
    pub fn labels(&self) -> usize {
        self.labels.len()
    }

    /// How many calls and labels are inside each other, from the call from
    /// outside to here.
    pub fn nesting(&self) -> usize {
        self.around + self.labels.len()
    }

    /// Where the instruction that is being executed stands.
    pub fn place(&self) -> Place {
        let function = self.labels.first().map_or("", |label| label.0);
        Place::new(function, self.labels.iter().map(|label| label.1))
    }

    /// The step that `instruction` is about to take.
    pub fn step(
        &self,
        instruction: &impl Display,
        stack: &[f64],
        locals: &[f64],
    ) -> Step {
        Step {
            depth: self.calls.saturating_sub(1),
            locals: numbers(locals),
            labels: self.labels.iter().map(|label| label.0.into()).collect(),
            ..Step::new(self.place(), instruction, stack)
        }
    }

    /// The error, caused here by `instruction`, unless it already has its
    /// place.
    pub fn locate<E>(
        &self,
        error: impl Into<Located<E>>,
        instruction: &impl Display,
    ) -> Located<E> {
        error.into().at(|| self.place(), instruction)
    }
}
