//! References have types, and a type is a number.
//!
//! Two modules that say the same recursive type, each with indices of its own, mean one type. [`Types`] gives
//! every group of types that the modules of a store define a canonical form, and equal forms equal numbers. From then
//! on a type is a number, and whether one can stand for another is a short walk upward. The instructions on references
//! rely on it: what validation has promised at one end is still true at the other.

mod closing;
mod references;
mod types;

pub use references::{References, decide, execute};
pub use types::Types;

/// ch12's store, in which references have types.
pub type Store<O = ()> = ch12_instance::Store<O, References>;
