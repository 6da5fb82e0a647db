//! The features of WebAssembly beyond version 1.0.

use ch09_module::FEATURES;
pub use ch09_module::KNOWN;
use clap::builder::PossibleValuesParser;
use wasmparser::{Validator, WasmFeatures};

/// A part of the standard, or a proposal to it.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// The name of its proposal.
    pub name: &'static str,
    /// Its flag.
    pub flag: WasmFeatures,
    /// The version that it is a part of, if there is one yet.
    pub version: Option<&'static str>,
}

const fn feature(name: &'static str, flag: WasmFeatures, version: &'static str) -> Feature {
    Feature { name, flag, version: Some(version) }
}

const fn proposal(name: &'static str, flag: WasmFeatures) -> Feature {
    Feature { name, flag, version: None }
}

/// All features beyond 1.0, the oldest first.
pub const ALL: [Feature; 25] = [
    feature("multi-value", WasmFeatures::MULTI_VALUE, "2.0"),
    feature("sign-extension", WasmFeatures::SIGN_EXTENSION, "2.0"),
    feature("saturating-float-to-int", WasmFeatures::SATURATING_FLOAT_TO_INT, "2.0"),
    feature("bulk-memory", WasmFeatures::BULK_MEMORY, "2.0"),
    feature("reference-types", WasmFeatures::REFERENCE_TYPES, "2.0"),
    feature("simd", WasmFeatures::SIMD, "2.0"),
    feature("extended-const", WasmFeatures::EXTENDED_CONST, "3.0"),
    feature("tail-call", WasmFeatures::TAIL_CALL, "3.0"),
    feature("multi-memory", WasmFeatures::MULTI_MEMORY, "3.0"),
    feature("memory64", WasmFeatures::MEMORY64, "3.0"),
    feature("exceptions", WasmFeatures::EXCEPTIONS, "3.0"),
    feature("function-references", WasmFeatures::FUNCTION_REFERENCES, "3.0"),
    feature("gc", WasmFeatures::GC, "3.0"),
    feature("relaxed-simd", WasmFeatures::RELAXED_SIMD, "3.0"),
    proposal("wide-arithmetic", WasmFeatures::WIDE_ARITHMETIC),
    proposal("custom-page-sizes", WasmFeatures::CUSTOM_PAGE_SIZES),
    proposal("threads", WasmFeatures::THREADS),
    proposal("shared-everything-threads", WasmFeatures::SHARED_EVERYTHING_THREADS),
    proposal("acquire-release-atomics", WasmFeatures::ACQUIRE_RELEASE_ATOMICS),
    proposal("legacy-exceptions", WasmFeatures::LEGACY_EXCEPTIONS),
    proposal("stack-switching", WasmFeatures::STACK_SWITCHING),
    proposal("memory-control", WasmFeatures::MEMORY_CONTROL),
    proposal("custom-descriptors", WasmFeatures::CUSTOM_DESCRIPTORS),
    proposal("compact-imports", WasmFeatures::COMPACT_IMPORTS),
    proposal("multibyte-array-access", WasmFeatures::MULTIBYTE_ARRAY_ACCESS),
];

/// The versions of the standard.
const VERSIONS: [(&str, WasmFeatures); 3] =
    [("1.0", WasmFeatures::WASM1), ("2.0", WasmFeatures::WASM2), ("3.0", FEATURES)];

/// The option that says what modules may use.
#[derive(clap::Args)]
pub struct Chosen {
    /// What modules may use, such as 1.0,simd.
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "3.0",
        hide_possible_values = true,
        value_parser = PossibleValuesParser::new(choices())
    )]
    features: Vec<String>,
}

impl Chosen {
    /// The features that are chosen.
    pub fn features(&self) -> WasmFeatures {
        chosen(&self.features)
    }
}

/// The names that `--features` accepts.
fn choices() -> impl Iterator<Item = &'static str> {
    let known = ALL.iter().filter(|feature| KNOWN.contains(feature.flag));
    VERSIONS.iter().map(|(name, _)| *name).chain(known.map(|feature| feature.name))
}

/// The features that these names mean together. Without a version among them, 3.0 is meant.
fn chosen(names: &[String]) -> WasmFeatures {
    let mut version = None;
    let mut features = WasmFeatures::empty();
    for name in names {
        for (known, flags) in VERSIONS {
            if name == known {
                version = Some(version.unwrap_or(WasmFeatures::empty()).union(flags));
            }
        }
        for feature in ALL.iter().filter(|feature| feature.name == name) {
            features = features.union(feature.flag);
        }
    }
    features.union(version.unwrap_or(FEATURES))
}

/// Whether a module in the binary format is valid with these features.
fn is_valid(module: &[u8], features: WasmFeatures) -> bool {
    Validator::new_with_features(features).validate_all(module).is_ok()
}

