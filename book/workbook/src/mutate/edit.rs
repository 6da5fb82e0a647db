//! The ways to break a file of Rust. They are found in its tokens, and the tokens come from the
//! compiler's own lexer.

use std::ops::Range;

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use super::whole_lines;

/// A part of a file, and what to write there instead.
#[derive(Clone, Debug)]
pub struct Edit {
    pub range: Range<usize>,
    pub new: String,
}

impl Edit {
    /// The broken file.
    pub fn apply(&self, text: &str) -> String {
        [&text[..self.range.start], &self.new, &text[self.range.end..]].concat()
    }

    /// The lines to break, as one line.
    pub fn before(&self, text: &str) -> String {
        one_line(&text[whole_lines(text, &self.range)])
    }

    /// The broken lines, as one line.
    pub fn after(&self, text: &str) -> String {
        let lines = whole_lines(text, &self.range);
        let (before, after) = (lines.start..self.range.start, self.range.end..lines.end);
        one_line(&[&text[before], &self.new, &text[after]].concat())
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is replaced by what, if there is a space on both sides.
const OPERATORS: [(&str, &str); 20] = [
    ("<", "<="),
    ("<=", "<"),
    (">", ">="),
    (">=", ">"),
    ("==", "!="),
    ("!=", "=="),
    ("+", "-"),
    ("-", "+"),
    ("*", "+"),
    ("/", "*"),
    ("%", "/"),
    ("&&", "||"),
    ("||", "&&"),
    ("&", "|"),
    ("^", "|"),
    ("<<", ">>"),
    (">>", "<<"),
    ("+=", "-="),
    ("-=", "+="),
    ("|=", "&="),
];

const BOOLEANS: [&str; 2] = ["true", "false"];

/// Pairs of words, each of which is replaced by the other.
const WORDS: [(&str, &str); 9] = [
    ("true", "false"),
    ("min", "max"),
    ("is_some", "is_none"),
    ("is_ok", "is_err"),
    ("any", "all"),
    ("first", "last"),
    ("wrapping_add", "wrapping_sub"),
    ("checked_add", "checked_sub"),
    ("saturating_add", "saturating_sub"),
];

/// With these words begins what is not deleted: a declaration, because what follows would not
/// compile.
const DECLARATIONS: [&str; 9] =
    ["let", "pub", "const", "type", "static", "mod", "fn", "struct", "macro_rules"];

/// All ways to break a file, in the order of the lines. Comments, attributes, imports and unit
/// tests stay as they are.
pub fn edits(text: &str) -> Vec<Edit> {
    let code = Code { text, tokens: tokens(text) };
    let mut edits: Vec<Edit> = Vec::new();
    let mut at = 0;
    while at < code.tokens.len() {
        match code.skipped(at) {
            Some(end) => at = end,
            None => {
                edits.extend(code.edits_at(at));
                at += 1;
            }
        }
    }
    edits
}

/// The places of the tokens, without space and comments. An operator of several characters is one
/// token.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut tokens: Vec<Range<usize>> = Vec::new();
    let mut end = 0;
    let operator = |text: &str| text.chars().all(|char| "<>=!+-*/%&|^.".contains(char));
    for token in tokenize(text, FrontmatterAllowed::No) {
        let start = end;
        end += token.len as usize;
        use TokenKind::{BlockComment, LineComment, Whitespace};
        match tokens.last_mut() {
            _ if matches!(token.kind, Whitespace | LineComment { .. } | BlockComment { .. }) => {}
            Some(last) if last.end == start && operator(&text[last.start..end]) => last.end = end,
            _ => tokens.push(start..end),
        }
    }
    tokens
}

struct Code<'a> {
    text: &'a str,
    tokens: Vec<Range<usize>>,
}

