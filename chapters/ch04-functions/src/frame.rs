//! Frames.

use trace::Place;

use crate::{LocalIdx, Trap};

/// What one call of a function has for itself.
pub struct Frame {
    /// How many calls are around this one.
    pub depth: usize,
    /// The name of the function.
    pub function: &'static str,
    /// The parameters and the other locals.
    pub locals: Vec<f64>,
    /// Which instruction is being executed.
    pub position: usize,
}

impl Frame {
    /// The local with this number.
    pub fn local(&mut self, local: LocalIdx) -> Result<&mut f64, Trap> {
        self.locals.get_mut(local.0 as usize).ok_or(Trap::UnknownLocal(local))
    }

    /// Where the instruction that is being executed stands.
    pub fn place(&self) -> Place {
        Place::new(self.function, [self.position])
    }
}
