//! The difference between two files, as one sequence of lines that come and go.

use std::collections::HashSet;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, IndentHeuristic, IndentLevel, InternedInput};

use crate::item;

/// Whose part of the difference a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is there before the first step, for the reason with this number.
    Given(usize),
    /// It is shown by the step with this number, from 1.
    Shown(usize),
    /// It comes along with the step.
    Along(usize),
}

impl Part {
    /// The step, or 0 for what is given.
    pub fn step(self) -> usize {
        match self {
            Part::Given(_) => 0,
            Part::Shown(step) | Part::Along(step) => step,
        }
    }
}

/// A line's way through the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// In the crate that the chapter starts from, and in the chapter.
    Stays,
    /// It goes; with what, is known once somebody has taken it.
    Goes(Option<Part>),
    /// It comes.
    Comes(Option<Part>),
    /// It comes with one step and goes with a later one.
    Draft(Part, Part),
}

/// A line of a file, of the version before or of the one after.
#[derive(Clone, Debug)]
pub struct Entry {
    /// With its line ending; of a file that is no text, all of it.
    pub bytes: Vec<u8>,
    /// When it is there.
    pub fate: Fate,
    /// Its line in the version before and in the one after, from 0.
    pub before: Option<usize>,
    /// See `before`.
    pub after: Option<usize>,
    /// Entries with equal numbers are one hunk: changed lines with nothing unchanged between them.
    pub hunk: Option<usize>,
}

impl Entry {
    /// The line without its ending.
    pub fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        text.trim_end_matches(['\n', '\r']).to_owned()
    }

    /// Whether there is nothing to see in it.
    pub fn is_blank(&self) -> bool {
        self.bytes.trim_ascii().is_empty()
    }

    /// The step with which it comes; 0 is before the first.
    pub fn born(&self) -> usize {
        match self.fate {
            Fate::Stays | Fate::Goes(_) => 0,
            Fate::Comes(part) => part.map_or(0, Part::step),
            Fate::Draft(part, _) => part.step(),
        }
    }

    /// The step with which it goes.
    pub fn dies(&self) -> Option<usize> {
        match self.fate {
            Fate::Stays | Fate::Comes(_) => None,
            Fate::Goes(part) => Some(part.map_or(0, Part::step)),
            Fate::Draft(_, part) => Some(part.step()),
        }
    }

    /// Whether it is there after `step`.
    pub fn lives_at(&self, step: usize) -> bool {
        self.born() <= step && self.dies().is_none_or(|dies| step < dies)
    }

    /// Whether the line comes with `part`.
    pub fn comes_with(&self, part: Part) -> bool {
        matches!(self.fate, Fate::Comes(Some(with)) | Fate::Draft(with, _) if with == part)
    }

    /// Whether the line goes with `part`.
    pub fn goes_with(&self, part: Part) -> bool {
        matches!(self.fate, Fate::Goes(Some(with)) | Fate::Draft(_, with) if with == part)
    }
}

/// The entries of a file that was `before` and is `after`, in the order in which they are shown.
pub fn entries(before: &[u8], after: &[u8]) -> Vec<Entry> {
    let (Ok(before), Ok(after)) = (std::str::from_utf8(before), std::str::from_utf8(after)) else {
        return whole(before, after);
    };
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut entries = Entries { old: &old, new: &new, done: Vec::new() };
    let (mut at, mut to) = (0, 0);
    for (number, (gone, come)) in hunks(&old, &new).into_iter().enumerate() {
        entries.stay(at..gone.start, to);
        (at, to) = (gone.end, come.end);
        entries.change(number, gone, come);
    }
    entries.stay(at..old.len(), to);
    entries.done
}

