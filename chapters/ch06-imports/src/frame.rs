//! Frames.

use trace::Place;

use crate::{LabelIdx, LocalIdx, Trap, Unwind};

/// What one call of a function has for itself.
pub struct Frame {
    /// How many calls are around this one.
    pub depth: usize,
    /// The name of the function.
    pub function: &'static str,
    /// The parameters and the other locals.
    pub locals: Vec<f64>,
    /// The labels in force, the innermost last.
    pub labels: Vec<Label>,
}

/// A place that a branch can go to: the end of a block or of a function, the beginning of a loop.
pub struct Label {
    /// What it belongs to: `block`, `loop`, or the name of the function.
    pub name: &'static str,
    /// Which instruction of its body is being executed.
    pub position: usize,
}

impl Frame {
    /// The local with this number.
    pub fn local(&mut self, local: LocalIdx) -> Result<&mut f64, Trap> {
        self.locals.get_mut(local.0 as usize).ok_or(Trap::UnknownLocal(local))
    }

    /// A branch to this label.
    pub fn branch(&self, label: LabelIdx) -> Unwind {
        if (label.0 as usize) < self.labels.len() {
            Unwind::Branch(label)
        } else {
            Trap::UnknownLabel(label).into()
        }
    }

    /// The innermost label's body has come to this instruction.
    pub fn advance(&mut self, position: usize) {
        if let Some(label) = self.labels.last_mut() {
            label.position = position;
        }
    }

    /// Where the instruction that is being executed stands.
    pub fn place(&self) -> Place {
        Place::new(self.function, self.labels.iter().map(|label| label.position))
    }
}
