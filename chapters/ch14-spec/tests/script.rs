//! What the runner says of scripts that do not hold.

use ch12_instance::Store;
use ch14_spec::{Report, agrees, run};

fn report(text: &str) -> Report {
    run(text, &mut Store::<()>::default()).unwrap()
}

#[test]
fn each_failed_assertion_is_reported_with_its_line() {
    let text = r#"(module
          (func (export "seven") (result i32) i32.const 7)
          (func (export "nan") (result f32) f32.const nan:0x200001)
          (func (export "trap") unreachable)
          (func (export "null") (result funcref) ref.null func)
          (global (export "g") i64 (i64.const 24)))
        (assert_return (invoke "seven") (i32.const 7))
        (assert_return (invoke "seven") (i32.const 8))
        (assert_return (invoke "seven") (i64.const 7))
        (assert_return (invoke "seven"))
        (assert_return (invoke "eight") (i32.const 8))
        (assert_return (invoke "g") (i32.const 8))
        (assert_return (get "seven") (i32.const 7))
        (assert_return (invoke "seven" (i32.const 1)) (i32.const 7))
        (assert_return (invoke "nan") (f32.const nan:canonical))
        (assert_return (invoke "nan") (f32.const nan:arithmetic))
        (assert_return (invoke "nan") (f32.const nan:0x200001))
        (assert_return (get "g") (i64.const 25))
        (assert_trap (invoke "trap") "integer overflow")
        (assert_trap (invoke "seven") "unreachable")
        (assert_exhaustion (invoke "trap") "call stack exhausted")
        (assert_invalid (module (func)) "type mismatch")
        (assert_malformed (module quote "(func)") "unexpected token")
        (assert_unlinkable (module (import "a" "b" (func))) "incompatible import type")
        (module (import "a" "b" (func)))
        (assert_return (invoke "seven") (i32.const 7))
        (invoke $nobody "seven")
        (register "nobody" $nobody)"#;
    let report = report(text);
    let lines: Vec<String> =
        report.outcomes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_nan_is_what_its_pattern_allows() {
    let text = r#"(module
          (func (export "f32") (param i32) (result f32) (f32.reinterpret_i32 (local.get 0)))
          (func (export "f64") (param i64) (result f64) (f64.reinterpret_i64 (local.get 0))))
        (assert_return (invoke "f32" (i32.const 0x7fc00000)) (f32.const nan:canonical))
        (assert_return (invoke "f32" (i32.const 0xffc00000)) (f32.const nan:canonical))
        (assert_return (invoke "f32" (i32.const 0xffc00001)) (f32.const nan:arithmetic))
        (assert_return (invoke "f32" (i32.const 0x7fc00001)) (f32.const nan:canonical))
        (assert_return (invoke "f32" (i32.const 0x7f800001)) (f32.const nan:arithmetic))
        (assert_return (invoke "f32" (i32.const 0x7f800000)) (f32.const nan:arithmetic))
        (assert_return (invoke "f64" (i64.const 0x7ff8000000000000)) (f64.const nan:canonical))
        (assert_return (invoke "f64" (i64.const 0xfff8000000000000)) (f64.const nan:canonical))
        (assert_return (invoke "f64" (i64.const 0xfff8000000000001)) (f64.const nan:arithmetic))
        (assert_return (invoke "f64" (i64.const 0x7ff8000000000001)) (f64.const nan:canonical))
        (assert_return (invoke "f64" (i64.const 0x7ff0000000000001)) (f64.const nan:arithmetic))
        (assert_return (invoke "f64" (i64.const 0x7ff0000000000000)) (f64.const nan:arithmetic))"#;
    let report = report(text);
    let lines: Vec<usize> = report.failures().map(|(line, _)| line).collect();
    assert_eq!(lines, [7, 8, 9, 13, 14, 15]);
}

#[test]
fn empty_bytes_are_an_error_and_empty_text_is_a_module() {
    let report = report(
        r#"(assert_malformed (module binary "") "unexpected end")
        (assert_malformed (module binary "\00as" "n") "magic header not detected")
        (assert_malformed (module quote "") "anything")
        (module quote ";; nothing")"#,
    );
    let lines: Vec<usize> = report.failures().map(|(line, _)| line).collect();
    assert_eq!(lines, [3]);
}

#[test]
fn a_syntax_error_in_a_script_names_its_line() {
    let error = run("(module)\n(assert_nothing)", &mut Store::<()>::default())
        .unwrap_err();
    assert_eq!(error.span().linecol_in("(module)\n(assert_nothing)").0, 1);
}

#[test]
fn a_message_may_go_on_after_the_expected_one() {
    for (given, expected, agree) in [
        ("out of bounds memory access", "out of bounds memory access", true),
        ("unknown import: `m` `f`: expected func", "unknown import", true),
        ("uninitialized element", "uninitialized element 7", true),
        ("out of bounds memory access", "out of bounds table access", false),
        ("out of bounds", "out of bounds memory access", false),
        ("", "unreachable", false),
        ("unreachable", "", false),
    ] {
        assert_eq!(agrees(given, expected), agree, "{given}: {expected}");
    }
}
