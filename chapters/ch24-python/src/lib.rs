//! MicroPython in the machine of chapter 22, with the files of chapter 23.

mod attributes;
mod calls;
mod directory;
mod exception;
mod fetch;
mod files;
mod freeze;
mod guests;
mod host;
mod inside;
mod interrupt;
pub mod longjmp;
mod memories;
mod missing;
mod objects;
mod open;
mod python;
mod repl;
mod run;
mod scene;
mod screen;
mod settings;
mod start;
mod stat;
mod statement;
mod step;
mod value;
mod wasi;

pub use exception::Exception;
pub use fetch::micropython;
pub use host::Host;
pub use python::Python;
pub use repl::Prompt;
pub use scene::{Executed, Scene};
pub use settings::Settings;
pub use step::{Failed, Step};
pub use value::Value;

/// What the README shows can be compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
