//! What is wrong with a module.

use std::{error, fmt};

use ch09_module::ValType;
use trace::Located;

/// What is wrong with a module, and where, if it is an instruction.
pub type Error = Located<Invalid>;

/// What is wrong with a module, in words that begin like those of the official
/// test suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(String);

impl Invalid {
    /// Something is wrong.
    pub(crate) fn new(what: impl Into<String>) -> Invalid {
        Invalid(what.into())
    }

    /// An index that nothing has.
    pub(crate) fn unknown(what: &str, index: impl fmt::Display) -> Invalid {
        Invalid(format!("unknown {what} {index}"))
    }

    /// The types on the stack are not the expected ones.
    pub(crate) fn mismatch(
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) -> Invalid {
        Invalid(format!("type mismatch: expected {expected}, found {found}"))
    }

    /// Something from a later version of the standard.
    pub(crate) fn beyond(what: impl fmt::Display) -> Invalid {
        Invalid(format!("beyond version 1.0 of the standard: {what}"))
    }
}

/// Types as text: `[i32 f64]`.
pub(crate) fn list(types: &[ValType]) -> String {
    let types: Vec<String> = types.iter().map(ValType::to_string).collect();
    format!("[{}]", types.join(" "))
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl error::Error for Invalid {}
