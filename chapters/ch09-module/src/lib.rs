//! A module is a tree.
//!
//! [`Module`] is what the standard calls the abstract syntax: the one shape
//! behind the text format and the binary format. `wat` turns text into binary,
//! `wasmparser` reads the binary and validates it, and this crate grows the
//! tree from what it reads, and prints it back.
//!
//! The whole syntax is here, as in the standard. The chapters that follow give
//! it a meaning, family by family.

mod decode;
mod error;
mod index;
mod instr;
mod late;
mod module;
mod text;
mod types;

pub use bytes::Bytes;
pub use decode::{FEATURES, KNOWN};
pub use error::ModuleError;
pub use index::*;
pub use instr::*;
pub use late::LateFunction;
pub use module::*;
pub use types::*;
pub use wasmparser::WasmFeatures;
