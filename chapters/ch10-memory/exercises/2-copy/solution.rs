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
    // Whichever begins higher ends higher.
    if destination.max(source) + length > bytes.len() {
        return Err(Trap::OutOfBoundsMemoryAccess);
    }
    if destination <= source {
        for position in 0..length {
            bytes[destination + position] = bytes[source + position];
        }
    } else {
        for position in (0..length).rev() {
            bytes[destination + position] = bytes[source + position];
        }
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
