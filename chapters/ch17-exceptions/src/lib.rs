//! A catch is a branch: tags, `throw`, `try_table`.
//!
//! An exception unwinds like everything else that leaves a sequence early.
//! [`Unwind`] has one more variant, and [`Machine`] one more place that
//! catches: a handler around the label of a `try_table`. The handler turns an
//! exception into a branch, and the labels of chapter 5 do the rest. On its way
//! an exception is a number. Its values wait in the store, in the list of
//! [`Exceptions`].

mod exceptions;
mod layer;
mod machine;
mod throw;
mod unwind;

pub use exceptions::{Exceptions, ExnAddr};
pub use layer::{ExceptionLayer, HasExceptions};
pub use machine::Machine;
pub use throw::{catch, throw};
pub use unwind::Unwind;

/// A store in which exceptions are thrown.
pub type Store<O = ()> = ch12_instance::Store<O, ExceptionLayer>;
