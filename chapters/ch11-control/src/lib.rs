//! The core on real code: the same labels, `if`, `br_table`, calls through
//! tables.
//!
//! The machine of chapter 5 unwound with `?`, and so does this one. [`Unwind`]
//! has a variant for each cause of leaving a sequence early, and each is caught
//! in one place of [`Machine`]. Everything that is not control is in its
//! [`Core`], and what the code's indices refer to is the business of an
//! [`Environment`]. The simplest one is a [`SingleModule`].

mod core;
mod environment;
mod machine;
#[cfg_attr(target_arch = "wasm32", path = "native_wasm32.rs")]
pub mod native;
mod single;
mod unwind;
mod watch;

pub use core::{Core, Fault, Frame, MachineLimits};
pub use environment::{Callee, Code, Environment, Shape};
pub use machine::Machine;
pub use single::{SingleModule, SingleModuleError};
pub use unwind::Unwind;
pub use watch::{Level, describe};
