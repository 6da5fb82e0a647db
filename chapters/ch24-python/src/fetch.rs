//! Where MicroPython is, which is fetched by its name and never committed.

use std::path::{Path, PathBuf};

/// The file of MicroPython, once it has been fetched.
///
/// # Errors
///
/// It hasn't been.
pub fn micropython() -> Result<PathBuf, &'static str> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = workspace.join("target/guests/micropython.wasm");
    file.is_file().then_some(file).ok_or(
        "MicroPython isn't here yet: `cargo workbook guests micropython.wasm` \
         fetches it with npm",
    )
}
