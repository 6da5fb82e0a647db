//! The core on real code: the same labels, `if`, `br_table`, calls through tables.
//!
//! The machine of chapter 5 unwound with `?`, and so does this one. [`Unwind`] has a variant for each cause of
//! leaving a sequence early, each is caught in one place of [`Machine`], and all other instructions
//! that reach beyond the stack are the
//! business of an [`Environment`]. [`Solo`] is the simplest one: a module alone in the world.

mod environment;
mod machine;
pub mod native;
mod solo;
mod unwind;
pub mod watch;

pub use environment::{Callee, Code, Decision, Environment};
pub use machine::{Fault, Frame, MAX_DEPTH, Machine, execute_parametric};
pub use solo::{Solo, SoloError};
pub use unwind::Unwind;
