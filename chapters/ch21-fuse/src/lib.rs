//! Handlers that call each other.
//!
//! Each operation on slots becomes a [`Node`]: the function that executes it,
//! and its operands. A handler ends by calling the next one, and in optimised
//! code such a call is a jump. So there is no loop and no `match`, and what is
//! used most stays in registers.
//!
//! The tier executes what is frequent. Everything else it leaves to the
//! machine of chapter 19: [`Fast`] gives the calls back as frames.

mod capture;
pub mod chain;
mod choose;
pub mod compiled;
mod encode;
mod fuse;
mod handlers;
mod inst;
mod node;
mod rounds;
mod select;
mod text;
mod tidy;
mod tier;
mod value;

pub use node::{FastCode, Node};
pub use text::text;
pub use tier::{Fast, Store};
