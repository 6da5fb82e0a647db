//! Compares two builds of the same source.

use anyhow::{Result, bail};

/// Compares two modules, and names the first byte that differs.
pub fn same_bytes(committed: &[u8], rebuilt: &[u8]) -> Result<()> {
    let shared = committed.iter().zip(rebuilt).take_while(|(one, other)| one == other).count();
    if shared < committed.len().max(rebuilt.len()) {
        let (committed, rebuilt) = (committed.len(), rebuilt.len());
        bail!(
            "{committed} bytes are committed and {rebuilt} rebuilt; they differ from offset {shared:#x} on"
        );
    }
    Ok(())
}

/// The lines that only one of two records has, except comments.
pub fn differing_lines(recorded: &str, here: &str) -> Vec<String> {
    let only = |one: &str, other: &str, name: &str| -> Vec<String> {
        one.lines()
            .filter(|line| !line.starts_with('#') && !other.lines().any(|other| other == *line))
            .map(|line| format!("{name} {line}"))
            .collect()
    };
    [only(recorded, here, "recorded:"), only(here, recorded, "here:    ")].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_is_found() {
        assert!(same_bytes(b"rocket", b"rocket").is_ok());
        let error = same_bytes(b"rocket", b"rodket").unwrap_err().to_string();
        assert!(error.contains("offset 0x2"), "{error}");
    }

    #[test]
    fn a_longer_module_differs() {
        assert!(same_bytes(b"rocket", b"rockets").is_err());
        assert!(same_bytes(b"rockets", b"rocket").is_err());
    }

    #[test]
    fn records_differ_by_line_whatever_the_comments_are() {
        let recorded = "# one\nrustc = \"1\"\ncore = \"installed\"\n";
        assert!(
            differing_lines(recorded, "# other\nrustc = \"1\"\ncore = \"installed\"\n").is_empty()
        );
        assert_eq!(
            differing_lines(recorded, "rustc = \"2\"\ncore = \"installed\"\n"),
            ["recorded: rustc = \"1\"", "here:     rustc = \"2\""]
        );
    }
}
