//! The official test suite decides. `cargo workbook spec` is the same in release, and says more.

use engines::ENGINES;
use official::{Numbers, SUPERSEDED, Score, markdown, scoreboard, scores, suites};

/// The score of every suite on every engine.
fn all() -> Vec<Score> {
    let engines: Vec<_> = ENGINES.iter().collect();
    scores(&suites(), &engines, |_, _| {})
}

// One test, since one run is enough for all that is to be said.
#[test]
fn the_suites_on_the_engines() {
    let scores = all();
    let numbers: Vec<Numbers> = scores.iter().map(Score::numbers).collect();

    let is_ours =
        |score: &&Score| ENGINES.iter().any(|engine| engine.is_ours && engine.name == score.engine);
    let failures: Vec<String> = (scores.iter())
        .filter(is_ours)
        .flat_map(|score| {
            score.failures().map(move |(file, failure)| {
                let (line, wanted, got) = (failure.line, &failure.wanted, &failure.got);
                format!(
                    "{}/{file}:{line} on {}: wanted {wanted}, got {got}",
                    score.suite, score.engine
                )
            })
        })
        .collect();
    assert_eq!(failures, [""; 0]);

    for superseded in SUPERSEDED {
        let is_needed = scores.iter().any(|score| {
            score.suite == superseded.suite
                && score.engine == "tree"
                && score.files.get(superseded.file).is_some_and(|report| {
                    report.skipped.iter().any(|skip| skip.line == superseded.line)
                })
        });
        assert!(is_needed, "{superseded:?} holds, and is not superseded");
    }

    // What moves is seen here, file by file.
    for score in scores.iter().filter(is_ours) {
        insta::assert_snapshot!(format!("{}-{}", score.engine, score.suite), score.by_file());
    }

    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).expect("the README can be read");
    let said = scoreboard(&readme).expect("the README has a scoreboard");
    assert_eq!(said, markdown(&numbers), "run `cargo workbook spec --readme`");
}
