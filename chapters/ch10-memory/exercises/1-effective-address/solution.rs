//! An address that wraps.

/// The bytes of an access, or nothing if one of them is past the end.
fn within(
    bytes: &[u8],
    address: u32,
    offset: u32,
    length: u32,
) -> Option<&[u8]> {
    let start = u64::from(address) + u64::from(offset);
    let end = start + u64::from(length);
    bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

fn main() {
    let bytes: Vec<u8> = (0..16).collect();
    for (address, offset) in [(4, 0), (8, 4), (12, 8), (u32::MAX, 8)] {
        println!(
            "4 bytes at {address} + {offset}: {:?}",
            within(&bytes, address, offset, 4)
        );
    }
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
