//! The difference between two files, as one sequence of lines that come and go.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput, Token};

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
    if std::str::from_utf8(before).is_err() || std::str::from_utf8(after).is_err() {
        return whole(before, after);
    }
    let input = InternedInput::new(before, after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);

    let mut entries = Entries { input: &input, done: Vec::new() };
    let (mut old, mut new) = (0, 0);
    for (number, hunk) in diff.hunks().enumerate() {
        entries.stay(old..hunk.before.start, new);
        entries.change(number, hunk.before.clone(), hunk.after.clone());
        (old, new) = (hunk.before.end, hunk.after.end);
    }
    entries.stay(old..u32::try_from(input.before.len()).unwrap_or(u32::MAX), new);
    entries.done
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
    input: &'a InternedInput<&'a [u8]>,
    done: Vec<Entry>,
}

impl Entries<'_> {
    fn bytes(&self, token: Token) -> Vec<u8> {
        self.input.interner[token].to_vec()
    }

    fn stay(&mut self, old: Range<u32>, new: u32) {
        for (old, new) in old.zip(new..) {
            let (old, new) = (old as usize, new as usize);
            self.done.push(Entry {
                bytes: self.bytes(self.input.before[old]),
                fate: Fate::Stays,
                before: Some(old),
                after: Some(new),
                hunk: None,
            });
        }
    }

    fn goes(&mut self, hunk: usize, old: usize) {
        self.done.push(Entry {
            bytes: self.bytes(self.input.before[old]),
            fate: Fate::Goes(None),
            before: Some(old),
            after: None,
            hunk: Some(hunk),
        });
    }

    fn comes(&mut self, hunk: usize, new: usize) {
        self.done.push(Entry {
            bytes: self.bytes(self.input.after[new]),
            fate: Fate::Comes(None),
            before: None,
            after: Some(new),
            hunk: Some(hunk),
        });
    }

    /// A hunk. A line that became a similar one stands beside it, so that a state between has both at their place.
    fn change(&mut self, hunk: usize, old: Range<u32>, new: Range<u32>) {
        let old = old.start as usize..old.end as usize;
        let new = new.start as usize..new.end as usize;
        let words = |tokens: &[Token]| -> Vec<Vec<Vec<u8>>> {
            tokens.iter().map(|token| words(self.input.interner[*token])).collect()
        };
        let pairs =
            pairs(&words(&self.input.before[old.clone()]), &words(&self.input.after[new.clone()]));
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
