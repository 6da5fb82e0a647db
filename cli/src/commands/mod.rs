//! The commands. Each has its arguments, and a function `run` that returns the exit code.

pub mod bindgen;
pub mod compile;
pub mod completions;
pub mod freeze;
pub mod inspect;
pub mod print;
pub mod profile;
pub mod repl;
pub mod run;
pub mod thaw;
pub mod trace;
pub mod validate;
pub mod wast;
