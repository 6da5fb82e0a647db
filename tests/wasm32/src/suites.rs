//! The official suites, of which the README says what comes of them elsewhere.

use engines::EngineRow;
use official::{Score, extends, markdown, scoreboard, scores, suites};

const README: &str = include_str!("../../../README.md");

/// Runs all suites on our engines, and says how many assertions passed.
///
/// # Errors
///
/// Each assertion that failed, and where the scoreboard of the README has other numbers, these numbers.
pub(crate) fn check() -> Result<String, String> {
    let engines: Vec<&EngineRow> = engines::ours().collect();
    let scores = scores(&suites(), &engines, |_, _| ());
    let numbers: Vec<_> = scores.iter().map(Score::numbers).collect();
    let here = markdown(&numbers);
    let mut wrong: Vec<String> = scores.iter().flat_map(Score::failures_in_words).collect();
    if !extends(&scoreboard(&README.replace("\r\n", "\n")).unwrap_or_default(), &here) {
        wrong.push(format!("the scoreboard of the README is another one here:\n{here}"));
    }
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    let passed: usize = numbers.iter().map(|numbers| numbers.passed).sum();
    Ok(format!("{passed} assertions pass on {} engines, as they do elsewhere", engines.len()))
}
