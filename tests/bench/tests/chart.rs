//! The chart, and what the README and the book show.

use std::fs;
use std::path::Path;

use bench::{MEASURED, Report, chart, published};

const SMALL: &str = r#"{
  "rounds": 1,
  "works": [
    { "work": "a < b & c", "wasmi": 2.0, "engines": [
      ["tree", { "least": 0.1, "median": 0.25, "greatest": 0.3 }],
      ["fast", { "least": 1.0, "median": 1.6, "greatest": 1.7 }]
    ] },
    { "work": "loop", "wasmi": 1.0, "engines": [
      ["tree", { "least": 0.5, "median": 0.25, "greatest": 0.5 }],
      ["fast", { "least": 0.3, "median": 0.9, "greatest": 0.9 }]
    ] }
  ],
  "means": [["tree", 0.25], ["fast", 1.2]]
}"#;

#[test]
fn a_report_is_drawn() {
    let report: Report = serde_json::from_str(SMALL).unwrap();
    insta::assert_snapshot!(chart(&report));
}

#[test]
fn a_report_is_a_table() {
    let report: Report = serde_json::from_str(SMALL).unwrap();
    insta::assert_snapshot!(report.markdown(), @r"
    | work | `tree` | `fast` |
    |---|---|---|
    | a < b & c | 0.25 | 1.60 |
    | loop | 0.25 | 0.90 |
    | geometric mean | 0.25 | 1.20 |
    ");
}

#[test]
fn the_means_are_geometric() {
    let report: Report = serde_json::from_str(SMALL).unwrap();
    let report = Report::new(report.rounds, report.works);
    let means: Vec<String> =
        report.means.iter().map(|(engine, mean)| format!("{engine} {mean:.3}")).collect();
    assert_eq!(means, ["tree 0.250", "fast 1.200"]);
}

#[test]
fn readme_and_book_show_what_was_measured() {
    let figures = Path::new(env!("CARGO_MANIFEST_DIR")).join(MEASURED);
    let report: Report = serde_json::from_str(&fs::read_to_string(figures).unwrap()).unwrap();
    for (file, expected) in published(&report).unwrap() {
        // Git for Windows may have checked it out with CRLF.
        let text = fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
        let shown = file.display();
        assert!(
            text == expected,
            "{shown} shows other figures: `cargo run -p bench -- --from tests/bench/{MEASURED} --publish`"
        );
    }
}
