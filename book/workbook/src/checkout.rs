//! Reads files of the checkout. Git for Windows writes text files with `\r\n` at the end of each
//! line, unless it is told otherwise; here they have `\n` on every system.

use std::path::Path;
use std::{fs, io};

/// The text of a file.
///
/// # Errors
/// If the file cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    fs::read_to_string(path).map(|text| text.replace("\r\n", "\n"))
}

/// The content of a file. If it is not text, it stays as it is.
///
/// # Errors
/// If the file cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path).map(with_lf)
}

/// The same content with `\n` at the end of each line, if it is text.
pub fn with_lf(content: Vec<u8>) -> Vec<u8> {
    match str::from_utf8(&content) {
        Ok(text) if text.contains("\r\n") => text.replace("\r\n", "\n").into_bytes(),
        _ => content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_endings_of_text_change() {
        assert_eq!(with_lf(b"a\r\nb\nc\r".to_vec()), b"a\nb\nc\r");
        assert_eq!(with_lf(b"\xff\r\n".to_vec()), b"\xff\r\n");
    }
}
