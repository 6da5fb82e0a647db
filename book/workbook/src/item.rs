//! Finds an item in a text by words of its first line, with the lines where it begins and ends.
//!
//! It uses the layout and not the grammar: in a text that `rustfmt` has formatted, an item ends
//! where its indentation returns. So the same few rules work for Rust, the rows of a macro, the
//! text format of WebAssembly, and TOML.

use std::fmt;
use std::ops::Range;

/// Why no single item was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotFound {
    /// No line contains the words.
    None,
    /// All these lines contain them, from 1.
    Many(Vec<usize>),
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotFound::None => write!(f, "no line contains these words"),
            NotFound::Many(lines) => {
                let lines: Vec<String> = lines.iter().map(usize::to_string).collect();
                write!(f, "the lines {} contain these words", lines.join(", "))
            }
        }
    }
}

/// The lines of the item that `words` describe, from 0, with the comments and attributes above it.
///
/// The words describe the line that begins with them, without `pub` and without generic parameters
/// (`impl Machine` describes `impl<O> Machine<O>`). If no line does, they describe the line that
/// contains them. `fn new in impl Stack` looks for the first item within the second, and
/// `what encloses fn new` means the item around that one.
///
/// # Errors
/// If the words describe no line, or more than one.
pub fn find(text: &str, words: &str) -> Result<Range<usize>, NotFound> {
    let lines: Vec<&str> = text.lines().collect();
    find_within(&lines, 0..lines.len(), words.trim())
}

fn find_within(lines: &[&str], area: Range<usize>, words: &str) -> Result<Range<usize>, NotFound> {
    if let Some(inner) = words.strip_prefix("what encloses ") {
        let inner = find_within(lines, area.clone(), inner.trim())?;
        let depth = indentation(lines[inner.start]);
        let is_outside =
            |line: &usize| !lines[*line].trim().is_empty() && indentation(lines[*line]) < depth;
        let header = area.start..inner.start;
        let header = header.rev().find(is_outside).ok_or(NotFound::None)?;
        return Ok(first_line(lines, header)..last_line(lines, header) + 1);
    }
    let header = match header(lines, area.clone(), words) {
        Err(NotFound::None) => match words.rsplit_once(" in ") {
            Some((inner, outer)) => {
                let outer = find_within(lines, area, outer.trim())?;
                // The first line of an item, and the lines above it, are not items within it.
                return find_within(lines, outer, inner.trim());
            }
            None => return Err(NotFound::None),
        },
        header => header?,
    };
    Ok(first_line(lines, header)..last_line(lines, header) + 1)
}

/// The one line in `area` that the words describe.
fn header(lines: &[&str], area: Range<usize>, words: &str) -> Result<usize, NotFound> {
    type Test = fn(&str, &str) -> bool;
    let tests: [Test; 3] = [
        |line, words| begins(declaration(line), words),
        |line, words| begins(&without_generics(declaration(line)), words),
        |line, words| !is_comment(line) && contains(line, words),
    ];
    for test in tests {
        let meant: Vec<usize> =
            area.clone().filter(|line| test(lines[*line].trim(), words)).collect();
        match meant[..] {
            [] => {}
            [line] => return Ok(line),
            _ => return Err(NotFound::Many(meant.iter().map(|line| line + 1).collect())),
        }
    }
    Err(NotFound::None)
}

/// The first line of the comments and attributes directly above the item.
fn first_line(lines: &[&str], header: usize) -> usize {
    let depth = indentation(lines[header]);
    let mut first = header;
    while let Some(above) = first.checked_sub(1) {
        let line = lines[above].trim();
        if indentation(lines[above]) != depth || line.is_empty() || line.starts_with("//!") {
            break;
        }
        if is_comment(line) || (line.starts_with("#[") && line.ends_with(']')) {
            first = above;
        } else if line == ")]" {
            // An attribute of several lines.
            let opens = |line: &str| indentation(line) == depth && line.trim().starts_with("#[");
            let Some(opening) = lines[..above].iter().rposition(|line| opens(line)) else { break };
            first = opening;
        } else {
            break;
        }
    }
    first
}

