//! One row per operator: every numeric instruction of the standard.
//!
//! A row of the [table](numeric_table) has everything there is to know about a
//! numeric instruction: its opcode, its name, its types and its meaning. The
//! enum, the decoder's arm, the execution and the cheat sheet in the book come
//! from the row.

mod numeric;
pub mod operations;
mod operators;
mod table;

pub use numeric::Numeric;
pub use operators::Row;
