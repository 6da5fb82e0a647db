//! Malicious text.

use ch09_module::{Module, ModuleError};
use hostile::run;

/// How many times something is repeated.
const MANY: usize = 200_000;

fn many(text: &str) -> String {
    text.repeat(MANY)
}

#[test]
fn bad_text_is_an_error() {
    let digits = many("9");
    let texts = [
        // Nested, and never closed or opened.
        many("("),
        many(")"),
        many("(module "),
        format!("(module {}", many("(func ")),
        format!("(module (func {}", many("(block ")),
        format!("(module (func {}", many("block ")),
        format!("(module (func {}", many("(if (then ")),
        format!("(module (func {}", many("end ")),
        many("(;"),
        format!("(module {}", many("(@a ")),
        // Numbers too long.
        format!("(module (func i32.const {digits} drop))"),
        format!("(module (func i32.const 0x{digits} drop))"),
        format!("(module (func f32.const nan:0x{digits} drop))"),
        format!("(module (memory {digits}))"),
        format!("(module (func br {digits}))"),
        "(module (memory 1) (data (i32.const 0) \"\\u{ffffffffffff}\"))".to_owned(),
        "(module (func i32.const 1__0 drop))".to_owned(),
        // Names that nothing has, that are too long, that are twice.
        format!("(module (func call ${}))", many("a")),
        format!("(module (func local.get $\"{}\"))", many("\\")),
        "(module (func $a) (func $a))".to_owned(),
        format!("(module (@custom \"{}\" \"\"))", many("n")),
        format!("(module (func (export \"{}\")))", many("n")),
        // Sizes that would be a lot.
        "(module (memory 65537))".to_owned(),
        "(module (memory i64 0x1_0000_0000_0001))".to_owned(),
        "(module (table i64 0x1_0000_0000_0000_0000 funcref))".to_owned(),
        "(module (func (local.get 4294967296)))".to_owned(),
        // Something else.
        "\u{feff}(module)".to_owned(),
        "(module) (module)".to_owned(),
        "(component)".to_owned(),
        "\0".to_owned(),
        "\u{202e}(module)".to_owned(),
    ];
    for text in texts {
        let error = Module::from_bytes(text.as_bytes()).expect_err(&text[..text.len().min(60)]);
        assert!(matches!(error, ModuleError::Text(_) | ModuleError::Binary { .. }));
        let message = error.to_string();
        let places = ["-->", "<anon>", "at byte"];
        assert!(places.iter().any(|place| message.contains(place)), "{message}");
    }
    assert!(Module::from_bytes(b"\xff\xfe(module)").is_err());
}

#[test]
fn strange_text_that_is_valid_is_a_module() {
    let texts = [
        format!("(module (func {} {}))", many("block "), many("end ")),
        format!("(module (func f64.const 0.{}1 drop))", many("0")),
        format!("(module (func f64.const 1e-{} drop))", many("9")),
        format!("(module (func f32.const 0x0.{}1p0 drop))", many("0")),
        format!("(module {} (func))", many(" ")),
        format!("(module ;; {}\n)", many("(")),
        format!("(module (;{};))", many("(;;)")),
        format!("(module (func {}))", many("nop ")),
        format!("(module (type (func {})))", "(param i32) ".repeat(1_000)),
        format!("(module (memory 1) (data (i32.const 0) \"{}\"))", "\\00".repeat(65_536)),
    ];
    let inputs = texts.map(String::into_bytes);
    let tally = run(inputs, |failure| panic!("{}", failure.what));
    assert_eq!((tally.inputs, tally.modules), (10, 10));
}
