//! Where a statement ends.

/// What follows these words is a block.
const BLOCKS: [&str; 8] =
    ["async", "class", "def", "for", "if", "try", "while", "with"];

/// What goes on with a block, though it isn't indented.
const PARTS: [&str; 4] = ["elif", "else", "except", "finally"];

/// How texts begin and end; the longer ones first.
const QUOTES: [&str; 4] = ["\"\"\"", "'''", "\"", "'"];

/// Whether more lines belong to a statement: one with a block ends with an
/// empty line.
pub(crate) fn goes_on(text: &str) -> bool {
    is_open(text) || has_block(text) && !text.ends_with('\n')
}

/// Whether a line belongs to the statement before it, without an empty line
/// between. So it is in a program, and in what is pasted.
pub(crate) fn belongs(line: &str, text: &str) -> bool {
    let last = text.lines().last().unwrap_or_default();
    is_open(text)
        || line.starts_with([' ', '\t', '#'])
        || last.starts_with('@')
        || PARTS.contains(&word(line))
}

fn has_block(text: &str) -> bool {
    text.starts_with('@') || BLOCKS.contains(&word(text))
}

/// The word that a text begins with.
fn word(text: &str) -> &str {
    let is_part = |it: char| it.is_alphanumeric() || it == '_';
    let end = text.find(|it| !is_part(it));
    &text[..end.unwrap_or(text.len())]
}

/// Whether a bracket, a text of several lines, or the line itself goes on.
pub(crate) fn is_open(text: &str) -> bool {
    let (mut depth, mut quote) = (0, None::<&str>);
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let mut length = next.len_utf8();
        match (quote, next) {
            // A backslash at the end, and whatever it stands before elsewhere.
            (_, '\\') => match rest[1..].chars().next() {
                None => return true,
                Some(escaped) => length += escaped.len_utf8(),
            },
            (Some(end), _) if rest.starts_with(end) => {
                (quote, length) = (None, end.len());
            }
            // A text of one line that isn't ended is Python's business.
            (Some(end), '\n') if end.len() == 1 => quote = None,
            (Some(_), _) => {}
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, '#') => length = rest.find('\n').unwrap_or(rest.len()),
            (None, _) => {
                quote = QUOTES.into_iter().find(|it| rest.starts_with(it));
                length = quote.map_or(length, str::len);
            }
        }
        rest = &rest[length..];
    }
    depth > 0 || quote.is_some_and(|end| end.len() == 3)
}

/// The spaces with which the next line may begin.
pub(crate) fn indentation(text: &str) -> String {
    let last = text.lines().last().unwrap_or_default();
    let own = last.len() - last.trim_start().len();
    let deeper = if last.ends_with(':') { "    " } else { "" };
    format!("{}{deeper}", &last[..own])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_ends_where_nothing_is_open() {
        for text in [
            "",
            "1",
            "x = '('",
            "'it\\'s'",
            "f(1)",
            "# (",
            "'a",
            "format",
            ")",
            "if x: y\n",
            "x = '''a\nb'''",
            "def f():\n  (\n1)\n",
            "'\\\\'",
            "print('é') # \\",
        ] {
            assert!(!goes_on(text), "{text}");
        }
        for text in [
            "(",
            "f(\n",
            "[1,\n2",
            "{",
            "'''a",
            "\"\"\"a'''\n",
            "1 + \\",
            "if x: y",
            "def f():",
            "@d",
            "for x in y:\n  z",
            "try:",
            "while(1):",
            "def f():\n  (\n",
            "x = ('a)'",
            "'\\",
        ] {
            assert!(goes_on(text), "{text}");
        }
    }

    #[test]
    fn a_line_belongs_to_the_block_that_it_goes_on_with() {
        let block = "if x:\n    y";
        for (line, text) in [
            ("    z", block),
            ("else:", block),
            ("elif x: y", block),
            ("# why", block),
            ("def f(): 1", "@d"),
            ("1", "(\n"),
        ] {
            assert!(belongs(line, text), "{line}");
        }
        for line in ["z", "elsewhere", "if y:"] {
            assert!(!belongs(line, block), "{line}");
        }
    }

    #[test]
    fn the_next_line_is_as_deep_as_the_last_or_deeper() {
        assert_eq!(indentation("if x:"), "    ");
        assert_eq!(indentation("if x:\n  y"), "  ");
        assert_eq!(indentation("if x:\n  if y:"), "      ");
        assert_eq!(indentation("f("), "");
    }
}