/// The line that closes the item.
fn last_line(lines: &[&str], header: usize) -> usize {
    let depth = indentation(lines[header]);
    let line = lines[header].trim_end();
    if line.starts_with('[') && line.ends_with(']') {
        return last_of_table(lines, header);
    }
    let mut last = header;
    let mut open = opens(line);
    if !open && (line.ends_with([';', ',']) || line.ends_with('}')) {
        return header;
    }
    for (number, line) in lines.iter().enumerate().skip(header + 1) {
        let (trimmed, here) = (line.trim(), indentation(line));
        if trimmed.is_empty() {
            continue;
        }
        if here == depth && trimmed.starts_with([')', ']', '}']) {
            // After `) -> usize {` the item continues, and after `) -> usize` before a `where` too.
            let next = lines.get(number + 1).map_or("", |line| line.trim());
            if !opens(trimmed) && next != "where" && next != "{" {
                return number;
            }
            open = opens(trimmed);
        } else if here == depth && (trimmed == "{" || trimmed == "where") {
            open |= trimmed == "{";
        } else if here <= depth && !open {
            break;
        }
        last = number;
    }
    last
}

/// The last line of a TOML table that is not blank.
fn last_of_table(lines: &[&str], header: usize) -> usize {
    let after = lines[header + 1..].iter().position(|line| line.starts_with('['));
    let end = after.map_or(lines.len(), |after| header + 1 + after);
    let text = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    (header..end).rev().find(|line| text(&lines[*line])).unwrap_or(header)
}

/// The short name of the item that encloses a line (from 0): `fn step`, `impl Machine`,
/// `[dependencies]`.
pub fn enclosing(lines: &[&str], line: usize) -> Option<String> {
    let mut depth = indentation(lines.get(line)?);
    if lines[line].trim().is_empty() {
        let text = |line: &&&str| !line.trim().is_empty();
        let below = lines[line..].iter().find(text).map(|line| indentation(line));
        let above = lines[..line].iter().rev().find(text).map(|line| indentation(line));
        depth = below.max(above)?;
    }
    for above in lines[..line].iter().rev() {
        let trimmed = above.trim();
        if depth == 0 && above.starts_with('[') && above.trim_end().ends_with(']') {
            return Some(trimmed.to_owned());
        }
        if trimmed.is_empty() || indentation(above) >= depth || is_comment(trimmed) {
            continue;
        }
        if trimmed.starts_with([')', ']', '}', '{']) || trimmed == "where" {
            // The end of a header of several lines. The first line of the header has the same
            // indentation.
            depth = indentation(above) + 1;
            continue;
        }
        depth = indentation(above);
        if let Some(name) = short_name(trimmed) {
            return Some(name);
        }
    }
    None
}

/// `fn step` for `pub(crate) fn step(&mut self) -> usize {`; `None` for a line that declares no
/// item.
pub fn short_name(line: &str) -> Option<String> {
    let mut line = declaration(line.trim());
    for word in ["const ", "async ", "unsafe ", "default "] {
        line = line.strip_prefix(word).filter(|rest| rest.starts_with("fn ")).unwrap_or(line);
    }
    if let Some(rest) = line.strip_prefix('(') {
        let words = rest.split([' ', ')']).take(2).collect::<Vec<_>>().join(" ");
        return rest.starts_with(char::is_alphabetic).then_some(words);
    }
    let line = without_generics(line);
    let kind = line.split([' ', '!']).next()?;
    let end: &[char] = match kind {
        "impl" => &['{'],
        "fn" | "enum" | "struct" | "union" | "mod" | "trait" | "type" | "const" | "static"
        | "macro_rules" => &['{', '(', ':', ';', '='],
        _ => return None,
    };
    let line = line.split(" where ").next()?;
    Some(line.split(end).next()?.trim().to_owned())
}

