//! The families that have no table, written down.

use super::Written;

/// The chapters that execute the families.
pub(super) const MEMORY_CHAPTER: &str = "ch10-memory";
const CORE: &str = "ch11-control";
const STORE: &str = "ch12-instance";
const REFERENCES_CHAPTER: &str = "ch15-references";
const TAIL_CALLS: &str = "ch16-tail-calls";
const EXCEPTIONS: &str = "ch17-exceptions";
const HEAP: &str = "ch18-heap";
pub(super) const VECTORS: &str = "annex-vector";

const fn written(
    chapter: &'static str,
    example: &'static str,
    immediates: &'static str,
    ty: &'static str,
    meaning: &'static str,
) -> Written {
    Written { example, immediates, ty, meaning, chapter }
}

pub(super) const CONTROL: &[Written] = &[
    written(CORE, "unreachable", "", "any →", "traps"),
    written(CORE, "nop", "", "→", "does nothing"),
    written(CORE, "block", "type … end", "as the type", "executes; its label stands at its end"),
    written(
        CORE,
        "loop",
        "type … end",
        "as the type",
        "executes; its label stands at its beginning",
    ),
    written(
        CORE,
        "if",
        "type … else … end",
        "i32, and as the type",
        "the first sequence if `x != 0`, else the second",
    ),
    written(CORE, "br 0", "l", "any →", "branches to the label that is `l` out"),
    written(CORE, "br_if 0", "l", "i32 →", "branches if `x != 0`"),
    written(
        CORE,
        "br_table 0 0",
        "l… d",
        "i32, any →",
        "branches to the label with number `x`, or else to `d`",
    ),
    written(CORE, "return", "", "any →", "leaves the function"),
    written(CORE, "call 0", "f", "as the function", "calls function `f`"),
    written(
        CORE,
        "call_indirect (type 0)",
        "t y",
        "i32, and as the type",
        "calls what table `t` has at `x`; traps unless it has type `y`",
    ),
    written(
        REFERENCES_CHAPTER,
        "call_ref 0",
        "y",
        "as the type, ref",
        "calls the function; traps if it is null",
    ),
    written(
        REFERENCES_CHAPTER,
        "br_on_null 0",
        "l",
        "ref → ref",
        "branches if the reference is null, without it",
    ),
    written(
        REFERENCES_CHAPTER,
        "br_on_non_null 0",
        "l",
        "ref →",
        "branches with the reference if it is not null",
    ),
    written(
        HEAP,
        "br_on_cast 0 anyref i31ref",
        "l from to",
        "ref → ref",
        "branches if the reference is of type `to`",
    ),
    written(
        HEAP,
        "br_on_cast_fail 0 anyref i31ref",
        "l from to",
        "ref → ref",
        "branches if it is not",
    ),
    written(
        TAIL_CALLS,
        "return_call 0",
        "f",
        "as the function",
        "leaves the function by calling `f`",
    ),
    written(
        TAIL_CALLS,
        "return_call_indirect (type 0)",
        "t y",
        "i32, and as the type",
        "leaves it by calling what table `t` has at `x`",
    ),
    written(
        TAIL_CALLS,
        "return_call_ref 0",
        "y",
        "as the type, ref",
        "leaves it by calling the function",
    ),
    written(
        EXCEPTIONS,
        "try_table",
        "type catch… end",
        "as the type",
        "executes; the first clause that matches an exception branches to its label",
    ),
    written(EXCEPTIONS, "throw 0", "x", "as the tag →", "throws an exception with tag `x`"),
    written(
        EXCEPTIONS,
        "throw_ref",
        "",
        "exnref →",
        "throws the exception once more; traps if it is null",
    ),
];

pub(super) const PARAMETRIC: &[Written] = &[
    written(CORE, "drop", "", "t →", "forgets `x`"),
    written(CORE, "select", "", "t t i32 → t", "`x` if the `i32` is not 0, else `y`"),
    written(
        CORE,
        "select (result i32)",
        "(result t)",
        "t t i32 → t",
        "the same, also for references",
    ),
];

pub(super) const VARIABLES: &[Written] = &[
    written(CORE, "local.get 0", "l", "→ t", "the local"),
    written(CORE, "local.set 0", "l", "t →", "the local becomes `x`"),
    written(CORE, "local.tee 0", "l", "t → t", "the same, and `x` stays"),
    written(STORE, "global.get 0", "g", "→ t", "the global"),
    written(STORE, "global.set 0", "g", "t →", "the global becomes `x`"),
];

pub(super) const TABLES: &[Written] = &[
    written(STORE, "table.get 0", "t", "i32 → ref", "the element at `x`"),
    written(STORE, "table.set 0", "t", "i32 ref →", "the element at `x` becomes `y`"),
    written(
        STORE,
        "table.init 0 0",
        "t e",
        "i32 i32 i32 →",
        "copies `z` elements of segment `e` from `y` on to `x`",
    ),
    written(STORE, "elem.drop 0", "e", "→", "empties the segment"),
    written(
        STORE,
        "table.copy 0 0",
        "t s",
        "i32 i32 i32 →",
        "copies `z` elements of table `s` from `y` on to `x` in `t`",
    ),
    written(
        STORE,
        "table.grow 0",
        "t",
        "ref i32 → i32",
        "adds `y` elements `x`; the former size, or -1",
    ),
    written(STORE, "table.size 0", "t", "→ i32", "the number of elements"),
    written(STORE, "table.fill 0", "t", "i32 ref i32 →", "`z` elements from `x` on become `y`"),
];

