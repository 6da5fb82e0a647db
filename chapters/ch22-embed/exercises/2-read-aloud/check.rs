//! Texts, and what is none.

use std::str::Utf8Error;

use ch22_embed::{Error, MemoryAccessError};

use super::listen;

/// What is said of these bytes by these calls, each an offset and a length.
fn said(memory: &str, calls: &[(u32, u32)]) -> Result<Vec<String>, Error> {
    let calls: String = calls
        .iter()
        .map(|(at, length)| {
            format!("(call $say (i32.const {at}) (i32.const {length}))")
        })
        .collect();
    listen(&format!(
        r#"(module
            (import "host" "say" (func $say (param i32 i32)))
            {memory}
            (func (export "run") {calls}))"#
    ))
}

const MEMORY: &str = r#"(memory (export "memory") 1)
    (data (i32.const 0) "one two") (data (i32.const 65532) "\ff\e2\82\ac")"#;

#[test]
fn texts_are_said_in_order() {
    let texts = said(MEMORY, &[(4, 3), (0, 3), (0, 0), (65533, 3)]).unwrap();
    assert_eq!(texts, ["two", "one", "", "€"]);
}

#[test]
fn bytes_that_are_not_there_are_an_error() {
    for (at, length) in [(65533, 4), (65537, 0), (0, u32::MAX), (u32::MAX, 2)] {
        let error = said(MEMORY, &[(at, length)]).unwrap_err();
        let error = error.downcast_ref::<MemoryAccessError>();
        assert!(error.is_some(), "{at} {length}");
    }
}

#[test]
fn bytes_that_are_no_text_are_an_error() {
    let error = said(MEMORY, &[(65532, 4)]).unwrap_err();
    assert!(error.downcast_ref::<Utf8Error>().is_some(), "{error}");
}

#[test]
fn a_memory_of_the_name_is_needed() {
    assert!(said("(memory 1)", &[(0, 1)]).is_err());
    let other = r#"(global (export "memory") i32 (i32.const 0))"#;
    assert!(said(other, &[(0, 1)]).is_err());
}
