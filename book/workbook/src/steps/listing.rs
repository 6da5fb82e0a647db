//! A step as a page or a terminal shows it.

use std::ops::Range;

use super::Steps;
use super::difference::{Entry, Part};
use crate::item;

/// How many unchanged lines are shown before and after a change.
const CONTEXT: usize = 3;

/// What happens to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The file below the crate's folder, with `/` on every system.
    pub file: String,
    /// Whether the part adds the file.
    pub is_new: bool,
    /// Whether the part deletes the file.
    pub is_gone: bool,
    /// The places where it changes.
    pub passages: Vec<Passage>,
}

/// Consecutive lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The item around the first change: `fn step`, `impl Machine`.
    pub within: Option<String>,
    /// Whether it adds the last line of its file.
    pub is_last: bool,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whether it is added, deleted, or unchanged.
    pub kind: Kind,
    /// Its number in the file after the step, from 1; `None` for a deleted line.
    pub number: Option<usize>,
    /// The line without its ending.
    pub text: String,
}

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is unchanged, and shows the reader the place.
    Context,
    /// It is added.
    Added,
    /// It is deleted.
    Removed,
}

impl Steps {
    /// The changes of a part, file by file.
    ///
    /// `Part::Shown` has the changes that a step is about, and all other changes of the step in the
    /// lines around them. `Part::Along` has the rest of the step.
    pub fn listing(&self, part: Part) -> Vec<Listing> {
        let step = part.step();
        let of = |part: Part| {
            move |entries: &[Entry]| {
                let comes = |entry: &Entry| entry.comes_with(part);
                changes(entries, step, &comes, &|entry| entry.goes_with(part))
            }
        };
        self.list(step, |entries| match part {
            Part::Given(_) => around(of(part)(entries)),
            Part::Shown(step) => beside(of(part)(entries), of(Part::Along(step))(entries)),
            Part::Along(step) => beyond(of(part)(entries), of(Part::Shown(step))(entries)),
        })
    }

    /// The whole difference, whichever part it belongs to.
    pub fn whole(&self) -> Vec<Listing> {
        let comes = |entry: &Entry| entry.hunk.is_some() && entry.after.is_some();
        let goes = |entry: &Entry| entry.hunk.is_some() && entry.before.is_some();
        let step = self.steps.len();
        self.list(step, |entries| around(changes(entries, step, &comes, &goes)))
    }

    fn list(&self, step: usize, changes: impl Fn(&[Entry]) -> (Kinds, Vec<bool>)) -> Vec<Listing> {
        let mut listings = Vec::new();
        for (file, entries) in &self.files {
            let mut lines = Vec::new();
            let mut number = 0;
            let (kinds, seen) = changes(entries);
            for ((entry, kind), seen) in entries.iter().zip(kinds).zip(seen) {
                let lives = entry.lives_at(step);
                number += usize::from(lives);
                let Some(kind) = kind else { continue };
                let number = lives.then_some(number);
                lines.push((Line { kind, number, text: entry.text() }, seen));
            }
            if lines.iter().any(|(line, _)| line.kind != Kind::Context) {
                listings.push(Listing {
                    file: file.clone(),
                    is_new: lines.iter().all(|(line, _)| line.kind == Kind::Added),
                    is_gone: lines.iter().all(|(line, _)| line.kind == Kind::Removed),
                    passages: passages(lines),
                });
            }
        }
        listings
    }
}

/// Takes the changes of one item out of the listings of a file. After the step the file is `text`,
/// and the item has these of its lines, from 0. A passage that has other changes too is divided.
pub fn extract(
    listings: &mut Vec<Listing>,
    file: &str,
    text: &str,
    item: Range<usize>,
) -> Vec<Listing> {
    let text: Vec<&str> = text.lines().collect();
    let is_inside = |line: &Line| line.number.is_some_and(|number| item.contains(&(number - 1)));
    let mut taken = Vec::new();
    for listing in listings.iter_mut().filter(|listing| listing.file == file) {
        let mut inside = Vec::new();
        let mut outside = Vec::new();
        for passage in std::mem::take(&mut listing.passages) {
            let Some(first) = passage.lines.iter().position(is_inside) else {
                outside.push(passage);
                continue;
            };
            let last = passage.lines.iter().rposition(is_inside).unwrap_or(first) + 1;
            // Deleted lines belong to the lines around them.
            let is_removed = |line: &Line| line.kind == Kind::Removed;
            let before = &passage.lines[..first];
            let first = first - before.iter().rev().take_while(|line| is_removed(line)).count();
            let part = |lines: &[Line]| Passage {
                within: match lines.iter().find(|line| line.kind == Kind::Added) {
                    Some(Line { number: Some(number), .. }) => item::enclosing(&text, number - 1),
                    _ => passage.within.clone(),
                },
                is_last: lines.last().is_some_and(|line| {
                    line.kind == Kind::Added && line.number == Some(text.len())
                }),
                lines: lines.to_vec(),
            };
            let parts = [0..first, first..last, last..passage.lines.len()];
            let [before, here, after] = parts.map(|span| part(&passage.lines[span]));
            match (here.changes(), before.changes() || after.changes()) {
                (true, false) => inside.push(passage),
                (true, true) => {
                    inside.push(here.trimmed());
                    let rest = [before, after].map(Passage::trimmed);
                    outside.extend(rest.into_iter().filter(Passage::changes));
                }
                (false, _) => outside.push(passage),
            }
        }
        listing.passages = outside;
        if !inside.is_empty() {
            taken.push(Listing { passages: inside, ..listing.clone() });
        }
    }
    listings.retain(|listing| !listing.passages.is_empty());
    taken
}