/// The features that a module needs beyond 1.0, in the order of [`ALL`]; `None` if it isn't valid
/// with any features.
///
/// We begin with the oldest version of the standard that makes the module valid. Then we remove one
/// feature after the other, the newest first, and put it back if the module isn't valid without it.
/// So the module is valid with the features that are left, and none of them can be left out.
pub fn needed(module: &[u8]) -> Option<Vec<&'static Feature>> {
    let all = ALL.iter().fold(WasmFeatures::WASM1, |all, feature| all.union(feature.flag));
    let mut versions = VERSIONS.iter().map(|(_, version)| *version).chain([KNOWN, all]);
    let version = versions.find(|version| is_valid(module, *version))?;
    Some(least(version, |features| is_valid(module, features)))
}

/// The features of `version` that suffice together, and of which none can be left out.
fn least(version: WasmFeatures, suffices: impl Fn(WasmFeatures) -> bool) -> Vec<&'static Feature> {
    let mut left = version;
    let mut needed = Vec::new();
    for feature in ALL.iter().rev().filter(|feature| version.contains(feature.flag)) {
        let without = left.difference(feature.flag);
        match suffices(without) {
            true => left = without,
            false => needed.push(feature),
        }
    }
    needed.reverse();
    needed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        let buffer = wast::parser::ParseBuffer::new(text).unwrap();
        let module = wast::parser::parse::<wast::Wat<'_>>(&buffer).unwrap().encode().unwrap();
        needed(&module).unwrap().into_iter().map(|feature| feature.name).collect()
    }

    #[test]
    fn a_module_of_1_0_needs_nothing() {
        let globals = r#"(global (export "g") (mut i32) (i32.const 0))"#;
        assert_eq!(names(globals), [""; 0]);
        assert_eq!(names("(memory 1) (func (drop (i32.load (i32.const 0))))"), [""; 0]);
    }

    #[test]
    fn each_feature_of_the_machine_is_found() {
        let samples = [
            ("(func (result i32 i32) unreachable)", "multi-value"),
            ("(func (drop (i32.extend8_s (i32.const 0))))", "sign-extension"),
            ("(func (drop (i32.trunc_sat_f32_s (f32.const 0))))", "saturating-float-to-int"),
            (
                "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
                "bulk-memory",
            ),
            ("(table 1 externref)", "reference-types"),
            ("(func (drop (v128.const i64x2 0 0)))", "simd"),
            ("(global i32 (i32.add (i32.const 1) (i32.const 1)))", "extended-const"),
            ("(func $f (return_call $f))", "tail-call"),
            ("(memory 1) (memory 1)", "multi-memory"),
            ("(memory i64 1)", "memory64"),
            ("(tag)", "exceptions"),
            ("(memory 1 (pagesize 1))", "custom-page-sizes"),
            ("(func (drop (i64.mul_wide_s (i64.const 0) (i64.const 0))) drop)", "wide-arithmetic"),
            ("(memory 1 1 shared)", "threads"),
        ];
        for (text, feature) in samples {
            let found = names(text);
            assert!(found.contains(&feature), "{text}: {found:?}");
        }
        // What is built on others needs them too.
        assert_eq!(names("(type (struct))"), ["gc"]);
        assert_eq!(names("(func (param (ref func)))"), ["reference-types", "function-references"]);
    }

    #[test]
    fn of_two_features_of_which_one_suffices_the_older_is_needed() {
        let either = WasmFeatures::SIMD.union(WasmFeatures::GC);
        let needed = least(FEATURES, |features| features.intersects(either));
        assert_eq!(needed.iter().map(|feature| feature.name).collect::<Vec<_>>(), ["simd"]);
    }

    #[test]
    fn a_module_is_valid_with_what_it_needs() {
        let text = "(memory i64 1) (memory 1) (func $f (result i32 i64) (return_call $f))";
        let buffer = wast::parser::ParseBuffer::new(text).unwrap();
        let module = wast::parser::parse::<wast::Wat<'_>>(&buffer).unwrap().encode().unwrap();
        let flags = needed(&module).unwrap();
        let flags = flags.iter().fold(WasmFeatures::WASM1, |all, feature| all.union(feature.flag));
        assert!(is_valid(&module, flags));
    }

    #[test]
    fn names_add_to_a_version() {
        let chosen = |names: &[&str]| {
            chosen(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(chosen(&[]), FEATURES);
        assert_eq!(chosen(&["1.0"]), WasmFeatures::WASM1);
        assert_eq!(chosen(&["1.0", "simd"]), WasmFeatures::WASM1.union(WasmFeatures::SIMD));
        assert_eq!(
            chosen(&["wide-arithmetic", "custom-page-sizes"]),
            KNOWN,
            "a proposal alone adds to 3.0"
        );
    }

    #[test]
    fn every_feature_of_the_machine_has_a_name() {
        let named = ALL.iter().fold(WasmFeatures::WASM1, |all, feature| all.union(feature.flag));
        assert!(named.contains(KNOWN));
        assert_eq!(choices().count(), 3 + 16);
    }
}