/// The number of bytes that a line is indented by.
pub fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The line without its visibility.
fn declaration(line: &str) -> &str {
    match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => {
            rest.split_once(')').map_or(line, |(_, rest)| rest.trim_start())
        }
        Some(rest) if rest.starts_with(' ') => rest.trim_start(),
        _ => line,
    }
}

/// The line without the angle brackets directly after a name: `impl<O> Machine<O>` becomes `impl
/// Machine`.
fn without_generics(line: &str) -> String {
    let mut kept = String::new();
    let mut depth = 0;
    let mut before = ' ';
    for char in line.chars() {
        match char {
            '<' if depth > 0 || before.is_alphanumeric() => depth += 1,
            '>' if depth > 0 && before != '-' && before != '=' => depth -= 1,
            _ if depth == 0 => kept.push(char),
            _ => {}
        }
        before = char;
    }
    kept
}

fn is_comment(line: &str) -> bool {
    line.starts_with("//") || line.starts_with(";;") || line.starts_with("# ")
}

/// Whether the line leaves a bracket open at its end.
fn opens(line: &str) -> bool {
    let code = line.split(" // ").next().unwrap_or(line);
    code.trim_end().ends_with(['{', '(', '['])
}

fn begins(line: &str, words: &str) -> bool {
    line.strip_prefix(words).is_some_and(|rest| whole(words, "", rest))
}

fn contains(line: &str, words: &str) -> bool {
    line.match_indices(words)
        .any(|(start, _)| whole(words, &line[..start], &line[start + words.len()..]))
}

/// Whether `words` are whole words between the text `before` and `after`.
fn whole(words: &str, before: &str, after: &str) -> bool {
    let part = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() || char == '_');
    let cut_before = part(words.chars().next()) && part(before.chars().next_back());
    let cut_after = part(words.chars().next_back()) && part(after.chars().next());
    !words.is_empty() && !cut_before && !cut_after
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = r#"//! A file.

use std::fmt;

/// A machine.
#[derive(
    Debug,
)]
#[must_use]
pub struct Machine<O> {
    stack: Vec<f64>,
    observer: O,
}

impl<O: Fn() -> usize> Machine<O> {
    /// A label.
    fn label(
        &self,
    ) -> usize
    where
        O: Copy,
    {
        0
    }

    /// Labels.
    pub(crate) fn labels(&self) -> usize {
        match self {
            Machine { .. } => {
                1
            }
        }
    }

    const ONE: usize = 1;
}

impl fmt::Display for Machine<()> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("label")
    }
}

rows! {
    /// Rows.
    pub enum Instr {
        /// The sum.
        Add => "add";
        /// The product.
        Mul => "mul";
    }
}

