//! The official test suite decides. `cargo workbook spec` is the same in release, and on other people's engines too.

use std::fs;

use engines::EngineRow;
use official::{Numbers, SUPERSEDED, Score, Superseded, markdown, scoreboard, scores, suites};

/// What a failure of one of our engines is told by.
fn failures(score: &Score) -> Vec<String> {
    let (suite, engine) = (score.suite, score.engine);
    let failures = score.failures().map(|(file, failure)| {
        let (line, wanted, got) = (failure.line, &failure.wanted, &failure.got);
        format!("{suite}/{file}:{line} on {engine}: expected {wanted}, found {got}")
    });
    failures.collect()
}

/// Whether the assertion that is said to be superseded did not hold.
fn is_needed(superseded: &Superseded, scores: &[Score]) -> bool {
    let suite = scores.iter().find(|score| score.suite == superseded.suite);
    let report = suite.and_then(|score| score.files.get(superseded.file));
    report.is_some_and(|report| report.skipped.iter().any(|skip| skip.line == superseded.line))
}

/// The columns of a scoreboard up to those of our engines, which come first.
fn our_columns(table: &str, engines: usize) -> String {
    let columns = |line: &str| line.split('|').take(3 + engines).collect::<Vec<_>>().join("|");
    table.lines().map(columns).collect::<Vec<_>>().join("\n")
}

// One test, since one run is enough for all that there is to be said.
#[test]
fn our_engines_pass_all_assertions_of_the_suite() {
    let ours: Vec<&'static EngineRow> = engines::ours().collect();
    let scores = scores(&suites(), &ours, |_, _| {});

    assert_eq!(scores.iter().flat_map(failures).collect::<Vec<_>>(), [""; 0]);

    let needless = SUPERSEDED.iter().find(|superseded| !is_needed(superseded, &scores));
    assert!(needless.is_none(), "it holds, and so is not superseded: {needless:?}");

    // What moves is seen here, file by file: of a suite it is the same on each engine.
    for score in &scores {
        insta::assert_snapshot!(score.suite, score.by_file(), score.engine);
    }

    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = fs::read_to_string(readme).expect("the README can be read");
    let said = scoreboard(&readme).expect("the README has a scoreboard");
    let numbers: Vec<Numbers> = scores.iter().map(Score::numbers).collect();
    let is = markdown(&numbers);
    assert_eq!(
        our_columns(&said, ours.len()),
        our_columns(&is, ours.len()),
        "run `cargo workbook spec --readme`"
    );
}
