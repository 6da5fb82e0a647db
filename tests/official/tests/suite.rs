//! The official test suite decides. `cargo workbook spec` is the same in release, and on other people's engines too.

use std::fs;

use engines::EngineRow;
use official::{
    Numbers, SUPERSEDED, Score, Superseded, extends, markdown, scoreboard, scores, suites,
};

/// Whether the assertion that is said to be superseded did not hold.
fn is_needed(superseded: &Superseded, scores: &[Score]) -> bool {
    let suite = scores.iter().find(|score| score.suite == superseded.suite);
    let report = suite.and_then(|score| score.files.get(superseded.file));
    report.is_some_and(|report| report.skipped.iter().any(|skip| skip.line == superseded.line))
}

#[test]
fn the_library_for_embedders_passes_the_same() {
    let engines: Vec<&'static EngineRow> = engines::EMBEDDED.iter().collect();
    for score in scores(&suites(), &engines, |_, _| {}) {
        assert_eq!(score.failures_in_words().collect::<Vec<_>>(), [""; 0]);
        insta::assert_snapshot!(score.suite, score.by_file(), score.engine);
    }
}

// One test, since one run is enough for all that there is to be said.
#[test]
fn our_engines_pass_all_assertions_of_the_suite() {
    let ours: Vec<&'static EngineRow> = engines::ours().collect();
    let scores = scores(&suites(), &ours, |_, _| {});

    let failures: Vec<String> = scores.iter().flat_map(Score::failures_in_words).collect();
    assert_eq!(failures, [""; 0]);

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
    assert!(extends(&said, &is), "run `cargo workbook spec --readme`: it is another one:\n{is}");
}
