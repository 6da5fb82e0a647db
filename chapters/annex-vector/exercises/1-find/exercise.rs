//! Sixteen at once: where is a byte?
#![allow(unused_imports, unused_mut, reason = "the solution uses them")]

use annex_vector::{VectorOp, VectorStack};
use ch07_values::{OperandStack, Trap};

/// The position of the first `byte` in `text`.
fn find(text: [u8; 16], byte: u8) -> Result<Option<u32>, Trap> {
    let (mut slots, mut upper) = ([0; 2], Vec::new());
    let mut stack = OperandStack::new(&mut slots, 0);
    let mut stack = VectorStack::new(&mut stack, &mut upper);
    stack.push(text)?;
    let _ = byte;
    Ok(None)
}

fn main() -> Result<(), Trap> {
    println!("{:?}", find(*b"lanes side by si", b' ')?);
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
