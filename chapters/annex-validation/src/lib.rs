//! How a validator works: types instead of values, on the same stack.
//!
//! A validator executes a module without a single value. Where the machine has
//! a stack of values, it has one of types; where the machine takes one of two
//! ways, it takes both; and what would be a wrong answer there is an error
//! here. Each instruction is looked at once, so that it always comes to an end.
//!
//! The chapters' modules are validated by `wasmparser`. This is the same
//! algorithm, on the version 1.0 of the standard and on what comes without a
//! line more: several results, sign extension, saturating truncation.
//!
//! Specification: *Validation*; Appendix, *Validation Algorithm*.

mod body;
mod invalid;
mod module;
mod watch;

pub use invalid::{Error, Invalid};
pub use module::{validate, validate_watched};
