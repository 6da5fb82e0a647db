//! Tells negative numbers from options.
//!
//! `clap` takes `-inf` and `-0x10` for options. It can be told to take them for arguments, but then
//! it takes all words after them for arguments too, even `--limit`. So we put a mark before each
//! negative number, and remove the mark when the number is read. Only commands with `--invoke` take
//! numbers.

use std::ffi::OsString;

/// A character that no word of a command line begins with.
const MARK: char = '\u{1}';

/// The words for `clap`, with a mark before each negative number.
pub fn marked(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let words: Vec<OsString> = words.collect();
    let invokes = |word: &OsString| word.as_encoded_bytes().starts_with(b"--invoke");
    if !words.iter().any(invokes) {
        return words;
    }
    let marked = words.into_iter().map(|word| match word.to_str() {
        Some(text) if is_negative(text) => format!("{MARK}{text}").into(),
        _ => word,
    });
    marked.collect()
}

/// The text without marks.
pub fn plain(text: &str) -> String {
    text.replace(MARK, "")
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

    fn texts(words: &[&str]) -> Vec<String> {
        let words = marked(words.iter().map(OsString::from)).into_iter();
        words.map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn only_negative_numbers_are_marked() {
        let words = ["-1", "-.5", "-inf", "-nan:0x1", "-0x10", "-", "--", "-o", "--invoke", "1"];
        let marked = texts(&words);
        assert!(marked[..5].iter().all(|word| word.starts_with(MARK)));
        assert_eq!(marked[5..], words[5..]);
        let plain: Vec<String> = marked.iter().map(|word| plain(word)).collect();
        assert_eq!(plain, words);
    }

    #[test]
    fn a_file_may_be_called_like_a_number() {
        assert_eq!(texts(&["inspect", "--", "-1"]), ["inspect", "--", "-1"]);
    }
}
