//! The three-way merge of a text.
//!
//! It uses the same difference as the steps, which distinguishes the end of one function from the
//! end of another.

use std::ops::Range;

use crate::steps::hunks;

/// The conflicts: the line, from 1, and both sides.
pub type Sides = Vec<(usize, String)>;

/// Merges a text: its committed version, its version with the fix, and its version in the later
/// chapter.
///
/// # Errors
/// If both have changed the same or adjacent lines in different ways.
pub fn merge(base: &str, fixed: &str, there: &str) -> Result<String, Sides> {
    let [base, fixed, there] =
        [base, fixed, there].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let mut ours = hunks(&base, &fixed).into_iter().peekable();
    let mut theirs = hunks(&base, &there).into_iter().peekable();
    let (mut merged, mut sides) = (String::new(), Sides::new());
    // How many lines of each version are merged.
    let mut done = 0;
    let (mut fixed_done, mut there_done) = (0, 0);
    loop {
        let starts = [&mut ours, &mut theirs].map(|hunks| hunks.peek().map(|hunk| hunk.0.start));
        let Some(start) = starts.into_iter().flatten().min() else { break };
        // Adjacent hunks are one change.
        let mut end = start;
        let (mut by_fix, mut by_chapter) = (None, None);
        loop {
            let before = end;
            for (hunks, side) in [(&mut ours, &mut by_fix), (&mut theirs, &mut by_chapter)] {
                while let Some((gone, come)) = hunks.next_if(|hunk| hunk.0.start <= end) {
                    end = end.max(gone.end);
                    *side = Some(joined(side.take(), gone, come));
                }
            }
            if end == before {
                break;
            }
        }
        let whole = |side: Option<Pair>, at: usize| {
            // The lines of this side for `start..end` of the base.
            let (gone, come) = side.unwrap_or((start..start, at + start - done..at + start - done));
            come.start - (gone.start - start)..come.end + (end - gone.end)
        };
        let (has_fix, has_own) = (by_fix.is_some(), by_chapter.is_some());
        let in_fixed = whole(by_fix, fixed_done);
        let in_there = whole(by_chapter, there_done);
        merged.extend(base[done..start].iter().copied());
        let (new, own) = (&fixed[in_fixed.clone()], &there[in_there.clone()]);
        match (has_fix, has_own) {
            (true, true) if new != own => {
                let text = |lines: &[&str]| -> String {
                    lines.iter().map(|line| format!("\n  {}", line.trim_end())).collect()
                };
                let text = format!("here:{}\nthe fix:{}", text(own), text(new));
                sides.push((in_there.start + 1, text));
            }
            (true, _) => merged.extend(new.iter().copied()),
            _ => merged.extend(own.iter().copied()),
        }
        (done, fixed_done, there_done) = (end, in_fixed.end, in_there.end);
    }
    merged.extend(base[done..].iter().copied());
    if sides.is_empty() { Ok(merged) } else { Err(sides) }
}

/// The deleted lines, and the lines that replace them.
type Pair = (Range<usize>, Range<usize>);

/// Two hunks of one side, with the lines between them.
fn joined(before: Option<Pair>, gone: Range<usize>, come: Range<usize>) -> Pair {
    match before {
        Some((first, instead)) => (first.start..gone.end, instead.start..come.end),
        None => (gone, come),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The letters as lines.
    fn lines(letters: &str) -> String {
        letters.chars().map(|letter| format!("{letter}\n")).collect()
    }

    fn merged(base: &str, fixed: &str, there: &str) -> Result<String, usize> {
        let merged = merge(&lines(base), &lines(fixed), &lines(there));
        merged.map(|text| text.replace('\n', "")).map_err(|sides| sides[0].0)
    }

    #[test]
    fn changes_of_either_side_are_taken() {
        assert_eq!(merged("abcdef", "aBcdef", "abcdEf"), Ok("aBcdEf".into()));
        assert_eq!(merged("abcdef", "abcdEf", "aBcdef"), Ok("aBcdEf".into()));
        assert_eq!(merged("abcdef", "bcdef", "abcde"), Ok("bcde".into()));
        assert_eq!(merged("abc", "xabc", "abcy"), Ok("xabcy".into()));
        assert_eq!(merged("abcdefg", "aBcdefG", "1abc2defg"), Ok("1aBc2defG".into()));
    }

    #[test]
    fn equal_changes_are_made_once() {
        assert_eq!(merged("abc", "aBc", "aBc"), Ok("aBc".into()));
        assert_eq!(merged("abcde", "aXcde", "aXcdeF"), Ok("aXcdeF".into()));
    }

    #[test]
    fn adjacent_changes_conflict() {
        assert_eq!(merged("abcd", "aBcd", "aXcd"), Err(2));
        assert_eq!(merged("abcd", "aBcd", "abCd"), Err(2));
        assert_eq!(merged("abcd", "abXcd", "abYcd"), Err(3));
        assert_eq!(merged("abcd", "ad", "1abCd"), Err(3));
    }

    #[test]
    fn a_merge_with_one_side_unchanged_is_the_other() {
        let texts = ["", "a", "b", "ab", "ba", "aab", "abab", "bbaa", "xaybz"];
        for base in texts {
            for other in texts {
                assert_eq!(merged(base, other, base), Ok(other.into()));
                assert_eq!(merged(base, base, other), Ok(other.into()));
                assert_eq!(merged(base, other, other), Ok(other.into()));
            }
        }
    }
}
