//! Three functions, translated by hand.

#[cfg(test)]
#[path = "check.rs"]
mod check;

/// The operations of `$twice`.
pub const TWICE: &[&str] =
    &["s1 = i32.add s0 s0", "s0 = i32.add s1 1", "return"];

/// The operations of `$old`.
pub const OLD: &[&str] = &[
    "s1 = s0",
    "s0 = i32.add s0 1",
    "s0 = i32.mul s1 s0",
    "return",
];

/// The operations of `$swap`.
pub const SWAP: &[&str] = &["s2 = s0", "s0 = s1", "s1 = s2", "return"];

fn main() {
    for code in [TWICE, OLD, SWAP] {
        println!("{}\n", code.join("\n"));
    }
}
