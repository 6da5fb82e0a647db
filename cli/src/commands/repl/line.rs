//! What a line of the prompt says: `add(3, 4)`, `memory.u16[0..8]`, `count = 5`.

use std::ops::Range;

/// What is wrong with a line, and at which byte of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The byte.
    pub at: usize,
    /// What is wrong.
    pub what: String,
}

impl Wrong {
    /// Something is wrong at this byte.
    pub fn at(at: usize, what: impl Into<String>) -> Wrong {
        Wrong { at, what: what.into() }
    }
}

/// A word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word. That of a string has its quotes.
    pub text: String,
    /// The byte of the line at which it begins.
    pub at: usize,
}

impl Word {
    /// Whether it is a string.
    pub fn is_string(&self) -> bool {
        self.text.starts_with('"')
    }

    /// Something is wrong with this word.
    pub fn wrong(&self, what: impl Into<String>) -> Wrong {
        Wrong::at(self.at, what)
    }
}

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// Nothing, or a comment.
    Empty,
    /// A command that is one word.
    Command(Command),
    /// `instr i32.add`: execute instructions on the operand stack.
    Instr(Word),
    /// A name, and what to do with what it names.
    Item(Word, Action),
}

/// A command that is one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `help`
    Help,
    /// `exports`
    Exports,
    /// `stack`: show the operands of `instr`.
    Stack,
    /// `clear`: drop them.
    Clear,
    /// `quit`
    Quit,
}

/// The commands with their words.
pub const COMMANDS: [(&str, Command); 6] = [
    ("help", Command::Help),
    ("exports", Command::Exports),
    ("stack", Command::Stack),
    ("clear", Command::Clear),
    ("quit", Command::Quit),
    ("exit", Command::Quit),
];

/// The command that has something after it.
pub const INSTR: &str = "instr";

/// What to do with an export.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// Show it.
    Show,
    /// Call it, with these arguments.
    Call(Vec<Word>),
    /// Give it this value.
    Set(Word),
    /// Show elements of it.
    Read(Place),
    /// Give elements of it these values, from the place on.
    Write(Place, Vec<Word>),
}

/// An address, or two.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// The first one.
    pub start: Word,
    /// The one after the last, in `[0..4]`.
    pub end: Option<Word>,
}

/// Reads a line.
///
/// # Errors
///
/// It says nothing that we know.
pub fn parse(text: &str) -> Result<Line, Wrong> {
    let tokens = tokens(text)?;
    let [first, rest @ ..] = &tokens[..] else { return Ok(Line::Empty) };
    if rest.is_empty()
        && let Some((_, command)) = COMMANDS.iter().find(|(word, _)| *word == first.text)
    {
        return Ok(Line::Command(*command));
    }
    let end_of_first = first.at + first.text.len();
    let is_call = rest.first().is_some_and(|next| next.text == "(" && next.at == end_of_first);
    let is_item = rest.first().is_some_and(|next| ["=", "["].contains(&&*next.text)) || is_call;
    if first.text == INSTR && !is_item {
        let Some(next) = rest.first() else {
            return Err(Wrong::at(text.trim_end().len(), "which instruction? `instr i32.const 2`"));
        };
        let last = rest.last().map_or(next.at, |last| last.at + last.text.len());
        check_parentheses(rest)?;
        return Ok(Line::Instr(Word { text: text[next.at..last].to_owned(), at: next.at }));
    }
    let mut parser = Parser { rest, end: text.trim_end().len() };
    if is_mark(first) {
        return Err(first.wrong(format!("a line begins with a name, not with `{}`", first.text)));
    }
    let action = match parser.peek() {
        None => Action::Show,
        Some("(") => Action::Call(parser.list("(", ")")?),
        Some("[") => {
            let place = parser.place()?;
            match parser.peek() {
                Some("=") => Action::Write(place, parser.values()?),
                _ => Action::Read(place),
            }
        }
        Some("=") => {
            let values = parser.values()?;
            match &values[..] {
                [value] => Action::Set(value.clone()),
                _ => return Err(values[1].wrong("one value is enough here")),
            }
        }
        Some(_) if is_instruction(&first.text) => return Err(first.wrong(ADVICE)),
        Some(_) => {
            let known = "`(` to call it, `[` for its elements, `=` to set it";
            return Err(rest[0].wrong(format!("after a name comes {known}, or nothing")));
        }
    };
    match parser.rest.first() {
        None => Ok(Line::Item(first.clone(), action)),
        Some(more) => Err(more.wrong(format!("the line should end before `{}`", more.text))),
    }
}

/// Whether a parenthesis, a bracket or a string isn't closed, so that the next line belongs to this
/// one.
pub fn is_open(text: &str) -> bool {
    let mut depth = 0_i64;
    for range in ranges(text) {
        match &text[range.clone()] {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            token if token.starts_with('"') && !is_closed(token) => return true,
            _ => {}
        }
    }
    depth > 0
}

fn is_closed(string: &str) -> bool {
    let mut chars = string.chars().skip(1);
    while let Some(char) = chars.next() {
        match char {
            '\\' => _ = chars.next(),
            '"' => return true,
            _ => {}
        }
    }
    false
}