impl<'a> Code<'a> {
    fn token(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| &self.text[token.clone()])
    }

    fn before(&self, at: usize) -> &'a str {
        at.checked_sub(1).map_or("", |before| self.token(before))
    }

    /// The first token from `at` on that is one of `ends` and in no bracket opened since; or that
    /// closes a bracket which was open before.
    fn end(&self, at: usize, ends: &[&str]) -> usize {
        let mut depth = 0;
        for here in at..self.tokens.len() {
            match self.token(here) {
                token if depth == 0 && ends.contains(&token) => return here,
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth == 0 => return here,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// The token after an attribute, an import or a unit test that begins here.
    fn skipped(&self, at: usize) -> Option<usize> {
        match (self.token(at), self.token(at + 1), self.token(at + 2)) {
            // In a type, `use<…>` is no import.
            ("use", next, _) if !next.starts_with('<') => Some(self.end(at, &[";"])),
            ("#", "!", "[") => Some(self.end(at + 3, &[]) + 1),
            ("#", "[", "cfg") if self.token(at + 4) == "test" => {
                let body = self.end(at, &["{", ";"]);
                let end = if self.token(body) == "{" { self.end(body + 1, &[]) } else { body };
                Some(end + 1)
            }
            ("#", "[", _) => Some(self.end(at + 2, &[]) + 1),
            _ => None,
        }
    }

    fn edits_at(&self, at: usize) -> Vec<Edit> {
        let (token, next) = (self.token(at), self.token(at + 1));
        let edit = |end: usize, new: &str| Edit {
            range: self.tokens[at].start..self.tokens[end].end,
            new: new.to_owned(),
        };
        let mut edits = Vec::new();
        if self.spaced(at) {
            let operators = OPERATORS.iter().filter(|(old, _)| *old == token);
            edits.extend(operators.map(|(_, new)| edit(at, new)));
        }
        for (one, other) in WORDS.iter().filter(|_| next == "(" || BOOLEANS.contains(&token)) {
            edits.extend((token == *one).then(|| edit(at, other)));
            edits.extend((token == *other).then(|| edit(at, one)));
        }
        if self.before(at) != "." {
            edits.extend(numbers(token).iter().map(|number| edit(at, number)));
        }
        match token {
            "..=" => edits.push(edit(at, "..")),
            ".." if self.before(at) != "," && !["", ")", "]", "}", ","].contains(&next) => {
                edits.push(edit(at, "..="))
            }
            "Some" if next == "(" => {
                let end = self.end(at + 2, &[]);
                edits.extend((!self.is_pattern(end)).then(|| edit(end, "None")));
            }
            "if" if next != "let" => {
                let range = self.tokens[at + 1].start..self.end_before(at + 1, &["{", "=>"]);
                let new = format!("!({})", &self.text[range.clone()]);
                edits.push(Edit { range, new });
            }
            _ => {}
        }
        let after = self.token(at + 3);
        if next == ","
            && ["(", ","].contains(&self.before(at))
            && [")", ","].contains(&after)
            && is_word(token)
            && is_word(self.token(at + 2))
            && token != self.token(at + 2)
            && self.token(self.end(at, &[])) == ")"
            && !self.is_pattern(self.end(at, &[]))
        {
            edits.push(edit(at + 2, &format!("{}, {token}", self.token(at + 2))));
        }
        if [";", "{", "}"].contains(&self.before(at))
            && is_word(token)
            && !DECLARATIONS.contains(&token)
        {
            let end = self.end(at, &[";", "=>", ",", ":"]);
            match self.token(end) {
                ";" => edits.push(edit(end, "")),
                "}" if self.before(end) == ")" && token != "Ok" && self.returns_nothing(at) => {
                    edits.push(edit(end - 1, "Ok(())"));
                }
                _ => {}
            }
        }
        edits
    }

    /// Whether a bracket that closes here ends a pattern, and not a value.
    fn is_pattern(&self, end: usize) -> bool {
        ["=", "=>", "|", ":", "in", "if"].contains(&self.token(end + 1))
    }

    /// Whether the function around this token returns success or an error, and no value.
    fn returns_nothing(&self, at: usize) -> bool {
        let function = (0..at).rev().find(|at| self.token(*at) == "fn").unwrap_or(at);
        let header = self.tokens[function].start..self.end_before(function, &["{"]);
        self.text[header].contains("Result<()")
    }

    /// The end of the last token before the one that [`Code::end`] finds.
    fn end_before(&self, at: usize, ends: &[&str]) -> usize {
        self.tokens[self.end(at, ends) - 1].end
    }

    /// Whether there is a space on both sides of a token, as of an operator with two operands.
    fn spaced(&self, at: usize) -> bool {
        let Range { start, end } = self.tokens[at];
        let (before, after) = (&self.text[..start], &self.text[end..]);
        before.ends_with(char::is_whitespace) && after.starts_with(char::is_whitespace)
    }
}

fn is_word(token: &str) -> bool {
    !token.is_empty() && token.chars().all(|char| char.is_alphanumeric() || char == '_')
}

/// A whole number plus one and minus one, in the same notation.
fn numbers(token: &str) -> Vec<String> {
    let digits = token.trim_start_matches("0x").replace('_', "");
    let (digits, kind) = match digits.find(['u', 'i']) {
        Some(kind) => digits.split_at(kind),
        None => (digits.as_str(), ""),
    };
    let hex = token.starts_with("0x");
    let Ok(number) = u128::from_str_radix(digits, if hex { 16 } else { 10 }) else {
        return Vec::new();
    };
    let numbers = [number.checked_add(1), number.checked_sub(1)].into_iter().flatten();
    numbers
        .map(|number| if hex { format!("{number:#x}{kind}") } else { format!("{number}{kind}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The broken versions of a text, as one line each.
    fn broken(text: &str) -> Vec<String> {
        edits(text).iter().map(|edit| edit.after(text)).collect()
    }

    #[test]
    fn an_operator_is_replaced_where_it_has_two_operands() {
        assert_eq!(broken("a < b"), ["a <= b"]);
        assert_eq!(broken("*a == -b"), ["*a != -b"]);
        assert_eq!(broken("Vec<&T>"), [""; 0]);
        assert_eq!(broken("a..b"), ["a..=b"]);
    }

    #[test]
    fn numbers_words_and_arguments_are_replaced() {
        assert_eq!(broken("0xffu8"), ["0x100u8", "0xfeu8"]);
        assert_eq!(broken("a.min(0)"), ["a.max(0)", "a.min(1)"]);
        assert_eq!(broken("f(a, b)"), ["f(b, a)"]);
        assert_eq!(broken("f(a, b.c)"), [""; 0]);
        assert_eq!(broken("f(a, a)"), [""; 0]);
        assert_eq!(broken("enum A { B, C, D }"), [""; 0]);
        assert_eq!(broken("Some(f(x))"), ["None"]);
        assert_eq!(broken("Some(a) => x.0"), [""; 0]);
    }

    #[test]
    fn a_condition_is_negated_and_a_statement_deleted() {
        assert_eq!(broken("if f(x) {\n}"), ["if !(f(x)) {"]);
        assert_eq!(broken("{\n    f(x)?;\n}"), [""]);
        assert_eq!(broken("{\n    let x = f(x);\n}"), [""; 0]);
        assert_eq!(broken("{\n    f(x)\n}"), [""; 0]);
        assert_eq!(broken("fn f() -> Result<()> {\n    f(x)\n}"), ["Ok(())"]);
    }

    #[test]
    fn comments_attributes_imports_and_unit_tests_stay() {
        let text = "//! 1 + 1\n#![f(1)]\nuse a::{1};\n#[f(1)]\n// 1\nconst A: u8 = 1;\n";
        assert_eq!(broken(text), ["const A: u8 = 2;", "const A: u8 = 0;"]);
        let text = "#[cfg(test)]\nmod tests {\n    f(1);\n}\n1";
        assert_eq!(broken(text), ["2", "0"]);
        assert_eq!(broken("#[cfg(test)]\nmod tests;\n1"), ["2", "0"]);
        assert_eq!(broken("fn f() -> impl A + use<> {}\n1")[1..], ["2", "0"]);
    }
}
