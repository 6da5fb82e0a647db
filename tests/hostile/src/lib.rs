//! Malicious input: files cut short, with changed bits, with bytes too many or too few, and noise.
//!
//! A [`mutant`] is made of a valid module of the [`corpus`]. An [`attempt`] decodes it; what is still a module is
//! printed, read back, instantiated and called, under limits. All of this may end in an error or a trap. It
//! may not panic, take for ever, or take more memory than the limits allow.

mod attempt;
mod corpus;
mod mutant;
mod run;

pub use attempt::{LIMITS, Tally, attempt};
pub use corpus::corpus;
pub use mutant::{Form, mutant};
pub use run::{Failure, run};