/// What goes and what comes instead, in order, with unchanged lines between.
pub fn hunks(old: &[&str], new: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
    if old.is_empty() || new.is_empty() {
        return match old.len() + new.len() {
            0 => Vec::new(),
            _ => vec![(0..old.len(), 0..new.len())],
        };
    }
    let mut input = InternedInput::default();
    let common: HashSet<&str> = [old, new].iter().flat_map(|lines| repeated(lines)).collect();
    let (old_places, new_places) = (places(old, &common), places(new, &common));
    input.update_before(old.iter().zip(&old_places).map(|(line, place)| token(line, place)));
    input.update_after(new.iter().zip(&new_places).map(|(line, place)| token(line, place)));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_with_heuristic(
        &input,
        IndentHeuristic::new(|token| {
            IndentLevel::for_ascii_line(input.interner[token].0.bytes(), 4)
        }),
    );
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    let hunks = diff.hunks().map(|hunk| {
        let (mut gone, mut come) = (range(hunk.before), range(hunk.after));
        // The end of an item that has only got another name stays, and so do its other lines.
        let ends = |lines: &[&str], line: usize, hunk: &Range<usize>| {
            opener(lines, line).is_some_and(|opener| !hunk.contains(&opener))
        };
        let within =
            |line: &str| !line.trim().is_empty() && !line.trim().starts_with([')', ']', '}']);
        while !gone.is_empty()
            && !come.is_empty()
            && old[gone.end - 1] == new[come.end - 1]
            && (within(old[gone.end - 1])
                || ends(old, gone.end - 1, &gone) && ends(new, come.end - 1, &come))
        {
            (gone.end, come.end) = (gone.end - 1, come.end - 1);
        }
        while !gone.is_empty()
            && !come.is_empty()
            && old[gone.start] == new[come.start]
            && ends(old, gone.start, &gone)
            && ends(new, come.start, &come)
        {
            (gone.start, come.start) = (gone.start + 1, come.start + 1);
        }
        (gone, come)
    });
    hunks.filter(|(gone, come)| !gone.is_empty() || !come.is_empty()).collect()
}

/// Lines are equal where this is.
fn token<'a>(line: &&'a str, place: &'a Option<String>) -> (&'a str, Option<&'a str>) {
    (line, place.as_deref())
}

/// What tells a line from others with the same text: the end of one function is not that of another. Nothing for a line that is the only
/// one of its kind, which may move from one function to another.
fn places(lines: &[&str], common: &HashSet<&str>) -> Vec<Option<String>> {
    let place = |(number, line): (usize, &&str)| {
        let line = line.trim();
        if line.is_empty() {
            None
        } else if line.starts_with([')', ']', '}']) {
            opener(lines, number).map(|opener| name(lines[opener]))
        } else if !common.contains(line) {
            None
        } else if line.starts_with("//") || line.starts_with("#[") {
            let item = lines[number..].iter().find(|line| {
                let line = line.trim();
                !line.starts_with("//") && !line.starts_with("#[")
            });
            item.map(|item| name(item))
        } else {
            item::enclosing(lines, number)
        }
    };
    lines.iter().enumerate().map(place).collect()
}

/// The texts that more than one line has.
fn repeated<'a>(lines: &[&'a str]) -> HashSet<&'a str> {
    let mut seen = HashSet::new();
    lines.iter().map(|line| line.trim()).filter(|line| !seen.insert(*line)).collect()
}

/// The line whose bracket this one closes.
fn opener(lines: &[&str], line: usize) -> Option<usize> {
    if !lines[line].trim().starts_with([')', ']', '}']) {
        return None;
    }
    let depth = item::indentation(lines[line]);
    (0..line).rev().find(|above| {
        let text = lines[*above].trim();
        item::indentation(lines[*above]) == depth
            && !text.is_empty()
            && !text.starts_with([')', ']', '}', '{'])
            && text != "where"
    })
}

/// A name for the item or block that begins with this line, which it keeps when its parameters change.
fn name(line: &str) -> String {
    let line = line.trim();
    let word = |char: char| char.is_alphanumeric() || char == '_' || char == ':';
    item::short_name(line).unwrap_or_else(|| match line.find(|char| !word(char)) {
        Some(end) if end > 0 => line[..end].to_owned(),
        _ => line.to_owned(),
    })
}

