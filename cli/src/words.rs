//! Negative numbers among the words of the command line.
//!
//! `clap` takes `-inf` and `-0x10` for options, unless it takes all words from there on for
//! numbers, `--limit` too. So these words get a mark in front, and lose it again where they are
//! read.

use std::ffi::OsString;

/// What no word begins with that anybody writes.
const MARK: char = '\u{1}';

/// The words for `clap`, in which negative numbers can't be mistaken for options.
pub fn marked(words: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    words.map(|word| match word.to_str() {
        Some(text) if is_negative(text) => format!("{MARK}{text}").into(),
        _ => word,
    })
}

/// The word as it was written.
pub fn plain(word: &str) -> String {
    word.strip_prefix(MARK).unwrap_or(word).to_owned()
}

fn is_negative(word: &str) -> bool {
    let Some(number) = word.strip_prefix('-') else { return false };
    number.starts_with(|char: char| char == '.' || char.is_ascii_digit())
        || number.starts_with("inf")
        || number.starts_with("nan")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_negative_numbers_are_marked() {
        let words = ["-1", "-.5", "-inf", "-nan:0x1", "-0x10", "-", "--", "-o", "--invoke", "1"];
        let marked: Vec<String> = marked(words.iter().map(OsString::from))
            .map(|word| word.into_string().unwrap())
            .collect();
        let count = marked.iter().filter(|word| word.starts_with(MARK)).count();
        assert_eq!(count, 5);
        assert!(marked[..5].iter().all(|word| word.starts_with(MARK)));
        let plain: Vec<String> = marked.iter().map(|word| plain(word)).collect();
        assert_eq!(plain, words);
    }
}
