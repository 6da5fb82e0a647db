//! Reading the game's module, and saying what a file is that isn't one.

use std::fs;
use std::path::Path;

/// Reads a module in the binary or in the text format.
///
/// # Errors
///
/// A file that can't be read, or that can't be a module, whatever is in the rest of it.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let shown = path.display();
    let bytes = fs::read(path).map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    let is_binary = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("wasm"));
    let what = match bytes.as_slice() {
        [] => "is empty; a module begins with the bytes `00 61 73 6d`".to_owned(),
        [0x1f, 0x8b, ..] => "is compressed with gzip; unpack it with `gunzip` first".to_owned(),
        [0, b'a', b's', b'm', ..] => return Ok(bytes),
        _ if !is_binary => return Ok(bytes),
        _ => format!(
            "isn't a module in the binary format: it begins with `{}`, and not with `00 61 73 6d`. \
             If it's in the text format, call it .wat",
            bytes[..bytes.len().min(4)]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<Vec<_>>()
                .join(" ")
        ),
    };
    Err(format!("`{shown}` {what}"))
}
