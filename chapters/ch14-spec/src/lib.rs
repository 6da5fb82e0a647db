//! The official test suite decides.
//!
//! The tests of the standard are scripts: they make modules, call what the
//! modules export, and state the expected outcome. [`run`] runs a script on any
//! engine behind the `Engine` seam, and reports for each directive what the
//! engine did, or what it should have done.
//!
//! Specification: the reference interpreter's README, *Scripts*.

mod expect;
mod report;
mod script;

pub use expect::{describe, is_f32, is_f64, nan};
pub use report::{Failure, Outcome, Report};
pub use script::{agrees, kind, lacks_magic, run};
