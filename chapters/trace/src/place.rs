//! Where an instruction stands.

use std::fmt;

/// A place in nested code. Displayed as `in main at 3.0.2`, or as `at 3` where
/// code has no function around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Place {
    /// The name of the function; empty where there are no functions.
    pub function: String,
    /// The positions on the way in, outermost first: `[3, 0, 2]` is instruction
    /// 2 of the body of instruction 0 of the body of instruction 3. All count
    /// from 0.
    pub path: Vec<usize>,
}

impl Place {
    /// The place `path`, outermost position first, in `function`.
    pub fn new(
        function: impl Into<String>,
        path: impl IntoIterator<Item = usize>,
    ) -> Self {
        Place { function: function.into(), path: path.into_iter().collect() }
    }

    /// The path as text, `3.0.2`. The middle of a path deeper than twelve is
    /// left out: `0.0.0.0.….0.0.0.5`.
    pub fn path_text(&self) -> String {
        let join = |path: &[usize]| {
            path.iter().map(usize::to_string).collect::<Vec<_>>().join(".")
        };
        match self.path.as_slice() {
            path if path.len() <= 12 => join(path),
            path => format!(
                "{}.….{}",
                join(&path[..4]),
                join(&path[path.len() - 4..])
            ),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.function.is_empty() {
            write!(f, "in {} ", self.function)?;
        }
        write!(f, "at {}", self.path_text())
    }
}
