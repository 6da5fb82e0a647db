//! What the runner itself says of scripts that do not hold.

use ch09_module::FEATURES;
use ch12_instance::{Store, StoreLimits};
use ch22_embed::Strategy;
use script::{Embed, Report, run};

/// The report on the engine of chapter 12, which knows less than the standard.
fn report(text: &str) -> Report {
    run(text, || Box::new(Store::<()>::default())).unwrap()
}

/// The report on an engine that knows the whole standard.
fn complete(strategy: Strategy, text: &str) -> Report {
    run(text, || Box::new(Embed::new(strategy, FEATURES, StoreLimits::default()))).unwrap()
}

fn failures(report: &Report) -> String {
    let failures = report.failed.iter().map(|failure| format!("{}: {failure}", failure.line));
    failures.collect::<Vec<_>>().join("\n")
}

fn skips(report: &Report) -> String {
    let skips = report.skipped.iter().map(|skip| format!("{}: {}", skip.line, skip.reason));
    skips.collect::<Vec<_>>().join("\n")
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
        (assert_return (invoke "seven" (i32.const 1)) (i32.const 7))
        (assert_return (invoke "nan") (f32.const nan:canonical))
        (assert_return (invoke "nan") (f32.const nan:arithmetic))
        (assert_return (invoke "nan") (f32.const nan:0x200001))
        (assert_return (invoke "null") (ref.func))
        (assert_return (invoke "null") (ref.null extern))
        (assert_return (get "g") (i64.const 25))
        (assert_trap (invoke "trap") "integer overflow")
        (assert_trap (invoke "seven") "unreachable")
        (assert_exhaustion (invoke "trap") "call stack exhausted")
        (assert_invalid (module (func)) "type mismatch")
        (assert_malformed (module quote "(func)") "unexpected token")
        (assert_unlinkable (module (import "a" "b" (func))) "incompatible import type")
        (module (import "a" "b" (func)))
        (assert_return (invoke "seven") (i32.const 7))
        (invoke $nobody "seven")"#;
    let report = report(text);
    assert_eq!((report.passed, report.skipped.len()), (2, 0));
    insta::assert_snapshot!(failures(&report));
}

#[test]
fn vectors_references_and_exceptions_are_looked_at_closely() {
    let text = r#"(module
          (type $s (struct)) (type $a (array i8)) (tag $t) (elem declare func $f) (func $f)
          (func (export "ints") (result v128) v128.const i16x8 0 1 2 3 4 5 6 -7)
          (func (export "nans") (result v128) v128.const f32x4 1 nan nan:0x400001 nan:0x1)
          (func (export "i31") (result i31ref) (ref.i31 (i32.const 3)))
          (func (export "struct") (result anyref) (struct.new $s))
          (func (export "array") (result eqref) (array.new_default $a (i32.const 2)))
          (func (export "func") (result funcref) (ref.func $f))
          (func (export "none") (result nullref) (ref.null none))
          (func (export "same") (param externref) (result externref) (local.get 0))
          (func (export "host") (param externref) (result anyref) (any.convert_extern (local.get 0)))
          (func (export "throw") (throw $t))
          (func (export "catch") (block (try_table (catch $t 0) (throw $t)))))
        (assert_return (invoke "ints") (v128.const i16x8 0 1 2 3 4 5 6 -7))
        (assert_return (invoke "ints") (v128.const i16x8 0 1 2 3 4 5 6 7))
        (assert_return (invoke "ints") (v128.const i16x8 1 1 2 3 4 5 6 -7))
        (assert_return (invoke "nans") (v128.const f32x4 1 nan:canonical nan:arithmetic nan:0x1))
        (assert_return (invoke "nans") (v128.const f32x4 1 nan:canonical nan:canonical nan:0x1))
        (assert_return (invoke "nans") (v128.const f32x4 1 nan:canonical nan:arithmetic nan:arithmetic))
        (assert_return (invoke "ints") (either (v128.const i64x2 0 0) (v128.const i16x8 0 1 2 3 4 5 6 -7)))
        (assert_return (invoke "ints") (either (v128.const i64x2 0 0) (i32.const 0)))
        (assert_return (invoke "i31") (ref.i31))
        (assert_return (invoke "i31") (ref.eq))
        (assert_return (invoke "i31") (ref.struct))
        (assert_return (invoke "struct") (ref.struct))
        (assert_return (invoke "struct") (ref.array))
        (assert_return (invoke "array") (ref.array))
        (assert_return (invoke "array") (ref.any))
        (assert_return (invoke "array") (ref.null any))
        (assert_return (invoke "func") (ref.func))
        (assert_return (invoke "func") (ref.any))
        (assert_return (invoke "none") (ref.null))
        (assert_return (invoke "none") (ref.null any))
        (assert_return (invoke "none") (ref.null extern))
        (assert_return (invoke "same" (ref.extern 7)) (ref.extern 7))
        (assert_return (invoke "same" (ref.extern 7)) (ref.extern 8))
        (assert_return (invoke "same" (ref.null extern)) (ref.extern))
        (assert_return (invoke "host" (ref.extern 7)) (ref.host 7))
        (assert_return (invoke "host" (ref.extern 7)) (ref.eq))
        (assert_exception (invoke "throw"))
        (assert_exception (invoke "catch"))
        (assert_trap (invoke "throw") "unreachable")
        (assert_return (invoke "throw"))"#;
    for strategy in Strategy::ALL {
        let report = complete(strategy, text);
        assert_eq!((report.passed, report.skipped.len()), (14, 0));
        insta::assert_snapshot!("vectors_references_and_exceptions", failures(&report));
    }
}

