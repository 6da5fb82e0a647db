//! Three functions, translated by hand.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// The operations of `$twice`.
pub const TWICE: &[&str] = &["return"];

/// The operations of `$old`.
pub const OLD: &[&str] = &["return"];

/// The operations of `$swap`.
pub const SWAP: &[&str] = &["return"];

fn main() {
    for code in [TWICE, OLD, SWAP] {
        println!("{}\n", code.join("\n"));
    }
}
