//! A type is a number.
//!
//! Two modules that write down the same recursive type, each with indices of
//! its own, mean one type. [`TypeRegistry`] gives every group of types that the
//! modules of a store define a canonical form, and equal forms equal numbers.
//! From then on a type is a number, and whether one can stand for another is a
//! short walk upward.

mod indices;
mod registry;

pub use registry::{TypeRegistry, close, close_ref};
