//! Where commands print, and in which colours.
//!
//! `anstream` removes the colours in a pipe, in a file, and where `NO_COLOR` is set.

use std::io::{self, BufWriter, Write};

use anstyle::{AnsiColor, Style};

/// A heading.
pub const HEADING: Style = Style::new().bold();
/// What went well.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What went wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// Notes that a reader can skip.
pub const FAINT: Style = Style::new().dimmed();

/// The standard output, with a buffer. Flush it at the end, because otherwise an error in the last
/// bytes is lost.
pub fn stdout() -> impl Write {
    BufWriter::new(anstream::stdout().lock())
}

/// Prints a line that begins with `error: ` on the standard error.
pub fn complain(what: impl std::fmt::Display) {
    // If even this can't be written, only the exit code tells.
    let _ = writeln!(anstream::stderr(), "{BAD}error:{BAD:#} {what}");
}

/// Prints a line that isn't an error on the standard error, such as why a trace ends.
pub fn note(what: impl std::fmt::Display) -> io::Result<()> {
    writeln!(anstream::stderr(), "{FAINT}{what}{FAINT:#}")
}

/// A name from a module, safe to print. A module can call a function by an escape sequence that
/// clears the screen, so control characters become `\u{1b}` and the like.
pub fn printable(name: &str) -> String {
    let mut text = String::new();
    for char in name.chars() {
        match char.is_control() {
            true => text.extend(char.escape_default()),
            false => text.push(char),
        }
    }
    text
}

/// A name with at most this many characters; `…` replaces the rest.
pub fn shortened(name: &str, most: usize) -> String {
    match name.char_indices().nth(most) {
        None => name.to_owned(),
        Some(_) => name.chars().take(most - 1).chain(['…']).collect(),
    }
}

/// A count with a comma after every third digit: `4,016`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun: `1 step`, `2 steps`.
pub fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", grouped(count)),
    }
}

/// How many percent `part` is of `whole`; 0 where there is nothing at all.
pub fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(printable("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(printable("größer"), "größer");
    }

    #[test]
    fn a_long_name_is_shortened_by_characters() {
        assert_eq!(shortened("größer", 6), "größer");
        assert_eq!(shortened("größer", 5), "größ…");
    }

    #[test]
    fn digits_are_grouped_by_threes() {
        let counts = [0, 999, 1000, 1_234_567].map(grouped);
        assert_eq!(counts, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([counted(1, "row"), counted(2000, "row")], ["1 row", "2,000 rows"]);
    }

    #[test]
    fn a_part_of_nothing_is_no_percent() {
        assert_eq!([percent(1, 4), percent(0, 0)], [25.0, 0.0]);
    }
}
