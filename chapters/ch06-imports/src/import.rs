//! Imports.

use std::io;

/// A function that the world around the machine lends to it.
pub struct Import<'p> {
    /// What errors call it.
    pub name: &'static str,
    /// How many operands a call takes, the last one from the top.
    pub params: usize,
    /// What it does.
    pub function: ImportFn<'p>,
}

/// A closure that does something with its arguments. It may have a result, and
/// it may fail.
pub type ImportFn<'p> = Box<dyn FnMut(&[f64]) -> io::Result<Option<f64>> + 'p>;
