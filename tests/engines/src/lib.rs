//! Other people's runtimes behind the [`Engine`](ch12_instance::Engine) seam, to be held against ours.
//!
//! They are for comparison only: no chapter and no game imports them. `store.rs` is the one way to the seam for both versions of
//! `wasmi`; what the versions say otherwise is in a file for each.

mod wasmi_1;
mod wasmi_2;

pub use wasmi_1::Wasmi as Oracle;
pub use wasmi_2::Wasmi;