fn long() -> usize {
    let x = usize::MAX
        .checked_add(1)
        .unwrap_or(0);
    x
}
"#;

    /// The first and the last line of the item that the words find.
    fn ends<'a>(text: &'a str, words: &str) -> (&'a str, &'a str) {
        let lines: Vec<&str> = text.lines().collect();
        let found = find(text, words).unwrap();
        (lines[found.start].trim(), lines[found.end - 1])
    }

    #[test]
    fn an_item_includes_its_comments_and_ends_where_it_closes() {
        let found = find(CODE, "struct Machine").unwrap();
        assert_eq!((found.start + 1, found.end), (5, 13));
        assert_eq!(ends(CODE, "impl Machine").1, "}");
        assert_eq!(find(CODE, "impl Machine").unwrap().end, 36);
        assert_eq!(ends(CODE, "Display for Machine").0, "impl fmt::Display for Machine<()> {");
        assert_eq!(ends(CODE, "enum Instr"), ("/// Rows.", "    }"));
    }

    #[test]
    fn only_whole_words_match() {
        assert_eq!(ends(CODE, "fn label"), ("/// A label.", "    }"));
        assert_eq!(find(CODE, "fn label").unwrap(), 15..24);
        assert_eq!(ends(CODE, "fn labels").0, "/// Labels.");
        assert_eq!(find(CODE, "fn lab"), Err(NotFound::None));
    }

    #[test]
    fn an_item_may_be_one_line() {
        assert_eq!(ends(CODE, "Add =>"), ("/// The sum.", "        Add => \"add\";"));
        assert_eq!(ends(CODE, "use std::fmt"), ("use std::fmt;", "use std::fmt;"));
        assert_eq!(ends(CODE, "const ONE").1, "    const ONE: usize = 1;");
        assert_eq!(ends(CODE, "let x"), ("let x = usize::MAX", "        .unwrap_or(0);"));
        assert_eq!(ends(CODE, "Machine { .. } =>").1, "            }");
    }

    #[test]
    fn an_item_is_found_within_another() {
        let code = "impl A {\n    fn new() {}\n}\n\nimpl B {\n    /// B.\n    fn new() {}\n}\n";
        assert_eq!(find(code, "fn new"), Err(NotFound::Many(vec![2, 7])));
        assert_eq!(find(code, "fn new in impl B"), Ok(5..7));
        assert_eq!(find(code, "fn new in impl C"), Err(NotFound::None));
        assert_eq!(find(code, "fn old in impl B"), Err(NotFound::None));
    }

    #[test]
    fn what_encloses_an_item_is_found() {
        let code = "make! {\n    /// A.\n    fn a[] {}\n}\n\nmake! {\n    fn b[] {}\n}\n";
        assert_eq!(find(code, "what encloses fn a"), Ok(0..4));
        assert_eq!(find(code, "what encloses fn b"), Ok(5..8));
        assert_eq!(find(code, "what encloses fn c"), Err(NotFound::None));
        assert_eq!(find("fn a() {}\n", "what encloses fn a"), Err(NotFound::None));
    }

    #[test]
    fn items_of_other_languages_are_found() {
        let wat = "(module\n  ;; Adds.\n  (func $add (param i32)\n    i32.add)\n  (func $mul\n    i32.mul\n  )\n  (memory 1)\n)\n";
        assert_eq!(find(wat, "(func $add"), Ok(1..4));
        assert_eq!(find(wat, "(func $mul"), Ok(4..7));
        assert_eq!(find(wat, "(memory"), Ok(7..8));
        let toml = "[package]\nname = \"x\"\nkeys = [\n  1,\n]\n\n[lints]\nworkspace = true\n";
        assert_eq!(find(toml, "[package]"), Ok(0..5));
        assert_eq!(find(toml, "[lints]"), Ok(6..8));
        assert_eq!(find(toml, "keys"), Ok(2..5));
    }

    #[test]
    fn the_enclosing_item_has_a_short_name() {
        let lines: Vec<&str> = CODE.lines().collect();
        let of = |text: &str| {
            let line = lines.iter().position(|line| line.contains(text)).unwrap();
            enclosing(&lines, line)
        };
        assert_eq!(of("stack:").as_deref(), Some("struct Machine"));
        assert_eq!(of("/// A label").as_deref(), Some("impl Machine"));
        assert_eq!(of("                1").as_deref(), Some("fn labels"));
        assert_eq!(of("        0").as_deref(), Some("fn label"));
        assert_eq!(of("f.write_str").as_deref(), Some("fn fmt"));
        assert_eq!(of("Add =>").as_deref(), Some("enum Instr"));
        assert_eq!(of("use std"), None);
        assert_eq!(of("impl fmt::Display"), None);
        assert_eq!(
            short_name("impl<T> fmt::Display for A<T> {").unwrap(),
            "impl fmt::Display for A"
        );
        assert_eq!(short_name("(func $add (param i32)").unwrap(), "func $add");
        assert_eq!(enclosing(&["[lints]", "workspace = true"], 1).as_deref(), Some("[lints]"));
        // An array in an item above is no table.
        let array = ["fn pair() -> [u8; 2] {", "    [1, 2]", "}", "", "fn next() {}"];
        assert_eq!(enclosing(&array, 4), None);
    }
}
