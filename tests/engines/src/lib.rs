//! Other people's runtimes behind the [`Engine`](ch12_instance::Engine) seam, to be held against ours.
//!
//! They are for comparison only: no chapter and no game imports them.

mod wasmi;

pub use wasmi::Wasmi;
