//! The official test suite: its scripts, run on any engine behind the seam, and the score.
//!
//! The package `script` runs a script. What an engine answers with "not yet" counts as skipped, never as passed.

mod score;
mod suite;

pub use score::{HEAD, Numbers, Score, extends, markdown, scoreboard, scores};
pub use suite::{File, SUPERSEDED, Suite, Superseded, suites};
