//! Which entry of `steps.toml` takes which changed lines.
//!
//! If two entries describe a line, the one that describes fewer lines takes it; if both describe
//! equally many, the first. A blank line belongs to the line next to it.

use std::collections::{BTreeMap, BTreeSet};

use super::difference::{Entry, Fate, Part};
use super::file::{Draft, Selector, StepsFile, line_of};
use crate::item::{self, NotFound};

/// A problem in `steps.toml`.
pub struct Problem {
    /// Its line, from 1.
    pub line: usize,
    /// What the problem is.
    pub message: String,
    /// How to fix it.
    pub help: &'static str,
}

type Files = BTreeMap<String, Vec<Entry>>;

/// A selector, the lines that it describes, and the part that they belong to.
struct Claim<'a> {
    selector: &'a Selector,
    line: usize,
    part: Part,
    described: Vec<usize>,
}

/// Assigns each changed line of `files` to the entry of `file` that takes it, and inserts the
/// drafts.
pub fn claim(files: &mut Files, file: &StepsFile, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let given = file.given.iter().enumerate().flat_map(|(number, given)| {
        given.hunks.iter().map(move |selector| (selector, Part::Given(number)))
    });
    let steps = (1..).zip(&file.step).flat_map(|(number, step)| {
        let part = |part: Part| move |selector| (selector, part);
        let step = step.get_ref();
        let shown = step.hunks.iter().map(part(Part::Shown(number)));
        shown.chain(step.along.iter().map(part(Part::Along(number))))
    });
    let mut claims = Vec::new();
    for (selector, part) in given.chain(steps) {
        let line = line_of(text, &selector.span());
        let selector = selector.get_ref();
        match describe(files, selector) {
            Ok(described) => claims.push(Claim { selector, line, part, described }),
            Err((message, help)) => problems.push(Problem { line, message, help }),
        }
    }
    claims.sort_by_key(|claim| claim.described.len());
    for claim in &claims {
        let Some(entries) = files.get_mut(&claim.selector.file) else { continue };
        let mut took = 0;
        for number in &claim.described {
            let fate = &mut entries[*number].fate;
            match fate {
                Fate::Goes(part @ None) | Fate::Comes(part @ None) => {
                    *part = Some(claim.part);
                    took += 1;
                }
                _ => {}
            }
        }
        if took == 0 {
            problems.push(Problem {
                line: claim.line,
                message: format!("this entry of {} takes no line: {}", claim.selector.file, {
                    match claim.described.len() {
                        0 => "it describes none of the changed lines".to_owned(),
                        many => format!("other entries take its {many} lines"),
                    }
                }),
                help: "delete it, or describe other lines",
            });
        }
    }
    files.values_mut().for_each(|entries| blank_lines(entries));
    let given = file.given.iter().enumerate().flat_map(|(number, given)| {
        given.draft.iter().map(move |draft| (draft, Part::Given(number)))
    });
    let steps = (1..).zip(&file.step).flat_map(|(number, step)| {
        step.get_ref().draft.iter().map(move |draft| {
            let along = draft.get_ref().along;
            (draft, if along { Part::Along(number) } else { Part::Shown(number) })
        })
    });
    for (draft, part) in given.chain(steps) {
        let line = line_of(text, &draft.span());
        if let Err((message, help)) = insert(files, draft.get_ref(), part, file.step.len()) {
            problems.push(Problem { line, message, help });
        }
    }
    problems.sort_by_key(|problem| problem.line);
    problems
}