/// The bytes of a string: `"Hello\n"`.
///
/// # Errors
///
/// It has an escape that the text format doesn't know.
pub fn bytes(word: &Word) -> Result<Vec<u8>, Wrong> {
    // The text format has no line ends in strings, and a prompt does.
    let text = word.text.replace('\n', "\\n");
    let buffer = wast::parser::ParseBuffer::new(&text);
    let parsed =
        buffer.and_then(|buffer| wast::parser::parse::<&[u8]>(&buffer).map(<[u8]>::to_vec));
    parsed.map_err(|error| {
        let what = error.message();
        Wrong::at(word.at + error.span().offset(), what.lines().next().unwrap_or_default())
    })
}

/// What to do about a line that is an instruction.
pub const ADVICE: &str = "to execute an instruction, write `instr` before it: `instr i32.const 2`";

/// Whether a word looks like an instruction of the text format.
pub fn is_instruction(word: &str) -> bool {
    let kinds = ["i32.", "i64.", "f32.", "f64.", "v128.", "local.", "global.", "ref."];
    kinds.iter().any(|kind| word.starts_with(kind)) || ["call", "drop", "nop"].contains(&word)
}

/// Whether a name can be written without quotes.
pub fn is_word(name: &str) -> bool {
    !name.is_empty() && !name.contains(ends_word)
}

fn is_mark(word: &Word) -> bool {
    matches!(&*word.text, "(" | ")" | "[" | "]" | "=" | "," | ";")
}

fn check_parentheses(words: &[Word]) -> Result<(), Wrong> {
    let mut depth = 0_u32;
    for word in words {
        match &*word.text {
            "(" => depth += 1,
            ")" => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Err(word.wrong("this closes nothing")),
            },
            _ => {}
        }
    }
    Ok(())
}

fn tokens(text: &str) -> Result<Vec<Word>, Wrong> {
    let mut words = Vec::new();
    for range in ranges(text) {
        let word = Word { text: text[range.clone()].to_owned(), at: range.start };
        if word.is_string() && !is_closed(&word.text) {
            return Err(word.wrong("this string has no end"));
        }
        words.push(word);
    }
    Ok(words)
}

/// Where the tokens of a line are, without white space and comments.
fn ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = &text[at..];
            let start = at;
            let first = rest.chars().next()?;
            at += match first {
                _ if first.is_whitespace() => {
                    at += first.len_utf8();
                    continue;
                }
                ';' if rest.starts_with(";;") => {
                    at += rest.find('\n').unwrap_or(rest.len());
                    continue;
                }
                '(' | ')' | '[' | ']' | '=' | ',' | ';' => 1,
                '"' => string_length(rest),
                _ => {
                    let first = first.len_utf8();
                    first + rest[first..].find(ends_word).unwrap_or(rest.len() - first)
                }
            };
            return Some(start..at);
        }
    })
}

fn ends_word(char: char) -> bool {
    char.is_whitespace() || "()[]=,\";".contains(char)
}

