//! A step as a page or a terminal shows it.

use super::Steps;
use super::difference::{Entry, Part};
use crate::item;

/// So many unchanged lines are shown around a change.
const CONTEXT: usize = 3;

/// What happens to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The file below the crate's folder, with `/` on every system.
    pub file: String,
    /// It was not there before.
    pub is_new: bool,
    /// It is not there any more.
    pub is_gone: bool,
    /// Where it changes.
    pub passages: Vec<Passage>,
}

/// Some lines in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The item around the first change: `fn step`, `impl Machine`.
    pub within: Option<String>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whether it comes, goes, or stays.
    pub kind: Kind,
    /// Its number in the file as the step leaves it, from 1; nothing for a line that goes.
    pub number: Option<usize>,
    /// The line without its ending.
    pub text: String,
}

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It stays, and is shown so that one sees where one is.
    Context,
    /// It comes.
    Added,
    /// It goes.
    Removed,
}

impl Steps {
    /// What a part brings and takes away, file by file: of a step, `Part::Shown` is what it is about, `Part::Along` what comes with it.
    pub fn listing(&self, part: Part) -> Vec<Listing> {
        self.list(part.step(), &|entry| entry.comes_with(part), &|entry| entry.goes_with(part))
    }

    /// The whole difference, whoever takes it.
    pub fn whole(&self) -> Vec<Listing> {
        let comes = |entry: &Entry| entry.hunk.is_some() && entry.after.is_some();
        let goes = |entry: &Entry| entry.hunk.is_some() && entry.before.is_some();
        self.list(self.steps.len(), &comes, &goes)
    }

    fn list(
        &self,
        step: usize,
        comes: &dyn Fn(&Entry) -> bool,
        goes: &dyn Fn(&Entry) -> bool,
    ) -> Vec<Listing> {
        let mut listings = Vec::new();
        for (file, entries) in &self.files {
            let mut lines = Vec::new();
            let mut number = 0;
            for entry in entries {
                let (comes, goes, lives) = (comes(entry), goes(entry), entry.lives_at(step));
                number += usize::from(lives);
                let kind = match () {
                    () if comes => Kind::Added,
                    () if goes => Kind::Removed,
                    () if lives => Kind::Context,
                    () => continue,
                };
                let number = lives.then_some(number);
                lines.push(Line { kind, number, text: entry.text() });
            }
            if lines.iter().any(|line| line.kind != Kind::Context) {
                listings.push(Listing {
                    file: file.clone(),
                    is_new: lines.iter().all(|line| line.kind == Kind::Added),
                    is_gone: lines.iter().all(|line| line.kind == Kind::Removed),
                    passages: passages(lines),
                });
            }
        }
        listings
    }
}

/// The changed lines with those around them.
fn passages(mut lines: Vec<Line>) -> Vec<Passage> {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let near = |number: usize| {
        let window = number.saturating_sub(CONTEXT)..lines.len().min(number + CONTEXT + 1);
        lines[window].iter().any(|line| line.kind != Kind::Context)
    };
    let mut spans = Vec::new();
    let mut number = 0;
    while number < lines.len() {
        let start = number;
        while number < lines.len() && near(number) {
            number += 1;
        }
        if start < number {
            let changed = |line: &Line| line.kind != Kind::Context;
            let first = start + lines[start..number].iter().position(changed).unwrap_or(0);
            spans.push((start..number, item::enclosing(&texts, first)));
        }
        number += 1;
    }
    // Within a change, what goes stands above what comes.
    for run in lines.chunk_by_mut(|a, b| (a.kind == Kind::Context) == (b.kind == Kind::Context)) {
        run.sort_by_key(|line| line.kind == Kind::Added);
    }
    let passage = |(span, within): (std::ops::Range<usize>, _)| {
        let mut lines = lines[span].to_vec();
        let blank = |line: Option<&Line>| {
            line.is_some_and(|line| line.kind == Kind::Context && line.text.trim().is_empty())
        };
        while blank(lines.first()) {
            lines.remove(0);
        }
        while blank(lines.last()) {
            lines.pop();
        }
        Passage { within, lines }
    };
    spans.into_iter().map(passage).collect()
}
