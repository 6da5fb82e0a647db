//! Over itself.

use ch07_values::Trap;

/// Copies `length` bytes from `source` on to `destination`. The ranges may
/// overlap. If one of them does not fit, nothing is written.
fn copy(
    bytes: &mut [u8],
    destination: usize,
    source: usize,
    length: usize,
) -> Result<(), Trap> {
    for position in 0..length {
        let byte = *bytes
            .get(source + position)
            .ok_or(Trap::OutOfBoundsMemoryAccess)?;
        let place = bytes.get_mut(destination + position);
        *place.ok_or(Trap::OutOfBoundsMemoryAccess)? = byte;
    }
    Ok(())
}

fn main() {
    let mut bytes = *b"abcdef..";
    let outcome = copy(&mut bytes, 2, 0, 6);
    println!("{} {outcome:?}", String::from_utf8_lossy(&bytes));
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
