//! An address that wraps.

/// The bytes of an access, or nothing if one of them is past the end.
fn within(
    bytes: &[u8],
    address: u32,
    offset: u32,
    length: u32,
) -> Option<&[u8]> {
    let start = address.wrapping_add(offset);
    let end = start.wrapping_add(length);
    bytes.get(start as usize..end as usize)
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
