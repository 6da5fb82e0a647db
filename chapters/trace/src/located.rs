//! An error, and the place it comes from.

use std::{error, fmt};

use crate::Place;

/// An error with the instruction that caused it. Displayed as
/// `in main at 3.0.2, load: ` and the error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<E> {
    /// Where the instruction stands; `None` until somebody who knows says so
    /// with [`Located::at`].
    pub place: Option<Place>,
    /// The instruction as text; empty as long as there is no place.
    pub instruction: String,
    /// What went wrong.
    pub error: E,
}

impl<E> Located<E> {
    /// The same error, caused by `instruction` at `place`. An error that has
    /// its place keeps it, so that every level of a nested execution may call
    /// this and the innermost wins.
    #[must_use]
    pub fn at(
        self,
        place: impl FnOnce() -> Place,
        instruction: &impl fmt::Display,
    ) -> Self {
        match self.place {
            Some(_) => self,
            None => Located {
                place: Some(place()),
                instruction: instruction.to_string(),
                ..self
            },
        }
    }
}

impl<E> From<E> for Located<E> {
    fn from(error: E) -> Self {
        Located { place: None, instruction: String::new(), error }
    }
}

impl<E: fmt::Display> fmt::Display for Located<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}, {}: ", self.instruction)?;
        }
        self.error.fmt(f)
    }
}

impl<E: error::Error> error::Error for Located<E> {
    // The error's own text is already a part of ours: the cause is what lies
    // behind it.
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.error.source()
    }
}