fn string_length(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => _ = chars.next(),
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

struct Parser<'a> {
    rest: &'a [Word],
    /// The byte after the line.
    end: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.rest.first().map(|word| &*word.text)
    }

    fn next(&mut self) -> Option<&'a Word> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn expect(&mut self, mark: &str) -> Result<(), Wrong> {
        match self.next() {
            Some(word) if word.text == mark => Ok(()),
            Some(word) => Err(word.wrong(format!("`{mark}` should be here, not `{}`", word.text))),
            None => Err(Wrong::at(self.end, format!("`{mark}` is missing"))),
        }
    }

    fn value(&mut self) -> Result<Word, Wrong> {
        match self.next() {
            Some(word) if !is_mark(word) => Ok(word.clone()),
            Some(word) => Err(word.wrong(format!("a value should be here, not `{}`", word.text))),
            None => Err(Wrong::at(self.end, "a value is missing")),
        }
    }

    fn list(&mut self, open: &str, close: &str) -> Result<Vec<Word>, Wrong> {
        self.expect(open)?;
        let mut words = Vec::new();
        if self.peek() != Some(close) {
            words = self.commas()?;
        }
        self.expect(close)?;
        Ok(words)
    }

    fn commas(&mut self) -> Result<Vec<Word>, Wrong> {
        let mut words = vec![self.value()?];
        while self.peek() == Some(",") {
            self.next();
            words.push(self.value()?);
        }
        Ok(words)
    }

    fn values(&mut self) -> Result<Vec<Word>, Wrong> {
        self.expect("=")?;
        self.commas()
    }

    /// `[4096]` or `[4096..4128]`, with or without spaces.
    fn place(&mut self) -> Result<Place, Wrong> {
        self.expect("[")?;
        let mut words = Vec::new();
        while let Some(word) = self.rest.first().filter(|word| word.text != "]") {
            words.push(word);
            self.next();
        }
        let closing = self.rest.first().map_or(self.end, |word| word.at);
        self.expect("]")?;
        let example = "write an address or a range, `[16]` or `[16..32]`";
        let mut parts = Vec::new();
        for word in &words {
            let mut at = word.at;
            for (number, part) in word.text.split("..").enumerate() {
                if number > 0 {
                    parts.push(Word { text: "..".to_owned(), at: at - 2 });
                }
                if !part.is_empty() {
                    parts.push(Word { text: part.to_owned(), at });
                }
                at += part.len() + 2;
            }
        }
        match &parts[..] {
            [start] if start.text != ".." => Ok(Place { start: start.clone(), end: None }),
            [start, dots, end] if dots.text == ".." && start.text != ".." && end.text != ".." => {
                Ok(Place { start: start.clone(), end: Some(end.clone()) })
            }
            [] => Err(Wrong::at(closing, example)),
            [first, ..] => Err(first.wrong(example)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> (String, Action) {
        match parse(text) {
            Ok(Line::Item(name, action)) => (name.text, action),
            other => panic!("{text}: {other:?}"),
        }
    }

    fn wrong(text: &str) -> (usize, String) {
        let Wrong { at, what } = parse(text).unwrap_err();
        (at, what)
    }

    fn texts(words: &[Word]) -> Vec<&str> {
        words.iter().map(|word| &*word.text).collect()
    }

    #[test]
    fn a_call_has_arguments_between_commas() {
        let (name, action) = item(" simple.add ( -3,0x4 ) ;; seven?");
        assert_eq!(name, "simple.add");
        let Action::Call(words) = action else { panic!("{action:?}") };
        assert_eq!(texts(&words), ["-3", "0x4"]);
        assert_eq!(words[1].at, 17);
        assert_eq!(item("f()").1, Action::Call(vec![]));
    }

    #[test]
    fn a_place_is_an_address_or_a_range() {
        for text in ["memory[16..32]", "memory[ 16 .. 32 ]", "memory [16 ..32]"] {
            let Action::Read(place) = item(text).1 else { panic!("{text}") };
            assert_eq!((&*place.start.text, &*place.end.unwrap().text), ("16", "32"));
        }
        let Action::Write(place, words) = item("memory[8] = \"a;;b\", 7").1 else { panic!() };
        assert_eq!((&*place.start.text, place.end), ("8", None));
        assert_eq!(texts(&words), ["\"a;;b\"", "7"]);
    }

    #[test]
    fn a_command_is_alone_on_its_line() {
        assert_eq!(parse("help ;; me"), Ok(Line::Command(Command::Help)));
        assert_eq!(item("help()").1, Action::Call(vec![]));
        assert_eq!(parse("instr  i32.const 2 ;; two").unwrap(), {
            Line::Instr(Word { text: "i32.const 2".to_owned(), at: 7 })
        });
        assert!(matches!(parse("instr (nop)"), Ok(Line::Instr(_))));
        assert_eq!(item("instr(1)").0, "instr");
        assert_eq!(item("instr = 1").0, "instr");
        assert_eq!(parse(" ;; nothing"), Ok(Line::Empty));
    }

    #[test]
    fn an_open_line_goes_on() {
        for text in ["add(1,", "memory[0", "memory[0] = \"a", "instr (i32.add", "m[0] = \"\\\""] {
            assert!(is_open(text), "{text}");
        }
        for text in ["add(1)", "memory[0] = \"(\"", "f ;; (", ")", "m[0] = \"\\\\\""] {
            assert!(!is_open(text), "{text}");
        }
    }

    #[test]
    fn a_wrong_line_says_where() {
        assert_eq!(wrong("add(1"), (5, "`)` is missing".to_owned()));
        assert_eq!(wrong("add(1 2)"), (6, "`)` should be here, not `2`".to_owned()));
        assert_eq!(wrong("add(,)"), (4, "a value should be here, not `,`".to_owned()));
        assert_eq!(wrong("add(1) x").0, 7);
        assert_eq!(wrong("(1)").0, 0);
        assert_eq!(wrong("add 1").0, 4);
        assert_eq!(wrong("count ="), (7, "a value is missing".to_owned()));
        assert_eq!(wrong("count = 1, 2").0, 11);
        assert_eq!(wrong("memory[]").0, 7);
        assert_eq!(wrong("memory[1..2..3]").0, 7);
        assert_eq!(wrong("memory[1..]").0, 7);
        assert_eq!(wrong("memory[0] = \"a").0, 12);
        assert_eq!(wrong("; f").0, 0);
        assert_eq!(wrong("i32.const 2"), (0, ADVICE.to_owned()));
        assert_eq!(wrong("instr").0, 5);
        assert_eq!(wrong("instr nop) (nop").0, 9);
    }

    #[test]
    fn a_string_is_one_of_the_text_format() {
        let word = |text: &str| Word { text: text.to_owned(), at: 10 };
        assert_eq!(bytes(&word(r#""a\n\00\u{e9}""#)).unwrap(), b"a\n\0\xc3\xa9");
        assert_eq!(bytes(&word("\"a\nb\"")).unwrap(), b"a\nb");
        assert!(bytes(&word(r#""a\q""#)).unwrap_err().at > 10);
    }
}
