//! MicroPython in the machine of chapter 22, with the files of chapter 23.

mod calls;
mod directory;
mod fetch;
mod files;
mod freeze;
mod guests;
mod host;
pub mod longjmp;
mod objects;
mod python;
mod repl;
mod run;
mod scene;
mod screen;
mod settings;
mod value;

pub use fetch::micropython;
pub use host::Host;
pub use python::Python;
pub use repl::Prompt;
pub use run::{Failed, Step};
pub use scene::{Executed, Scene};
pub use settings::Settings;
pub use value::{Exception, Value};