/// A file that is no text goes and comes as a whole.
fn whole(before: &[u8], after: &[u8]) -> Vec<Entry> {
    let entry = |bytes: &[u8], fate| Entry {
        bytes: bytes.to_vec(),
        fate,
        before: (fate != Fate::Comes(None)).then_some(0),
        after: (fate != Fate::Goes(None)).then_some(0),
        hunk: (fate != Fate::Stays).then_some(0),
    };
    let mut entries = match before == after {
        true => vec![entry(before, Fate::Stays)],
        false => vec![entry(before, Fate::Goes(None)), entry(after, Fate::Comes(None))],
    };
    entries.retain(|entry| !entry.bytes.is_empty());
    entries
}

struct Entries<'a> {
    old: &'a [&'a str],
    new: &'a [&'a str],
    done: Vec<Entry>,
}

impl Entries<'_> {
    fn stay(&mut self, old: Range<usize>, new: usize) {
        for (old, new) in old.zip(new..) {
            self.done.push(Entry {
                bytes: self.old[old].into(),
                fate: Fate::Stays,
                before: Some(old),
                after: Some(new),
                hunk: None,
            });
        }
    }

    fn goes(&mut self, hunk: usize, old: usize) {
        self.done.push(Entry {
            bytes: self.old[old].into(),
            fate: Fate::Goes(None),
            before: Some(old),
            after: None,
            hunk: Some(hunk),
        });
    }

    fn comes(&mut self, hunk: usize, new: usize) {
        self.done.push(Entry {
            bytes: self.new[new].into(),
            fate: Fate::Comes(None),
            before: None,
            after: Some(new),
            hunk: Some(hunk),
        });
    }

    /// A hunk. A line that became a similar one stands beside it, so that a state between has both at their place.
    fn change(&mut self, hunk: usize, old: Range<usize>, new: Range<usize>) {
        let words = |lines: &[&str]| -> Vec<_> {
            lines.iter().map(|line| words(line.as_bytes())).collect()
        };
        let pairs = pairs(&words(&self.old[old.clone()]), &words(&self.new[new.clone()]));
        let (mut at, mut to) = (old.start, new.start);
        for (pair_old, pair_new) in pairs {
            let (pair_old, pair_new) = (old.start + pair_old, new.start + pair_new);
            (at..pair_old).for_each(|line| self.goes(hunk, line));
            (to..pair_new).for_each(|line| self.comes(hunk, line));
            self.goes(hunk, pair_old);
            self.comes(hunk, pair_new);
            (at, to) = (pair_old + 1, pair_new + 1);
        }
        (at..old.end).for_each(|line| self.goes(hunk, line));
        (to..new.end).for_each(|line| self.comes(hunk, line));
    }
}

/// The words and signs of a line.
fn words(line: &[u8]) -> Vec<Vec<u8>> {
    let line = line.trim_ascii();
    let kind = |byte: u8| (byte.is_ascii_alphanumeric() || byte == b'_', byte == b' ');
    line.chunk_by(|a, b| kind(*a) == kind(*b) && kind(*a).0)
        .filter(|word| word != b" ")
        .map(<[u8]>::to_vec)
        .collect()
}

/// Beyond this many comparisons a hunk is new from its first line to its last, and nothing in it is similar.
const MOST_COMPARISONS: usize = 40_000;

/// Which lines of one side became which of the other: the selection, in order, with the greatest sum of similarities.
fn pairs(old: &[Vec<Vec<u8>>], new: &[Vec<Vec<u8>>]) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() || old.len() * new.len() > MOST_COMPARISONS {
        return Vec::new();
    }
    let similar: Vec<Vec<f32>> =
        old.iter().map(|old| new.iter().map(|new| similarity(old, new)).collect()).collect();
    let mut best = vec![vec![0.0_f32; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let apart = best[i + 1][j].max(best[i][j + 1]);
            best[i][j] = apart.max(best[i + 1][j + 1] + similar[i][j]);
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        if best[i][j] == best[i + 1][j] {
            i += 1;
        } else if best[i][j] == best[i][j + 1] {
            j += 1;
        } else {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        }
    }
    pairs
}