pub(super) const MEMORY: &[Written] = &[
    written(MEMORY_CHAPTER, "memory.size", "", "→ i32", "the number of pages"),
    written(
        MEMORY_CHAPTER,
        "memory.grow",
        "",
        "i32 → i32",
        "adds `x` pages; the former number, or -1",
    ),
    written(
        MEMORY_CHAPTER,
        "memory.init 0",
        "d",
        "i32 i32 i32 →",
        "copies `z` bytes of segment `d` from `y` on to `x`",
    ),
    written(MEMORY_CHAPTER, "data.drop 0", "d", "→", "empties the segment"),
    written(
        MEMORY_CHAPTER,
        "memory.copy",
        "",
        "i32 i32 i32 →",
        "copies `z` bytes from `y` on to `x`",
    ),
    written(MEMORY_CHAPTER, "memory.fill", "", "i32 i32 i32 →", "`z` bytes from `x` on become `y`"),
];

pub(super) const CONSTANTS: &[Written] = &[
    written(CORE, "i32.const 0", "n", "→ i32", "`n`"),
    written(CORE, "i64.const 0", "n", "→ i64", "`n`"),
    written(CORE, "f32.const 0", "z", "→ f32", "`z`"),
    written(CORE, "f64.const 0", "z", "→ f64", "`z`"),
];

pub(super) const REFERENCES: &[Written] = &[
    written(STORE, "ref.null func", "type", "→ ref", "no reference"),
    written(STORE, "ref.is_null", "", "ref → i32", "1 if it is none, else 0"),
    written(STORE, "ref.func 0", "f", "→ ref", "the function `f`"),
    written(
        REFERENCES_CHAPTER,
        "ref.as_non_null",
        "",
        "ref → ref",
        "the same; traps if it is null",
    ),
    written(REFERENCES_CHAPTER, "ref.eq", "", "ref ref → i32", "1 if the two are the same, else 0"),
    written(
        HEAP,
        "ref.test i31ref",
        "type",
        "ref → i32",
        "1 if the reference is of the type, else 0",
    ),
    written(HEAP, "ref.test (ref i31)", "(ref type)", "ref → i32", "the same, and null is not"),
    written(
        HEAP,
        "ref.cast i31ref",
        "type",
        "ref → ref",
        "the same; traps if it is not of the type",
    ),
    written(HEAP, "ref.cast (ref i31)", "(ref type)", "ref → ref", "the same; traps at null too"),
];

pub(super) const AGGREGATES: &[Written] = &[
    written(HEAP, "struct.new 2", "y", "fields → ref", "a new structure of type `y`"),
    written(HEAP, "struct.new_default 2", "y", "→ ref", "the same, all fields zero or null"),
    written(HEAP, "struct.get 2 0", "y f", "ref → t", "field `f`"),
    written(HEAP, "struct.get_s 2 1", "y f", "ref → i32", "field `f` of 8 or 16 bits, signed"),
    written(HEAP, "struct.get_u 2 1", "y f", "ref → i32", "the same, unsigned"),
    written(HEAP, "struct.set 2 0", "y f", "ref t →", "field `f` becomes `y`"),
    written(HEAP, "array.new 3", "y", "t i32 → ref", "a new array of type `y`: `y` times `x`"),
    written(HEAP, "array.new_default 3", "y", "i32 → ref", "the same: `x` times zero or null"),
    written(HEAP, "array.new_fixed 3 2", "y n", "t… → ref", "the same, of `n` operands"),
    written(
        HEAP,
        "array.new_data 3 0",
        "y d",
        "i32 i32 → ref",
        "the same: `y` elements of segment `d` from `x` on",
    ),
    written(HEAP, "array.new_elem 5 0", "y e", "i32 i32 → ref", "the same, of element segment `e`"),
    written(HEAP, "array.get 3", "y", "ref i32 → t", "the element at `y`"),
    written(HEAP, "array.get_s 4", "y", "ref i32 → i32", "the element of 8 or 16 bits, signed"),
    written(HEAP, "array.get_u 4", "y", "ref i32 → i32", "the same, unsigned"),
    written(HEAP, "array.set 3", "y", "ref i32 t →", "the element at `y` becomes `z`"),
    written(HEAP, "array.len", "", "ref → i32", "the number of elements"),
    written(
        HEAP,
        "array.fill 3",
        "y",
        "ref i32 t i32 →",
        "so many elements from `y` on become `z`",
    ),
    written(
        HEAP,
        "array.copy 3 3",
        "y s",
        "ref i32 ref i32 i32 →",
        "copies so many elements of the second array to the first",
    ),
    written(
        HEAP,
        "array.init_data 3 0",
        "y d",
        "ref i32 i32 i32 →",
        "copies so many elements of segment `d` from `z` on to `y`",
    ),
    written(
        HEAP,
        "array.init_elem 5 0",
        "y e",
        "ref i32 i32 i32 →",
        "the same, of element segment `e`",
    ),
    written(
        HEAP,
        "any.convert_extern",
        "",
        "externref → anyref",
        "takes a reference of the embedder in",
    ),
    written(
        HEAP,
        "extern.convert_any",
        "",
        "anyref → externref",
        "hands a reference out to the embedder",
    ),
    written(HEAP, "ref.i31", "", "i32 → ref", "31 bits of `x` as a reference"),
    written(HEAP, "i31.get_s", "", "ref → i32", "the 31 bits, signed"),
    written(HEAP, "i31.get_u", "", "ref → i32", "the 31 bits, unsigned"),
];

pub(super) const VECTORS_WRITTEN: &[Written] = &[
    written(
        VECTORS,
        "v128.const i32x4 0x00000000 0x00000000 0x00000000 0x00000000",
        "v",
        "→ v128",
        "`v`",
    ),
    written(
        VECTORS,
        "i8x16.shuffle 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
        "l…",
        "v128 v128 → v128",
        "sixteen bytes of both, by their numbers",
    ),
];
