//! Tail calls: one variant, one arm.
//!
//! A tail call is the last thing that a function does, and the function need not be there when the callee returns.
//! So it leaves, as a `return` does, and says on its way who is to be called instead: [`Unwind::TailCall`]. [`Machine`] is that
//! of chapter 11 with this variant, and the arm that catches it. [`Store`] is that of chapter 12 with this machine.

mod layer;
mod machine;
mod unwind;

pub use layer::TailCalls;
pub use machine::Machine;
pub use unwind::Unwind;

/// A store that executes with this chapter's machine.
pub type Store<O = ()> = ch12_instance::Store<O, TailCalls>;
