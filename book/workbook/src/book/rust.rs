//! The colours of Rust, a line at a time: good enough for code that `rustfmt` has formatted, and done before any browser sees it.
//!
//! The classes are those of highlight.js, so that mdBook's themes colour them.

use super::html::escape;

const KEYWORDS: [&str; 36] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref",
    "return", "self", "Self", "static", "struct", "super", "trait", "type", "unsafe", "use",
    "where", "while",
];
const LITERALS: [&str; 6] = ["true", "false", "Some", "None", "Ok", "Err"];
const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16",
    "u32", "u64", "u128", "usize",
];

/// One line of Rust as HTML.
pub fn highlight(line: &str) -> String {
    let mut html = String::new();
    let mut rest = line;
    let mut after_fn = false;
    while let Some(first) = rest.chars().next() {
        let (length, class) = token(rest, first, after_fn);
        let (token, behind) = rest.split_at(length);
        if !token.trim().is_empty() {
            after_fn = token == "fn";
        }
        match class {
            Some(class) => {
                html += &format!("<span class=\"hljs-{class}\">{}</span>", escape(token))
            }
            None => html += &escape(token),
        }
        rest = behind;
    }
    html
}

/// The length in bytes of the token that `text` begins with, and its class.
fn token(text: &str, first: char, after_fn: bool) -> (usize, Option<&'static str>) {
    let while_in = |test: fn(char) -> bool| text.find(|c| !test(c)).unwrap_or(text.len());
    match first {
        '/' if text.starts_with("//") => (text.len(), Some("comment")),
        '"' => (string(text, 0), Some("string")),
        'b' | 'r' if text[1..].trim_start_matches(['r', '#']).starts_with('"') => {
            (string(text, text.find('"').unwrap_or(0)), Some("string"))
        }
        '\'' => character(text),
        '#' if text.starts_with("#[") || text.starts_with("#![") => {
            (text.rfind(']').map_or(text.len(), |end| end + 1), Some("meta"))
        }
        '0'..='9' => (number(text), Some("number")),
        _ if word_like(first) => {
            let length = while_in(word_like);
            (length, word(&text[..length], &text[length..], after_fn))
        }
        _ => (first.len_utf8(), None),
    }
}

fn word_like(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word(word: &str, behind: &str, after_fn: bool) -> Option<&'static str> {
    let is_macro = behind.starts_with('!') && !behind.starts_with("!=");
    match () {
        () if after_fn => Some("title"),
        () if KEYWORDS.contains(&word) => Some("keyword"),
        () if LITERALS.contains(&word) => Some("literal"),
        () if PRIMITIVES.contains(&word) => Some("type"),
        () if is_macro => Some("built_in"),
        () => None,
    }
}

/// The end of a string whose opening quote is at `open`; the end of the line, where it goes on in the next.
fn string(text: &str, open: usize) -> usize {
    let raw = text[..open].contains('r');
    let closing = match raw {
        true => format!("\"{}", "#".repeat(text[..open].matches('#').count())),
        false => "\"".to_owned(),
    };
    let mut at = open + 1;
    while at < text.len() {
        if text[at..].starts_with(&closing) {
            return at + closing.len();
        }
        let escaped = !raw && text[at..].starts_with('\\');
        let mut characters = text[at..].chars();
        let width = |c: Option<char>| c.map_or(0, char::len_utf8);
        at += width(characters.next());
        if escaped {
            at += width(characters.next());
        }
    }
    text.len()
}

/// A character, or a lifetime.
fn character(text: &str) -> (usize, Option<&'static str>) {
    let mut behind = text[1..].char_indices();
    let (first, second) = (behind.next(), behind.next());
    match (first, second) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let from = 1 + at + escaped.len_utf8();
            (text[from..].find('\'').map_or(text.len(), |end| from + end + 1), Some("string"))
        }
        (Some(_), Some((at, '\''))) => (1 + at + 1, Some("string")),
        _ => {
            let length = text[1..].find(|c| !word_like(c)).map_or(text.len(), |end| end + 1);
            (length, Some("symbol"))
        }
    }
}

/// Digits and what belongs to them; the point only before another digit, since `0..5` is a range.
fn number(text: &str) -> usize {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let end = text.find(|c: char| !word_like(c)).unwrap_or(text.len());
    match text[end..].strip_prefix('.') {
        Some(fraction) if digit(fraction.chars().next()) => {
            let length = fraction.find(|c: char| !word_like(c)).unwrap_or(fraction.len());
            end + 1 + length
        }
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line with its classes in brackets instead of tags.
    fn classes(line: &str) -> String {
        highlight(line)
            .replace("<span class=\"hljs-", "[")
            .replace("\">", " ")
            .replace("</span>", "]")
    }

    #[test]
    fn words_are_told_apart() {
        assert_eq!(
            classes("    fn step(x: u32) -> Option<u8> { println!(0..1.5) } // fn"),
            "    [keyword fn] [title step](x: [type u32]) -&gt; Option&lt;[type u8]&gt; { \
             [built_in println]!([number 0]..[number 1.5]) } [comment // fn]"
        );
        assert_eq!(classes("if a != b {"), "[keyword if] a != b {");
        assert_eq!(classes("#[derive(Debug)]"), "[meta #[derive(Debug)]]");
    }

    #[test]
    fn strings_end_where_they_end() {
        assert_eq!(
            classes(r#"f("a \" // b", 1)"#),
            r#"f([string &quot;a \&quot; // b&quot;], [number 1])"#
        );
        assert_eq!(
            classes(r##"r#"a"b"# + b"c""##),
            r##"[string r#&quot;a&quot;b&quot;#] + [string b&quot;c&quot;]"##
        );
        assert_eq!(classes("\"goes on"), "[string &quot;goes on]");
        assert_eq!(
            classes(r"('\'', 'ä', &'a str)"),
            r"([string '\''], [string 'ä'], &amp;[symbol 'a] [type str])"
        );
        assert_eq!(classes("r + b"), "r + b");
    }

    #[test]
    fn nothing_of_any_line_of_the_chapters_is_lost() {
        let chapters = crate::workspace().join("chapters");
        for chapter in std::fs::read_dir(chapters).unwrap() {
            let Ok(files) = std::fs::read_dir(chapter.unwrap().path().join("src")) else {
                continue;
            };
            for file in files {
                let Ok(text) = std::fs::read_to_string(file.unwrap().path()) else { continue };
                for line in text.lines() {
                    let html = highlight(line);
                    let mut plain = String::new();
                    for part in html.split('<') {
                        plain += part.split_once('>').map_or(part, |(_, behind)| behind);
                    }
                    assert_eq!(plain, escape(line));
                }
            }
        }
    }
}
