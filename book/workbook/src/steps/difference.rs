//! The difference between two files, as one sequence of lines that are added and deleted.

use std::collections::HashSet;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, IndentHeuristic, IndentLevel, InternedInput};

use crate::item;

/// The part of the difference that a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is given before the first step, for the reason with this number.
    Given(usize),
    /// It is shown by the step with this number, from 1.
    Shown(usize),
    /// It comes along with the step, folded.
    Along(usize),
}

impl Part {
    /// The step, or 0 for a part that is given.
    pub fn step(self) -> usize {
        match self {
            Part::Given(_) => 0,
            Part::Shown(step) | Part::Along(step) => step,
        }
    }
}

/// What the steps do with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in the crate that the chapter starts from, and in the chapter.
    Stays,
    /// It is deleted, by this part once an entry has taken it.
    Goes(Option<Part>),
    /// It is added, by this part once an entry has taken it.
    Comes(Option<Part>),
    /// One step adds it and a later step deletes it.
    Draft(Part, Part),
}

/// A line of a file, of the version before or of the version after.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The line with its ending; the whole file if it is not text.
    pub bytes: Vec<u8>,
    /// When it exists.
    pub fate: Fate,
    /// Its line number in the version before, from 0.
    pub before: Option<usize>,
    /// Its line number in the version after, from 0.
    pub after: Option<usize>,
    /// The number of its hunk, if it changes. A hunk has no unchanged line in it.
    pub hunk: Option<usize>,
}

impl Entry {
    /// The line without its ending.
    pub fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        text.trim_end_matches(['\n', '\r']).to_owned()
    }

    /// Whether it has only white space.
    pub fn is_blank(&self) -> bool {
        self.bytes.trim_ascii().is_empty()
    }

    /// The step that adds it; 0 if it exists before the first step.
    pub fn born(&self) -> usize {
        match self.fate {
            Fate::Stays | Fate::Goes(_) => 0,
            Fate::Comes(part) => part.map_or(0, Part::step),
            Fate::Draft(part, _) => part.step(),
        }
    }

    /// The step that deletes it.
    pub fn dies(&self) -> Option<usize> {
        match self.fate {
            Fate::Stays | Fate::Comes(_) => None,
            Fate::Goes(part) => Some(part.map_or(0, Part::step)),
            Fate::Draft(_, part) => Some(part.step()),
        }
    }

    /// Whether it exists after `step`.
    pub fn lives_at(&self, step: usize) -> bool {
        self.born() <= step && self.dies().is_none_or(|dies| step < dies)
    }

    /// Whether `part` adds the line.
    pub fn comes_with(&self, part: Part) -> bool {
        matches!(self.fate, Fate::Comes(Some(with)) | Fate::Draft(with, _) if with == part)
    }

    /// Whether `part` deletes the line.
    pub fn goes_with(&self, part: Part) -> bool {
        matches!(self.fate, Fate::Goes(Some(with)) | Fate::Draft(_, with) if with == part)
    }
}

/// The entries of a file with these two versions, in the order in which they are shown.
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

/// The hunks in order: the lines that are deleted, and the lines that replace them.
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
        // If an item only gets another name, its end and its other lines are unchanged.
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

/// Two lines are equal if their tokens are.
fn token<'a>(line: &&'a str, place: &'a Option<String>) -> (&'a str, Option<&'a str>) {
    (line, place.as_deref())
}

/// The place of each line whose text may occur again: the end of one function is not the end of
/// another. A line with a unique text has none, because it may move from one function to another.
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

/// The texts of more than one line.
fn repeated<'a>(lines: &[&'a str]) -> HashSet<&'a str> {
    let mut seen = HashSet::new();
    lines.iter().map(|line| line.trim()).filter(|line| !seen.insert(*line)).collect()
}

/// The line with the bracket that this line closes.
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

/// A name for the item or block that begins with this line. It does not depend on the parameters.
fn name(line: &str) -> String {
    let line = line.trim();
    let word = |char: char| char.is_alphanumeric() || char == '_' || char == ':';
    item::short_name(line).unwrap_or_else(|| match line.find(|char| !word(char)) {
        Some(end) if end > 0 => line[..end].to_owned(),
        _ => line.to_owned(),
    })
}

/// A file that is not text is deleted and added as a whole.
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

    /// Adds a hunk. A deleted line comes next to the similar line that replaces it, so that both
    /// are in their place in the states between.
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

/// A hunk that needs more comparisons than this has no similar lines: it is replaced as a whole.
const MOST_COMPARISONS: usize = 40_000;

/// Pairs of similar lines of the two sides: the selection, in order, with the greatest sum of
/// similarities.
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

/// The share of words that two lines have in common, from 0 to 1; 0 if it is less than half.
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

    /// The entries as text: `-` is deleted, `+` is added.
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
    fn a_new_function_is_one_run_of_added_lines() {
        let before = "fn a() {\n    1\n}\n\nfn c() {\n    3\n}\n";
        let after = "fn a() {\n    1\n}\n\nfn b() {\n    2\n}\n\nfn c() {\n    3\n}\n";
        let shown = shown(before, after);
        assert_eq!(shown[4..8], ["+fn b() {", "+    2", "+}", "+"]);
    }

    #[test]
    fn the_end_of_one_item_is_not_the_end_of_another() {
        let before = "enum A {\n    B,\n}\n";
        let after = "enum A {\n    B,\n    C,\n}\n\nimpl A {\n    const D: A = A::B;\n}\n";
        let shown = shown(before, after);
        assert_eq!(shown[2..5], ["+    C,", " }", "+"]);
    }

    #[test]
    fn a_line_is_unchanged_when_an_equal_line_is_added() {
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
    fn a_function_with_another_name_keeps_its_body_even_if_others_have_the_same_lines() {
        let z = "fn z() {\n    let x = 1;\n    y\n}\n";
        let before = format!("fn a() {{\n    let x = 1;\n    x\n}}\n\n{z}");
        let shown = shown(&before, &before.replace("fn a", "fn b"));
        assert_eq!(shown[..5], ["-fn a() {", "+fn b() {", "     let x = 1;", "     x", " }"]);
    }

    #[test]
    fn a_line_comes_next_to_the_similar_line_that_it_replaces() {
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
    fn the_lines_of_each_side_are_its_file_byte_for_byte() {
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
