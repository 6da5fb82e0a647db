//! One row an operator: every numeric instruction of the standard.
//!
//! Everything there is to know of a numeric instruction stands in one row of
//! the [table](numeric_table): its opcode, its name, its types and its meaning.
//! The enum, the decoder's arm, the execution and the cheat-sheet in the book
//! come from the row.

mod numeric;
pub mod operations;
mod table;

pub use numeric::{Numeric, Row};