/// What a problem is, and how to fix it.
type Reason = (String, &'static str);

/// The changed lines that a selector describes. Another entry may take some of them.
fn describe(files: &Files, selector: &Selector) -> Result<Vec<usize>, Reason> {
    let Selector { file, item, with, line, from, to } = selector;
    let entries = files.get(file).ok_or_else(|| {
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        (format!("there is no file `{file}`; there are {}", names.join(", ")), "name one of them")
    })?;
    let changed = |number: &usize| entries[*number].hunk.is_some();
    let mut area: Vec<usize> = (0..entries.len()).filter(changed).collect();
    if area.iter().any(|number| !entries[*number].is_blank()) {
        area.retain(|number| !entries[*number].is_blank());
    }
    if let Some(item) = item {
        let mut inside = BTreeSet::new();
        for words in item.list() {
            inside.extend(in_item(file, entries, &area, words)?);
        }
        area = inside.into_iter().collect();
    }
    match (with, line, from, to) {
        (None, None, None, None) => Ok(area),
        (Some(with), None, None, None) => {
            let mut all = BTreeSet::new();
            for words in with.list() {
                let meant = containing(entries, &area, words);
                let hunks: BTreeSet<_> = meant.iter().map(|number| entries[*number].hunk).collect();
                if hunks.len() != 1 {
                    return Err(not_one(file, entries, &meant, words, "hunk"));
                }
                all.extend(area.iter().filter(|number| hunks.contains(&entries[**number].hunk)));
            }
            Ok(all.into_iter().collect())
        }
        (None, Some(line), None, None) => {
            let mut all = BTreeSet::new();
            for words in line.list() {
                let meant = containing(entries, &area, words);
                let goes = meant.iter().filter(|number| goes(&entries[**number])).count();
                if meant.is_empty() || goes > 1 || meant.len() - goes > 1 {
                    return Err(not_one(file, entries, &meant, words, "line"));
                }
                all.extend(meant);
            }
            Ok(all.into_iter().collect())
        }
        (None, None, Some(from), Some(to)) => range(file, entries, &area, from, to),
        _ => Err((
            "an entry takes `with`, `line`, or `from` and `to`".to_owned(),
            "split it into several entries",
        )),
    }
}

/// The lines of `area` that are in the item, in the version before or in the version after.
fn in_item(
    file: &str,
    entries: &[Entry],
    area: &[usize],
    words: &str,
) -> Result<Vec<usize>, Reason> {
    let text = |keep: fn(&Entry) -> bool| -> String {
        let kept = entries.iter().filter(|entry| keep(entry));
        kept.map(|entry| String::from_utf8_lossy(&entry.bytes)).collect()
    };
    let mut ranges = Vec::new();
    for text in [text(|entry| entry.before.is_some()), text(|entry| entry.after.is_some())] {
        ranges.push(match item::find(&text, words) {
            Ok(range) => range,
            Err(NotFound::None) => 0..0,
            Err(many) => {
                let message = format!("`{words}` is not one item of {file}: {many}");
                return Err((message, "use more words, or `fn new in impl Stack`"));
            }
        });
    }
    if ranges.iter().all(|range| range.is_empty()) {
        return Err((
            format!("there is no item `{words}` in {file}"),
            "use words of the item's first line",
        ));
    }
    let inside = |number: &&usize| {
        let entry = &entries[**number];
        let within = |line: Option<usize>, side: usize| {
            line.is_some_and(|line| ranges[side].contains(&line))
        };
        within(entry.before, 0) || within(entry.after, 1)
    };
    Ok(area.iter().filter(inside).copied().collect())
}

/// The lines from the one with `from` to the next one with `to`, on either side.
fn range(
    file: &str,
    entries: &[Entry],
    area: &[usize],
    from: &str,
    to: &str,
) -> Result<Vec<usize>, Reason> {
    let mut all = BTreeSet::new();
    for side in [true, false] {
        let side: Vec<usize> =
            area.iter().filter(|number| goes(&entries[**number]) == side).copied().collect();
        let begins = containing(entries, &side, from);
        let begin = match begins[..] {
            [] => continue,
            [begin] => begin,
            _ => return Err(not_one(file, entries, &begins, from, "line")),
        };
        let ends = containing(entries, &side, to);
        let Some(end) = ends.into_iter().find(|end| *end > begin) else { continue };
        all.extend(area.iter().filter(|number| (begin..=end).contains(*number)));
    }
    if all.is_empty() {
        let message = format!(
            "no changed line of {file} contains `{from}` with one below it that contains `{to}`"
        );
        return Err((message, "quote the first and the last line"));
    }
    Ok(all.into_iter().collect())
}

fn goes(entry: &Entry) -> bool {
    matches!(entry.fate, Fate::Goes(_))
}

/// The lines of `area` whose text contains `words`.
fn containing(entries: &[Entry], area: &[usize], words: &str) -> Vec<usize> {
    area.iter().filter(|number| entries[**number].text().contains(words)).copied().collect()
}

/// The reason why `words` do not describe one line or hunk: they describe none, or these.
fn not_one(file: &str, entries: &[Entry], meant: &[usize], words: &str, what: &str) -> Reason {
    if meant.is_empty() {
        let message = format!("no changed line of {file} contains `{words}`");
        return (message, "quote the line as it is in the file");
    }
    let mut message = format!("`{words}` describes more than one {what} of {file}:");
    for number in meant {
        let entry = &entries[*number];
        let line = entry.after.or(entry.before).unwrap_or(0) + 1;
        let sign = if goes(entry) { '-' } else { '+' };
        message += &format!("\n    {line:>4} {sign} {}", entry.text());
    }
    (message, "quote more of the line, or name its `item`")
}

/// Assigns blank lines to the part of the line below, or of the line above if the hunk ends with a
/// blank line. So no state has two blank lines in a row.
fn blank_lines(entries: &mut [Entry]) {
    let text = |entry: &Entry| entry.hunk.is_some() && !entry.is_blank();
    for number in 0..entries.len() {
        let blank = &entries[number];
        if blank.hunk.is_none() || text(blank) {
            continue;
        }
        let same = |other: &&Entry| other.hunk == blank.hunk && goes(other) == goes(blank);
        let mut side = entries.iter().filter(same);
        let first_is_text = side.next().is_some_and(text);
        let last_is_blank = side.next_back().is_some_and(|entry| !text(entry));
        let (above, below) = entries.split_at(number);
        let of_text = |entries: &mut dyn Iterator<Item = &Entry>,
                       near: &dyn Fn(&&Entry) -> bool| {
            let part = entries.filter(|entry| text(entry)).find(near).map(|entry| entry.fate);
            part.and_then(|fate| match fate {
                Fate::Goes(part) | Fate::Comes(part) => part,
                Fate::Stays | Fate::Draft(..) => None,
            })
        };
        let hunk = |other: &&Entry| other.hunk == blank.hunk;
        let any = |_: &&Entry| true;
        let up = |near: &dyn Fn(&&Entry) -> bool| of_text(&mut above.iter().rev(), near);
        let down = |near: &dyn Fn(&&Entry) -> bool| of_text(&mut below.iter(), near);
        let nearest = match first_is_text && last_is_blank {
            true => up(&same).or_else(|| down(&same)),
            false => down(&same).or_else(|| up(&same)),
        };
        let part = nearest
            .or_else(|| down(&hunk))
            .or_else(|| up(&hunk))
            .or_else(|| up(&any))
            .or_else(|| down(&any));
        if let Fate::Goes(fate @ None) | Fate::Comes(fate @ None) = &mut entries[number].fate {
            *fate = part;
        }
    }
}

/// Inserts the lines of a draft, which come with `part`.
fn insert(files: &mut Files, draft: &Draft, part: Part, steps: usize) -> Result<(), Reason> {
    let step = part.step();
    let Draft { file, item, after, before, until, text, along } = draft;
    if *until <= step || *until > steps {
        let message = format!("a draft of step {step} cannot end with step {until}");
        return Err((message, "let `until` be a later step"));
    }
    let entries = files.entry(file.clone()).or_default();
    let alive: Vec<usize> =
        (0..entries.len()).filter(|number| entries[*number].lives_at(step)).collect();
    let mut area = alive.clone();
    if let Some(words) = item {
        let state: String =
            alive.iter().map(|number| String::from_utf8_lossy(&entries[*number].bytes)).collect();
        let range = item::find(&state, words).map_err(|not_found| {
            (
                format!("`{words}` is not one item of {file} in step {step}: {not_found}"),
                "use other words",
            )
        })?;
        area = alive[range].to_vec();
    }
    let at = match (after, before) {
        (None, None) if alive.is_empty() => 0,
        (Some(words), None) | (None, Some(words)) => match containing(entries, &area, words)[..] {
            [line] => line + usize::from(after.is_some()),
            [] => {
                let message = format!("no line of {file} contains `{words}` in step {step}");
                return Err((message, "quote a line of that state"));
            }
            ref many => return Err(not_one(file, entries, many, words, "line")),
        },
        _ => return Err((format!("the draft has no place in {file}"), "add `after` or `before`")),
    };
    let until = if *along { Part::Along(*until) } else { Part::Shown(*until) };
    let lines = text.lines().map(|line| Entry {
        bytes: format!("{line}\n").into_bytes(),
        fate: Fate::Draft(part, until),
        before: None,
        after: None,
        hunk: None,
    });
    entries.splice(at..at, lines.collect::<Vec<_>>());
    Ok(())
}
