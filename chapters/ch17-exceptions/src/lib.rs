//! A catch is a branch: tags, `throw`, `try_table`.
//!
//! An exception unwinds like everything else that leaves a sequence early. [`Unwind`] has one more variant,
//! and [`Machine`] one more place that catches: a handler around the label of a `try_table`. What it catches it sends on as a
//! branch, and from there on the labels of chapter 5 do the rest. On its way an exception is a number; the values that it
//! carries wait in the store, among its [`Exceptions`].

mod exceptions;
mod layer;
mod machine;
mod throwing;
mod unwind;

pub use exceptions::{Exceptions, ExnAddr};
pub use layer::{Throws, run};
pub use machine::Machine;
pub use throwing::{HasExceptions, Throwing};
pub use unwind::Unwind;

/// A store in which exceptions are thrown.
pub type Store<O = ()> = ch12_instance::Store<O, Throws>;
