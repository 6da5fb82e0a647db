//! A branch on a reference is a branch.
//!
//! A reference has a type, and the type says what may be done with it. What it
//! refers to is asked while the program runs: whether it is null, and whether
//! it is of a narrower type. [`Machine`] is that of chapter 11 with the
//! branches and the calls that depend on the answer, and [`ReferenceLayer`]
//! gives it to chapter 12's store, together with the instructions that only
//! ask.

mod cast;
mod layer;
mod machine;

pub use cast::is_of;
pub use layer::{ReferenceLayer, execute};
pub use machine::Machine;

/// Chapter 12's store, in which references have types.
pub type Store<O = ()> = ch12_instance::Store<O, ReferenceLayer>;
