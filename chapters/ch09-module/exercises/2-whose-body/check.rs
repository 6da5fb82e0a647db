//! Calls in modules with imports and without.

use ch09_module::{FuncIdx, Module};

use super::callees;

const WITHOUT: &str = "
    (module
      (func $one (export \"one\") (result i32) i32.const 1)
      (func (export \"two\") (result i32) call $one call $one i32.add))";

/// A table, a memory and a global are imported too: functions have indices of
/// their own.
const WITH: &str = "
    (module
      (import \"env\" \"table\" (table 1 funcref))
      (import \"env\" \"print\" (func $print (param i32)))
      (import \"env\" \"pages\" (memory 1))
      (import \"clock\" \"now\" (func $now (result i32)))
      (func $twice (param i32) (result i32) local.get 0 local.get 0 i32.add)
      (func $main (export \"main\")
        call $now call $twice call $print call $main))";

fn calls(text: &str, function: u32) -> Vec<String> {
    callees(&Module::from_text(text).unwrap(), FuncIdx(function))
}

#[test]
fn without_imports_an_index_is_a_place() {
    assert_eq!(calls(WITHOUT, 0), [""; 0]);
    assert_eq!(calls(WITHOUT, 1), ["one", "one"]);
}

#[test]
fn imports_come_first() {
    assert_eq!(
        calls(WITH, 3),
        ["clock.now", "function 2", "env.print", "main"]
    );
    assert_eq!(calls(WITH, 2), [""; 0]);
}

#[test]
fn an_import_has_no_callees() {
    assert_eq!(calls(WITH, 0), [""; 0]);
    assert_eq!(calls(WITH, 1), [""; 0]);
}

#[test]
fn an_unknown_function_has_no_callees() {
    assert_eq!(calls(WITH, 4), [""; 0]);
}
