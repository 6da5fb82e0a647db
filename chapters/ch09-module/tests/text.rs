//! Trees as text: of a whole module, and of one instruction.

use ch07_values::{NumType, Number};
use ch09_module::{
    Block, BlockType, Catch, Control, FEATURES, FuncIdx, HeapType, Instr,
    LabelIdx, MemArg, MemIdx, Module, RefType, TagIdx, TryTable, TypeIdx,
    ValType,
};

/// The text of a module, which has to be read back as the same tree.
fn round_trip(text: &str) -> String {
    let module = Module::from_text(text).unwrap();
    let printed = module.to_string();
    assert_eq!(Module::from_text(&printed).unwrap(), module, "{printed}");
    printed
}

#[test]
fn a_module_is_written_as_people_write_it() {
    insta::assert_snapshot!(round_trip(include_str!("../src/sample.wat")));
}

#[test]
fn types_in_groups_and_below_each_other() {
    insta::assert_snapshot!(round_trip(
        r#"(module
            (type $byte (array (mut i8)))
            (rec
              (type $node (sub (struct (field $next (ref null $node)) (field $key (mut i64)))))
              (type $leaf (sub final $node (struct (field $next (ref null $node)) (field $key (mut i64)) (field (ref $byte))))))
            (rec)
            (type (sub (func (param anyref nullref) (result (ref i31) exnref externref))))
            (func (param (ref $leaf)) (result i64)
              local.get 0
              struct.get $leaf $key))"#
    ));
}

/// A name that cannot be an identifier, because it is taken or empty, stays as
/// an annotation.
#[test]
fn names_survive() {
    insta::assert_snapshot!(round_trip(
        r#"(module $"my module"
            (func $f (param $x i32) (param (@name "x") i32) (local $"a\u{202e}b" i64) (local i32 i32))
            (func (@name "f") unreachable)
            (func (@name ""))
            (func
              block $l
                block $l
                  br 1
                  br $l
                end
                loop $l
                  br $l
                end
              end
              block (@name "")
                br 0
              end))"#
    ));
}

#[test]
fn sections_without_meaning_stay_where_they_are() {
    insta::assert_snapshot!(round_trip(
        r#"(module
            (@custom "first" (before first) "1")
            (type (func))
            (@custom "middle" (after type) "\00\ff\"")
            (memory 1)
            (@custom "last" (after last) "a line that is longer than what is written behind the other words in the same line"))"#
    ));
}

