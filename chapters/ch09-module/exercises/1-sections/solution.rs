//! A walk over the sections of a module in the binary format.

/// The sections of a module: the byte that says which one it is, and how many
/// bytes it holds.
pub fn sections(bytes: &[u8]) -> Vec<(u8, usize)> {
    let mut sections = Vec::new();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let [id, contents @ ..] = rest {
        let (size, taken) = size(contents);
        sections.push((*id, size));
        rest = contents.get(taken + size..).unwrap_or_default();
    }
    sections
}

/// The number in LEB128 that the bytes begin with, and how many bytes it takes.
/// No size has more than five.
fn size(bytes: &[u8]) -> (usize, usize) {
    let (mut number, mut bits) = (0, 0);
    for (position, byte) in bytes.iter().take(5).enumerate() {
        number |= usize::from(byte & 0x7f) << bits;
        bits += 7;
        if byte & 0x80 == 0 {
            return (number, position + 1);
        }
    }
    (number, bytes.len())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = format!(
        "(module (memory 1) (data (i32.const 0) \"{}\"))",
        "-".repeat(1000)
    );
    println!(
        "id and size of each section: {:?}",
        sections(&wat::parse_str(text)?)
    );
    Ok(())
}

#[cfg(test)]
#[path = "check.rs"]
mod check;
