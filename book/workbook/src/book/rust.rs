//! Highlights Rust when the book is built, one line at a time, because a listing may show lines
//! that do not follow each other.
//!
//! The tokens come from the compiler's own lexer. The classes are those of highlight.js, so that
//! mdBook's themes colour them.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

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
    while let Some(token) = tokenize(rest, FrontmatterAllowed::No).next() {
        let length = attribute(rest).unwrap_or(token.len as usize);
        let (text, after) = rest.split_at(length);
        let class = match token.kind {
            TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => Some("comment"),
            TokenKind::Literal {
                kind: LiteralKind::Int { .. } | LiteralKind::Float { .. },
                ..
            } => Some("number"),
            TokenKind::Literal { .. } => Some("string"),
            TokenKind::Lifetime { .. } => Some("symbol"),
            TokenKind::Pound if attribute(rest).is_some() => Some("meta"),
            TokenKind::Ident => word(text, after, after_fn),
            _ => None,
        };
        if token.kind != TokenKind::Whitespace {
            after_fn = text == "fn";
        }
        html += &match class {
            Some(class) => format!("<span class=\"hljs-{class}\">{}</span>", escape(text)),
            None => escape(text),
        };
        rest = after;
    }
    html
}

/// The length of the attribute at the start of `text`, if there is one. It may continue on the next
/// line.
fn attribute(text: &str) -> Option<usize> {
    let is_attribute = text.starts_with("#[") || text.starts_with("#![");
    is_attribute.then(|| text.rfind(']').map_or(text.len(), |end| end + 1))
}

/// The class of an identifier or keyword.
fn word(word: &str, after: &str, after_fn: bool) -> Option<&'static str> {
    let is_macro = after.starts_with('!') && !after.starts_with("!=");
    match () {
        () if after_fn => Some("title"),
        () if KEYWORDS.contains(&word) => Some("keyword"),
        () if LITERALS.contains(&word) => Some("literal"),
        () if PRIMITIVES.contains(&word) => Some("type"),
        () if is_macro => Some("built_in"),
        () => None,
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
    fn words_get_the_class_of_their_role() {
        assert_eq!(
            classes("    fn step(x: u32) -> Option<u8> { println!(0..1.5) } // fn"),
            "    [keyword fn] [title step](x: [type u32]) -&gt; Option&lt;[type u8]&gt; { \
             [built_in println]!([number 0]..[number 1.5]) } [comment // fn]"
        );
        assert_eq!(classes("if a != b {"), "[keyword if] a != b {");
        assert_eq!(classes("#[derive(Debug)]"), "[meta #[derive(Debug)]]");
    }

    #[test]
    fn strings_and_comments_end_at_their_last_character() {
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
        assert_eq!(classes("r + b'b'"), "r + [string b'b']");
        assert_eq!(classes("f(/* if */ 1)"), "f([comment /* if */] [number 1])");
    }

    #[test]
    fn highlighting_changes_no_line_of_the_chapters() {
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
                        plain += part.split_once('>').map_or(part, |(_, after)| after);
                    }
                    assert_eq!(plain, escape(line));
                }
            }
        }
    }
}
