//! Sixteen at once: where is a byte?

use annex_vector::{VectorOp, VectorStack};
use ch07_values::{OperandStack, Trap};

/// The position of the first `byte` in `text`.
fn find(text: [u8; 16], byte: u8) -> Result<Option<u32>, Trap> {
    let (mut slots, mut upper) = ([0; 2], Vec::new());
    let mut stack = OperandStack::new(&mut slots, 0);
    let mut stack = VectorStack::new(&mut stack, &mut upper);
    stack.push(text)?;
    stack.push([byte; 16])?;
    VectorOp::I8x16Eq.execute(&mut stack)?;
    VectorOp::I8x16Bitmask.execute(&mut stack)?;
    let mask: u32 = stack.pop();
    Ok((mask != 0).then(|| mask.trailing_zeros()))
}

fn main() -> Result<(), Trap> {
    println!("{:?}", find(*b"lanes side by si", b' ')?);
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
