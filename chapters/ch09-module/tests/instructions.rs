//! Each instruction with immediates is read and written as what it is.
//!
//! (Those without any are rows of tables, which `ch08` and the vectors' annex
//! test.)

use ch09_module::{
    ExportItem, FuncIdx, GlobalIdx, Import, LoadOp, MemIdx, Module, StoreOp,
    TableIdx, TagIdx,
};

/// As the printer writes them, one in each line.
const INSTRS: &str = "\
unreachable
nop
drop
select
select (result i32)
return
br 0
br_if 1
br_table 1 0 2
call 1
call_indirect 1 (type 2) (result i32)
call_ref 2
return_call 1
return_call_indirect 1 (type 2) (result i32)
return_call_ref 2
throw 1
throw_ref
br_on_null 1
br_on_non_null 1
br_on_cast 1 anyref eqref
br_on_cast 1 (ref any) (ref i31)
br_on_cast_fail 1 anyref structref
local.get 1
local.set 2
local.tee 1
global.get 1
global.set 1
i32.load 1 offset=7 align=1
i64.store 1 offset=7 align=2
i32.const -5
i64.const -6
f32.const 0.5
f64.const -0.25
memory.size
memory.size 1
memory.grow 1
memory.fill 1
memory.copy 1 0
memory.init 1 2
memory.init 1
data.drop 2
table.get 1
table.set 1
table.size 1
table.grow 1
table.fill 1
table.copy 1 0
table.init 1 2
elem.drop 2
ref.null func
ref.null 3
ref.is_null
ref.func 1
ref.eq
ref.as_non_null
ref.test eqref
ref.test (ref i31)
ref.cast arrayref
ref.cast (ref struct)
struct.new 3
struct.new_default 3
struct.get 3 1
struct.get_s 3 0
struct.get_u 3 0
struct.set 3 1
array.new 4
array.new_default 4
array.new_fixed 4 2
array.new_data 4 2
array.new_elem 5 2
array.get 5
array.get_s 4
array.get_u 4
array.set 4
array.len
array.fill 4
array.copy 4 5
array.init_data 4 2
array.init_elem 5 2
ref.i31
i31.get_s
i31.get_u
any.convert_extern
extern.convert_any
v128.const i32x4 0x00000001 0x00000002 0x00000003 0x00000004
i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
i8x16.extract_lane_s 15
i16x8.replace_lane 7
f64x2.extract_lane 1
v128.load8_lane 1 offset=3 15
v128.store64_lane 1
v128.load32x2_s offset=3 align=4
";

/// Two or more of everything that an instruction can name.
const DEFINITIONS: &str = r#"
    (type (func)) (type (func (param i32))) (type (func (result i32)))
    (type (struct (field (mut i8)) (field (mut i32))))
    (type (array (mut i8))) (type (array (mut anyref)))
    (func (type 0)) (func (type 0))
    (table 1 funcref) (table 1 funcref)
    (memory 1) (memory 1)
    (global (mut i32) (i32.const 0)) (global (mut i32) (i32.const 0))
    (tag) (tag)
    (elem func) (elem func) (elem func)
    (data "") (data "") (data "")"#;

/// What a module with these instructions in its last function is written as.
fn written(instrs: &str) -> Vec<String> {
    let text = format!(
        "(module {DEFINITIONS}
           (func (type 0) (local i32 i32 i32)
           block block block {instrs} end end end))"
    );
    // The instructions do not have the operands that they need.
    let module = Module::decode(&wat::parse_str(&text).unwrap()).unwrap();
    let text = module.to_string();
    let again = Module::decode(&wat::parse_str(&text).unwrap()).unwrap();
    assert_eq!(again, module, "{text}");
    text.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn an_instruction_is_written_as_it_was_read() {
    let written = written(INSTRS);
    let missing: Vec<&str> = INSTRS
        .lines()
        .filter(|instr| !written.iter().any(|line| line == instr))
        .collect();
    assert_eq!(missing, [""; 0], "{}", written.join("\n"));
}

#[test]
fn an_alignment_is_left_out_where_it_is_the_width() {
    let loads = LoadOp::TABLE.iter().map(|(op, row)| (row.name, op.width()));
    let stores = StoreOp::TABLE.iter().map(|(op, row)| (row.name, op.width()));
    for (name, width) in loads.chain(stores) {
        // `i64.load16_s` is 16 bits wide, and `f32.store` is 32.
        let (ty, access) = name.split_once('.').unwrap();
        let digits = |text: &str| -> String {
            text.chars().filter(char::is_ascii_digit).collect()
        };
        let narrow = digits(access).parse::<usize>();
        let bits = narrow.or_else(|_| digits(ty).parse()).unwrap();
        assert_eq!(width * 8, bits, "{name}");
    }
    let instrs = "i32.load16_s\ni64.store 1 offset=8\nv128.load8_splat\nv128.store64_lane 1";
    let written = written(instrs);
    for instr in instrs.lines() {
        assert!(written.iter().any(|line| line == instr), "{written:?}");
    }
}

#[test]
fn an_import_has_the_next_index_of_its_kind() {
    let module = Module::from_text(
        r#"(module
          (import "a" "f" (func)) (import "a" "t" (table 1 funcref))
          (import "a" "m" (memory 1)) (import "a" "g" (global i32))
          (import "a" "e" (tag)) (import "a" "e" (tag))
          (import "a" "g" (global i64)) (import "a" "m" (memory 2))
          (import "a" "t" (table 2 funcref)) (import "a" "f" (func))
          (func))"#,
    )
    .unwrap();
    let items: Vec<(ExportItem, &str)> = module
        .imported_items()
        .map(|(item, Import { name, .. })| (item, name.as_str()))
        .collect();
    let expected = [
        (ExportItem::Func(FuncIdx(0)), "f"),
        (ExportItem::Table(TableIdx(0)), "t"),
        (ExportItem::Memory(MemIdx(0)), "m"),
        (ExportItem::Global(GlobalIdx(0)), "g"),
        (ExportItem::Tag(TagIdx(0)), "e"),
        (ExportItem::Tag(TagIdx(1)), "e"),
        (ExportItem::Global(GlobalIdx(1)), "g"),
        (ExportItem::Memory(MemIdx(1)), "m"),
        (ExportItem::Table(TableIdx(1)), "t"),
        (ExportItem::Func(FuncIdx(1)), "f"),
    ];
    assert_eq!(items, expected);
    // The functions of its own come after the imported ones.
    assert!(module.function(FuncIdx(1)).is_none());
    assert!(module.function(FuncIdx(2)).is_some());
    assert!(module.function(FuncIdx(3)).is_none());
    assert_eq!(module.function_types().count(), 3);
}