#[test]
fn unsupported_modules_are_neither_passed_nor_failed() {
    let text = r#"(module
          (global $g (mut i32) (i32.const 0))
          (func (export "set") (drop (struct.new $s)) (global.set $g (i32.const 1)))
          (type $s (struct))
          (func (export "get") (result i32) (global.get $g)))
        (assert_return (invoke "set"))
        (assert_trap (invoke "set") "not yet")
        (assert_return (invoke "get") (i32.const 0))
        (invoke "set")
        (assert_return (invoke "get") (i32.const 1))
        (module $k (type $s (struct)) (func (export "f") (param (ref $s))))
        (register "k" $k)
        (module $m (type $s (struct)) (import "k" "f" (func (param (ref $s)))))
        (register "m" $m)
        (assert_return (invoke "f"))
        (assert_unlinkable (module (import "m" "f" (func))) "unknown import")"#;
    let report = report(text);
    assert_eq!((report.passed, &report.failed), (2, &vec![]));
    insta::assert_snapshot!(skips(&report));
}

#[test]
fn empty_bytes_are_an_error_and_empty_text_is_a_module() {
    let report = report(
        r#"(assert_malformed (module binary "") "unexpected end")
        (assert_malformed (module quote "") "anything")
        (module quote ";; nothing")"#,
    );
    assert_eq!((report.passed, report.failed.len(), report.failed[0].line), (1, 1, 2));
}

#[test]
fn a_text_that_is_no_script_is_an_error() {
    let text = "(module)\n(assert_nothing)";
    let error = run(text, || unreachable!("no engine is made")).unwrap_err();
    assert_eq!(error.span().linecol_in(text), (1, 1));
}

#[test]
fn a_panic_is_a_failure() {
    let report = run("(module)", || panic!("out of order")).unwrap();
    assert_eq!((report.passed, report.failed.len()), (0, 1));
    assert_eq!(report.failed[0].got, "a panic: out of order");
}

#[test]
fn what_cannot_be_run_is_skipped_and_named() {
    let text = r#"(module $m
          (func $f (export "f") (result funcref) (ref.func $f))
          (func (export "i31") (result i31ref) (ref.i31 (i32.const 3)))
          (func (export "take") (param funcref)))
        (assert_return (invoke "f") (ref.func 0))
        (assert_return (invoke "f") (either (ref.func) (ref.func 0)))
        (assert_return (invoke "i31") (ref.i31_shared))
        (assert_return (invoke "take" (ref.null cont)))
        (assert_suspension (invoke "f") "unhandled")
        (component)
        (assert_invalid (component (type (func (param "a" 7)))) "unknown type")
        (assert_malformed (component quote "(") "unexpected token")
        (module (memory (export "shared") 1 1 shared))
        (module definition $d (memory 1 1 shared))
        (module instance $one $d)
        (module instance)
        (assert_unlinkable (module (memory 1 1 shared)) "unknown import")
        (assert_return (invoke "f") (ref.func))
        (register "shared")
        (thread $t (shared (module $m)) (assert_return (invoke "f") (ref.null)))
        (wait $t)
        (assert_return (invoke $m "f") (ref.func))
        (assert_return (invoke $m "f") (ref.null))"#;
    for strategy in Strategy::ALL {
        let report = complete(strategy, text);
        assert_eq!((report.passed, &report.failed), (1, &vec![]));
        insta::assert_snapshot!("skipped", skips(&report));
    }
}

#[test]
fn a_proposal_is_only_an_excuse_for_what_is_valid_with_it() {
    let report = complete(
        Strategy::Flat,
        r#"(module (memory 1 1 shared) (func (result i32)))
        (module definition (func (result i32)))
        (assert_invalid (module (memory 1 1 shared)) "unknown memory type")"#,
    );
    assert_eq!((report.passed, report.failed.len(), report.skipped.len()), (1, 2, 0));
    // What we know and haven't chosen is no excuse.
    let text = "(module (memory 1) (memory 1))";
    let version = ch09_module::WasmFeatures::WASM1;
    let engine = || Box::new(Embed::new(Strategy::Flat, version, StoreLimits::default())) as _;
    let report = run(text, engine).unwrap();
    assert_eq!((report.failed.len(), report.skipped.len()), (1, 0));
}

#[test]
fn an_instance_is_made_of_the_definition_that_is_named_or_of_the_last_one() {
    let module = r#"(global (export "g") i32 (i32.const 0))"#;
    let text = format!(
        r#"(module definition $a {module})
        (module definition {})
        (module instance $one $a)
        (module instance $two)
        (module definition $c {})
        (module instance $three)
        (assert_return (get $one "g") (i32.const 0))
        (assert_return (get $two "g") (i32.const 1))
        (assert_return (get $three "g") (i32.const 2))"#,
        module.replace('0', "1"),
        module.replace('0', "2"),
    );
    let report = report(&text);
    assert_eq!((report.passed, &report.failed, report.skipped.len()), (3, &vec![], 0));
}