/// From 0 to 1: how many of the words two lines have in common; 0 where it is fewer than half.
fn similarity(old: &[Vec<u8>], new: &[Vec<u8>]) -> f32 {
    let all = old.len() + new.len();
    if all < 4 {
        return 0.0;
    }
    let mut left: Vec<&Vec<u8>> = new.iter().collect();
    let mut common = 0;
    for word in old {
        if let Some(at) = left.iter().position(|other| *other == word) {
            left.swap_remove(at);
            common += 2;
        }
    }
    if common * 2 < all { 0.0 } else { common as f32 / all as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The entries as a text: `-` goes, `+` comes.
    fn shown(before: &str, after: &str) -> Vec<String> {
        let sign = |entry: &Entry| match entry.fate {
            Fate::Stays => ' ',
            Fate::Goes(_) => '-',
            _ => '+',
        };
        let entries = entries(before.as_bytes(), after.as_bytes());
        entries.iter().map(|entry| format!("{}{}", sign(entry), entry.text())).collect()
    }

    fn state(entries: &[Entry], keep: fn(Fate) -> bool) -> Vec<u8> {
        entries
            .iter()
            .filter(|entry| keep(entry.fate))
            .flat_map(|entry| entry.bytes.clone())
            .collect()
    }

    #[test]
    fn a_function_comes_as_a_whole() {
        let before = "fn a() {\n    1\n}\n\nfn c() {\n    3\n}\n";
        let after = "fn a() {\n    1\n}\n\nfn b() {\n    2\n}\n\nfn c() {\n    3\n}\n";
        let shown = shown(before, after);
        assert_eq!(shown[4..8], ["+fn b() {", "+    2", "+}", "+"]);
    }

    #[test]
    fn the_end_of_one_item_is_not_that_of_another() {
        let before = "enum A {\n    B,\n}\n";
        let after = "enum A {\n    B,\n    C,\n}\n\nimpl A {\n    const D: A = A::B;\n}\n";
        let shown = shown(before, after);
        assert_eq!(shown[2..5], ["+    C,", " }", "+"]);
    }

    #[test]
    fn a_line_that_gets_a_twin_stays() {
        let before = "fn a() {\n    work();\n}\n";
        let shown = shown(before, &format!("{before}\nfn b() {{\n    work();\n}}\n"));
        assert_eq!(shown[..4], [" fn a() {", "     work();", " }", "+"]);
    }

    #[test]
    fn a_function_with_another_name_keeps_its_body() {
        let before = "fn a() {\n    let x = 1;\n    x\n}\n\nfn z() {\n    1\n}\n";
        let shown = shown(before, &before.replace("fn a", "fn b"));
        assert_eq!(shown[..5], ["-fn a() {", "+fn b() {", "     let x = 1;", "     x", " }"]);
    }

    #[test]
    fn so_it_does_where_another_function_has_the_same_lines() {
        let z = "fn z() {\n    let x = 1;\n    y\n}\n";
        let before = format!("fn a() {{\n    let x = 1;\n    x\n}}\n\n{z}");
        let shown = shown(&before, &before.replace("fn a", "fn b"));
        assert_eq!(shown[..5], ["-fn a() {", "+fn b() {", "     let x = 1;", "     x", " }"]);
    }

    #[test]
    fn a_line_stands_beside_the_one_that_it_became() {
        let shown = shown(
            "a\nuse x::A;\nuse y::{B, C};\nz\n",
            "a\nuse x::{A, D};\nnew = 1;\nuse y::{B, C, E};\nz\n",
        );
        assert_eq!(
            shown[1..6],
            ["-use x::A;", "+use x::{A, D};", "+new = 1;", "-use y::{B, C};", "+use y::{B, C, E};"]
        );
    }

    #[test]
    fn each_side_is_its_file_byte_for_byte() {
        let texts: [&[u8]; 9] = [
            b"",
            b"a\n",
            b"a",
            b"a\r\nb\r\n",
            b"a\nb\n",
            b"b\na\nb\nc\n\n",
            b"\n\na\n\nb",
            b"\xff\xfe",
            b"x\n\xff\n",
        ];
        for before in texts {
            for after in texts {
                let entries = entries(before, after);
                assert_eq!(state(&entries, |fate| !matches!(fate, Fate::Comes(_))), before);
                assert_eq!(state(&entries, |fate| !matches!(fate, Fate::Goes(_))), after);
            }
        }
    }
}
