//! Unwinding.

use std::fmt::Display;

use trace::Place;

use crate::{Error, LabelIdx, Trap};

/// Why execution left a sequence of instructions before its end. Falling off the end is `Ok(())`.
#[derive(Debug)]
pub enum Unwind {
    /// A branch; caught by the label that many labels out.
    Branch(LabelIdx),
    /// A return; caught by the current call.
    Return,
    /// A trap; caught by nobody but the caller outside. In a box, so that a branch has less to carry.
    Trap(Box<Error>),
}

impl Unwind {
    /// A trap learns its place on its way out. A branch or a return has none.
    pub fn at(self, place: impl FnOnce() -> Place, instr: &impl Display) -> Self {
        match self {
            Unwind::Trap(error) => Unwind::Trap(Box::new(error.at(place, instr))),
            unwind => unwind,
        }
    }
}

impl From<Trap> for Unwind {
    fn from(trap: Trap) -> Self {
        Unwind::Trap(Box::new(trap.into()))
    }
}
