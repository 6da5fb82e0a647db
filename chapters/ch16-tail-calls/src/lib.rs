//! Tail calls: one variant, one arm.
//!
//! A tail call is the last thing that a function does, so the function need
//! not be there when the callee returns. It leaves as a `return` does, and
//! carries the function to be called instead: [`Unwind::TailCall`].
//! [`Machine`] is chapter 15's machine with this variant and the arm that
//! catches it. [`Store`] is chapter 12's store with this machine.

mod layer;
mod machine;
mod unwind;

pub use layer::TailCallLayer;
pub use machine::Machine;
pub use unwind::Unwind;

/// A store that executes with this chapter's machine.
pub type Store<O = ()> = ch12_instance::Store<O, TailCallLayer>;
