//! A type is a number.
//!
//! Two modules that write down the same recursive type, each at indices of its
//! own, mean the same type. [`TypeRegistry`] brings every group of types into
//! canonical form, and gives equal forms equal numbers. From then on a type is
//! a number, and whether one can stand for another is a short walk upward.

mod indices;
mod registry;

pub use registry::{TypeRegistry, close, close_ref};
