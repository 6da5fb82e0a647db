//! What is said of a module that is not valid, and where.

use annex_validation::validate;
use ch09_module::Module;

/// What is wrong with a module with these fields; `valid` if nothing is.
fn said_of(fields: &str) -> String {
    let text = format!("(module {fields})");
    let module = Module::decode(&wat::parse_str(text).unwrap()).unwrap();
    match validate(&module) {
        Ok(()) => "valid".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn said_of_all(all: &[&str]) -> String {
    let said =
        all.iter().map(|fields| format!("{fields}\n  {}", said_of(fields)));
    said.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_module_is_told_what_is_wrong_with_its_fields() {
    insta::assert_snapshot!(said_of_all(&[
        "(type (func (param i32 f64) (result i64)))",
        "(type (func (param v128)))",
        "(type (func (result externref)))",
        "(type (func (result i32 i32)))",
        "(type (struct))",
        "(func (type 3))",
        "(import \"a\" \"b\" (func (type 3)))",
        "(import \"a\" \"b\" (tag))",
        "(import \"a\" \"b\" (global (mut i32)))",
        "(import \"a\" \"b\" (global funcref))",
        "(import \"a\" \"b\" (memory 1)) (memory 1)",
        "(memory 2 1)",
        "(memory 65536)",
        "(memory 65537)",
        "(memory 1 65537)",
        "(memory i64 1)",
        "(memory 1 (pagesize 1))",
        "(table 1 funcref) (table 1 funcref)",
        "(table 2 1 funcref)",
        "(table 1 externref)",
        "(table i64 1 funcref)",
        "(func $f) (table 1 funcref (ref.func $f))",
        "(func (export \"a\") (export \"b\"))",
        "(func (export \"a\")) (memory (export \"a\") 1)",
        "(tag (export \"t\"))",
        "(export \"a\" (func 0))",
        "(export \"a\" (table 0))",
        "(export \"a\" (memory 0))",
        "(export \"a\" (global 0))",
        "(func) (start 0)",
        "(start 0)",
        "(func (param i32)) (start 0)",
        "(func (result i32) i32.const 0) (start 0)",
    ]));
}

#[test]
fn a_module_is_told_what_is_wrong_with_its_constants_and_segments() {
    insta::assert_snapshot!(said_of_all(&[
        "(global i32 (i32.const 0))",
        "(global i32 (i64.const 0))",
        "(global i32 (i32.const 0) (i32.const 0))",
        "(global i32)",
        "(global i32 (i32.add (i32.const 0) (i32.const 0)))",
        "(global v128 (v128.const i64x2 0 0))",
        "(import \"a\" \"b\" (global i32)) (global i32 (global.get 0))",
        "(import \"a\" \"b\" (global i64)) (global i32 (global.get 0))",
        "(import \"a\" \"b\" (global (mut i32))) (global i32 (global.get 0))",
        "(global i32 (i32.const 0)) (global i32 (global.get 0))",
        "(global i32 (global.get 1))",
        "(memory 1) (data (i32.const 0) \"a\")",
        "(memory 1) (data (i64.const 0) \"a\")",
        "(data (i32.const 0) \"a\")",
        "(memory 1) (data \"a\")",
        "(func) (table 1 funcref) (elem (i32.const 0) 0)",
        "(func) (table 1 funcref) (elem (f32.const 0) 0)",
        "(func) (elem (i32.const 0) 0)",
        "(table 1 funcref) (elem (i32.const 0) 0)",
        "(func) (elem func 0)",
        "(func) (table 1 funcref) (elem (i32.const 0) funcref (ref.null func))",
    ]));
}

#[test]
fn a_body_is_told_what_is_wrong_with_its_instructions() {
    let bodies = [
        "(result i32) i32.const 0",
        "(result i32)",
        "(result i32) i64.const 0",
        "i32.const 0",
        "i32.const 0 f64.const 0 i32.add drop",
        "i32.const 0 i32.add drop",
        "drop",
        "block i32.const 0 end",
        "block (result i32) end drop",
        "block (result i32) f32.const 0 end drop",
        "i32.const 0 block drop end",
        "i32.const 0 if i32.const 1 end",
        "i32.const 0 if (result i32) i32.const 1 end drop",
        "i32.const 0 if (result i32) i32.const 1 else end drop",
        "i32.const 0 if (result i32) i32.const 1 else i32.const 2 end drop",
        "f32.const 0 if end",
        "br 1",
        "br 0 i32.add drop",
        "unreachable i32.add drop",
        "unreachable f32.const 0 i32.add drop",
        "br_if 0",
        "block (result i32) i32.const 0 br_if 0 end drop",
        "i32.const 0 br_table 0 1",
        "(result i64) return",
        "(result i64) i32.const 0 return",
        "call 3",
        "call 1",
        "i32.const 0 call 1 drop",
        "i32.const 0 call_indirect (type 7)",
        "i32.const 0 call_indirect (type 0)",
        "(param i32) local.get 1 drop",
        "(param i32) (local f32) local.get 1 drop",
        "(param i32) (local f32) i32.const 0 local.set 1",
        "(param i32) i32.const 0 local.tee 0",
        "global.get 1 drop",
        "i32.const 0 global.set 0",
        "i64.const 0 global.set 1",
        "i32.const 0 i64.const 0 i32.const 0 select drop",
        "i32.const 0 i32.const 0 i32.const 0 select drop",
        "i32.const 0 select drop",
        "i32.const 0 i32.const 0 i32.const 0 select (result i32) drop",
        "i32.const 0 i32.load align=8 drop",
        "i32.const 0 i32.load16_u align=2 drop",
        "i32.const 0 i32.load offset=4294967295 drop",
        "i32.const 0 i32.load offset=4294967296 drop",
        "i64.const 0 i32.load drop",
        "i32.const 0 i64.const 0 i32.store",
        "i32.const 0 memory.grow drop",
        "f32.const 0 memory.grow drop",
        "memory.size 1 drop",
        "i32.const 0 i32.const 0 i32.const 0 memory.fill",
        "ref.null func drop",
        "i32.const 0 i32.extend8_s drop",
        "block (type 1) end",
        "block (result externref) unreachable end drop",
        "return_call 0",
        "v128.const i64x2 0 0 drop",
    ];
    let said = bodies.map(|body| {
        let said = said_of(&format!(
            "(type (func)) (type (func (param i32) (result i32)))
             (func (type 0)) (func (type 1) local.get 0)
             (table 1 funcref) (memory 1) (global i32 (i32.const 0))
             (func $body {body})"
        ));
        format!("{body}\n  {said}")
    });
    insta::assert_snapshot!(said.join("\n"));
}