impl Passage {
    /// Whether it has more than context.
    fn changes(&self) -> bool {
        self.lines.iter().any(|line| line.kind != Kind::Context)
    }

    /// Without blank lines at its ends.
    fn trimmed(mut self) -> Passage {
        let is_blank = |line: &Line| line.text.trim().is_empty();
        while self.lines.first().is_some_and(is_blank) {
            self.lines.remove(0);
        }
        while self.lines.last().is_some_and(is_blank) {
            self.lines.pop();
        }
        self
    }
}

/// What happens to each line of a file; `None` for a line that is neither in the state before nor
/// in the state after.
type Kinds = Vec<Option<Kind>>;

fn changes(
    entries: &[Entry],
    step: usize,
    comes: &dyn Fn(&Entry) -> bool,
    goes: &dyn Fn(&Entry) -> bool,
) -> Kinds {
    let kind = |entry: &Entry| match () {
        () if comes(entry) => Some(Kind::Added),
        () if goes(entry) => Some(Kind::Removed),
        () => entry.lives_at(step).then_some(Kind::Context),
    };
    entries.iter().map(kind).collect()
}

fn is_change(kind: &Option<Kind>) -> bool {
    matches!(kind, Some(Kind::Added | Kind::Removed))
}

/// Which lines are shown: the changes, and the existing lines at most `CONTEXT` away from one.
fn seen(kinds: &Kinds, is_there: impl Fn(usize) -> bool) -> Vec<bool> {
    let there: Vec<usize> = (0..kinds.len()).filter(|&line| is_there(line)).collect();
    let mut seen = vec![false; kinds.len()];
    for (position, _) in there.iter().enumerate().filter(|(_, line)| is_change(&kinds[**line])) {
        let window = position.saturating_sub(CONTEXT)..there.len().min(position + CONTEXT + 1);
        there[window].iter().for_each(|&line| seen[line] = true);
    }
    seen
}

/// The changes and the lines around them.
fn around(kinds: Kinds) -> (Kinds, Vec<bool>) {
    let seen = seen(&kinds, |line| kinds[line].is_some());
    (kinds, seen)
}

/// The changes of one part, and those of the `other` part in the lines around them: the reader
/// makes all changes that are shown.
fn beside(mut kinds: Kinds, other: Kinds) -> (Kinds, Vec<bool>) {
    let near = near(&kinds, &other);
    let seen = seen(&kinds, |line| match is_change(&other[line]) {
        true => near[line],
        false => kinds[line].is_some(),
    });
    for ((kind, other), near) in kinds.iter_mut().zip(other).zip(near) {
        if near {
            *kind = other;
        } else if is_change(&other) {
            // What comes along is folded, and its place is shown there. Here the lines before it and
            // those after it are neighbours, as they are before it has come.
            *kind = None;
        }
    }
    (kinds, seen)
}

/// The changes of one part that are not shown `beside` those of the `other`.
fn beyond(mut kinds: Kinds, other: Kinds) -> (Kinds, Vec<bool>) {
    let near = near(&other, &kinds);
    for (kind, _) in kinds.iter_mut().zip(near).filter(|(_, near)| *near) {
        *kind = kind.filter(|kind| *kind != Kind::Removed).map(|_| Kind::Context);
    }
    around(kinds)
}

/// Which changes of the `other` part are shown around those of one part: the runs of changes that
/// are shown completely.
fn near(kinds: &Kinds, other: &Kinds) -> Vec<bool> {
    let seen = seen(kinds, |line| kinds[line].is_some() || is_change(&other[line]));
    let lines: Vec<usize> = (0..kinds.len()).collect();
    let mut near = vec![false; kinds.len()];
    for run in lines.chunk_by(|&a, &b| is_change(&other[a]) == is_change(&other[b])) {
        let is_near = is_change(&other[run[0]]) && run.iter().all(|&line| seen[line]);
        run.iter().for_each(|&line| near[line] = is_near);
    }
    near
}

/// Groups the lines that are shown.
fn passages(lines: Vec<(Line, bool)>) -> Vec<Passage> {
    let (mut lines, seen): (Vec<Line>, Vec<bool>) = lines.into_iter().unzip();
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let mut spans = Vec::new();
    let mut number = 0;
    while number < lines.len() {
        let start = number;
        while number < lines.len() && seen[number] {
            number += 1;
        }
        if start < number {
            // Around the lines of another part there may be a window without a change.
            let changed = |line: &Line| line.kind != Kind::Context;
            if let Some(first) = lines[start..number].iter().position(changed) {
                spans.push((start..number, item::enclosing(&texts, start + first)));
            }
        }
        number += 1;
    }
    // Within a change the deleted lines come first.
    for run in lines.chunk_by_mut(|a, b| (a.kind == Kind::Context) == (b.kind == Kind::Context)) {
        run.sort_by_key(|line| line.kind == Kind::Added);
    }
    let passage = |(span, within): (Range<usize>, _)| {
        let is_last = span.end == lines.len() && lines[span.end - 1].kind == Kind::Added;
        Passage { within, is_last, lines: lines[span].to_vec() }.trimmed()
    };
    spans.into_iter().map(passage).filter(Passage::changes).collect()
}
