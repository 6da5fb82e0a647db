//! For those who know another runtime.

#[doc = include_str!("docs/from_wasmtime.md")]
pub mod from_wasmtime {}

#[doc = include_str!("docs/from_wasmi.md")]
pub mod from_wasmi {}