#[test]
fn a_section_without_meaning_is_written_after_the_one_that_it_came_after() {
    let sections = [
        "type", "import", "func", "table", "memory", "tag", "global", "export",
        "start", "elem", "code", "data",
    ];
    let customs: String = sections
        .iter()
        .map(|name| format!("(@custom \"{name}\" (after {name}) \"x\")\n"))
        .collect();
    let printed = round_trip(&format!(
        "(module
           {customs}
           (import \"a\" \"b\" (func))
           (func $f (export \"f\"))
           (table 1 funcref) (memory 1) (tag) (global i32 (i32.const 0))
           (start $f) (elem (i32.const 0) $f) (data (i32.const 0) \"a\"))"
    ));
    for custom in customs.lines() {
        assert!(printed.contains(custom), "no {custom} in {printed}");
    }
}

#[test]
fn whoever_only_executes_a_module_gets_its_names_and_no_custom_section() {
    let text = "(module (@custom \"debug\" \"x\") (func $f))";
    let binary = wat::parse_str(text).unwrap();
    for bytes in [text.as_bytes(), &binary] {
        let mut whole = Module::from_bytes(bytes).unwrap();
        assert_eq!(whole.customs.len(), 1);
        whole.customs.clear();
        let module = Module::without_customs(bytes, FEATURES).unwrap();
        assert_eq!(module, whole);
        assert_eq!(module.names.functions.len(), 1);
    }
    assert!(
        Module::without_customs(b"(module (func i32.add))", FEATURES).is_err()
    );
}

#[test]
fn a_field_keeps_its_types_its_place_and_its_expressions() {
    let fields = [
        "(type (;0;) (func (param i32)))",
        "(type (;1;) (struct (field i32)))",
        "(import \"a\" \"e\" (tag (;0;) (type 0) (param i32)))",
        "(tag (;1;) (type 0) (param i32))",
        "(table (;0;) 3 (ref null 0))",
        "(table (;1;) 1 (ref func) (ref.func 0))",
        "(memory (;0;) 1)",
        "(memory (;1;) 1)",
        "(elem (;0;) (offset (i32.const 1) (i32.const 1) (i32.add)) (ref 0) (ref.func 0))",
        "(elem (;1;) (table 1) (i32.const 0) func 0)",
        "(elem (;2;) (ref 1) (item (i32.const 7) (struct.new 1)))",
        "(func (;0;) (type 0) (param i32))",
        "(data (;0;) (offset (i32.const 1) (i32.const 1) (i32.add)) \"a\")",
        "(data (;1;) (memory 1) (i32.const 0) \"a\")",
    ];
    let printed = round_trip(&format!("(module {})", fields.join("\n")));
    for field in fields {
        assert!(printed.contains(field), "no {field} in {printed}");
    }
}

#[test]
fn a_short_name_is_that_of_a_reference_that_may_be_null() {
    assert_eq!(RefType::FUNCREF.to_string(), "funcref");
    assert_eq!(RefType::EXTERNREF.to_string(), "externref");
}

#[test]
fn numbers_are_exact() {
    insta::assert_snapshot!(round_trip(
        "(module (func
            f32.const 0x1p-149 f32.const 0.1 f32.const -0 f32.const inf f32.const 16777216 f32.const 3.4028235e38
            f64.const 1e300 f64.const 0.1 f64.const -nan f64.const nan:0x4 f64.const -inf f64.const 0x1.fffffffffffffp1023
            i32.const 0x80000000 i64.const 0xffffffffffffffff
            v128.const f32x4 1 2 nan:0x1 -0
            unreachable))"
    ));
}

#[test]
fn a_malformed_name_section_is_kept() {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    bytes.extend(b"\0\x08\x04name\x01\xff\xff");
    bytes[9] = (bytes.len() - 10) as u8;
    let module = Module::from_binary(&bytes).unwrap();
    assert_eq!(module.customs[0].name, "name");
    assert_eq!(*module.customs[0].bytes, *b"\x01\xff\xff");
    assert_eq!(Module::from_text(&module.to_string()).unwrap(), module);
}

/// Text with a custom section `name` has no other names. So a second one, which
/// cannot be read, is not written.
#[test]
fn names_are_not_lost_to_a_second_section_that_cannot_be_read() {
    let mut bytes = wat::parse_str("(module (func $f))").unwrap();
    bytes.extend(b"\0\x08\x04name\x01\xff\xff");
    let module = Module::from_binary(&bytes).unwrap();
    assert_eq!(module.customs.len(), 1);
    let text = module.to_string();
    assert!(text.contains("(func $f"), "{text}");
    let again = Module::from_text(&text).unwrap();
    assert_eq!(again.names, module.names);
    assert_eq!(again.to_string(), text);
}

#[test]
fn one_instruction_is_written_without_its_bodies() {
    let block =
        |ty| Box::new(Block { ty, body: vec![Control::Return.into()].into() });
    let func =
        RefType { nullable: false, heap: HeapType::Concrete(TypeIdx(3)) };
    let instrs: [Instr; 11] = [
        Number::F64(f64::NAN).into(),
        Control::Block(block(BlockType::Empty)).into(),
        Control::Loop(block(BlockType::Value(ValType::Num(NumType::I32))))
            .into(),
        Control::Block(block(BlockType::Func(TypeIdx(2)))).into(),
        Control::TryTable(Box::new(TryTable {
            ty: BlockType::Value(ValType::Ref(func)),
            catches: [
                Catch::One(TagIdx(1), LabelIdx(0)),
                Catch::AllRef(LabelIdx(2)),
            ]
            .into(),
            body: Default::default(),
        }))
        .into(),
        Control::Br(LabelIdx(1)).into(),
        Control::Call(FuncIdx(3)).into(),
        Control::CallIndirect(Default::default(), TypeIdx(1)).into(),
        Instr::Load(
            ch09_module::LoadOp::I32Load,
            MemArg { offset: 8, memory: MemIdx(0), align: 2 },
        ),
        Instr::Store(
            ch09_module::StoreOp::I64Store8,
            MemArg { offset: 0, memory: MemIdx(1), align: 0 },
        ),
        // Nonsense that no module can hold; even so it is written, and not a
        // panic.
        Instr::Load(
            ch09_module::LoadOp::I32Load,
            MemArg { offset: u64::MAX, memory: MemIdx(9), align: 255 },
        ),
    ];
    let lines: Vec<String> = instrs.iter().map(Instr::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
