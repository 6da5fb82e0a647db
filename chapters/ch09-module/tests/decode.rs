//! Bytes and text become the same tree.

use std::error::Error;
use std::io;
use std::path::Path;

use ch07_values::Number;
use ch08_numeric::Numeric;
use ch09_module::{
    AddressType, Block, BlockType, BrTable, Bytes, Control, ExportItem,
    FEATURES, FuncIdx, GlobalIdx, Instr, LabelIdx, Limits, LocalIdx,
    MemoryType, Module, RefType, TableType, TypeIdx, Vector, WasmFeatures,
};

const COUNTDOWN: &str = r#"
(module $countdown
  (func (export "run") (param $n i32) (result i32)
    loop $again
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end
    local.get $n))
"#;

#[test]
fn a_function_is_a_tree_of_instructions() {
    let module = Module::from_text(COUNTDOWN).unwrap();
    let n = LocalIdx(0);
    let again = Block {
        ty: BlockType::Empty,
        body: vec![
            Instr::LocalGet(n),
            Number::I32(1).into(),
            Numeric::I32Sub.into(),
            Instr::LocalTee(n),
            Control::BrIf(LabelIdx(0)).into(),
        ]
        .into(),
    };
    let expected = [Control::Loop(Box::new(again)).into(), Instr::LocalGet(n)];
    assert_eq!(module.functions[0].read().body[..], expected);
    assert_eq!(module.functions[0].ty, TypeIdx(0));
    assert_eq!(module.exports[0].name, "run");
    assert_eq!(module.exports[0].item, ExportItem::Func(FuncIdx(0)));
}

#[test]
fn a_table_of_branches_keeps_its_labels_in_their_order() {
    let text = "(module (func (param i32)
        block block block
          local.get 0
          br_table 2 0 1 0 3
        end end end))";
    let module = Module::from_text(text).unwrap();
    let mut body = &module.functions[0].read().body[..];
    while let [Instr::Control(Control::Block(block)), ..] = body {
        body = &block.body;
    }
    let expected = BrTable {
        labels: [2, 0, 1, 0].map(LabelIdx).into(),
        default: LabelIdx(3),
    };
    assert_eq!(body[1], Control::BrTable(Box::new(expected)).into());
    assert_eq!(body[1].to_string(), "br_table 2 0 1 0 3");
}

#[test]
fn names_are_kept() {
    let names = Module::from_text(COUNTDOWN).unwrap().names;
    assert_eq!(names.module.as_deref(), Some("countdown"));
    assert_eq!(names.locals[&(FuncIdx(0), LocalIdx(0))], "n");
    assert_eq!(names.labels[&(FuncIdx(0), 0)], "again");
}

#[test]
fn text_and_binary_are_told_apart() {
    let text = Module::from_bytes(COUNTDOWN.as_bytes()).unwrap();
    let binary =
        Module::from_bytes(&wat::parse_str(COUNTDOWN).unwrap()).unwrap();
    assert_eq!(text, binary);
}

/// `(module …)` may be left out, and then the fields that are left may be none.
#[test]
fn what_a_module_shares_is_not_copied() {
    let parts = ["(func)", "(memory 1) (data \"a\")", "(@custom \"a\" \"x\")"];
    for part in parts {
        let bytes = Bytes::from(wat::parse_str(part).unwrap());
        let copied = Module::from_binary(&bytes).unwrap();
        assert!(bytes.is_unique(), "{part} is no copy");
        let shared = Module::from_shared(bytes.clone(), FEATURES).unwrap();
        assert!(!bytes.is_unique(), "{part} is a copy");
        assert_eq!(shared, copied);
        drop(shared);
        assert!(bytes.is_unique(), "{part} is still there");
    }
}

#[test]
fn text_can_be_shared_too() {
    let text = Bytes::from_static(COUNTDOWN.as_bytes());
    let module = Module::from_shared(text, FEATURES).unwrap();
    assert_eq!(module, Module::from_text(COUNTDOWN).unwrap());
    assert!(Module::from_shared("(func i32.add)".into(), FEATURES).is_err());
}

#[test]
fn a_text_without_fields_is_the_empty_module() {
    let empty = Module::from_text("(module)").unwrap();
    for text in ["", " \n\t", ";; nothing", "(; no (; thing ;) ;)\n;;\n"] {
        assert_eq!(Module::from_bytes(text.as_bytes()).unwrap(), empty);
        assert_eq!(Module::from_text(text).unwrap(), empty, "{text:?}");
    }
    for text in ["(;", "()", "(module", "\u{7f}", "\"\"", "$a"] {
        assert!(Module::from_text(text).is_err(), "{text:?}");
    }
    // The binary format has no abbreviations.
    assert!(Module::from_binary(b"").is_err());
}

#[test]
fn an_error_of_the_system_is_the_source_of_the_module_s_error() {
    let missing =
        Module::from_file(Path::new("no such file.wasm")).unwrap_err();
    let source = missing.source().expect("the system's own error");
    let source = source.downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::NotFound);
    assert!(missing.to_string().contains("`no such file.wasm`"), "{missing}");
    assert!(Module::from_text("(").unwrap_err().source().is_none());
    assert!(Module::from_binary(b"\0asm").unwrap_err().source().is_none());
}

#[test]
fn page_sizes_are_a_proposal() {
    let text = br#"(module
        (memory i64 5 7 (pagesize 1)) (memory 2 (pagesize 65536)) (memory 3))"#;
    let error = Module::from_bytes(text).unwrap_err().to_string();
    assert!(error.contains("custom page sizes proposal"), "{error}");
    let features = FEATURES.union(WasmFeatures::CUSTOM_PAGE_SIZES);
    let module = Module::from_bytes_with(text, features).unwrap();
    let limits = |min, max| Limits { min, max };
    let bytes = MemoryType {
        page_size: 1,
        ..MemoryType::new(AddressType::I64, limits(5, Some(7)))
    };
    let pages = |min| MemoryType::new(AddressType::I32, limits(min, None));
    assert_eq!(module.memories, [bytes, pages(2), pages(3)]);
    assert_eq!(bytes.to_string(), "i64 5 7 (pagesize 1)");
    assert_eq!(pages(2).to_string(), "2");
    let printed = module.to_string();
    let again = Module::from_bytes_with(printed.as_bytes(), features).unwrap();
    assert_eq!(again, module, "{printed}");
}

#[test]
fn a_valid_memory_can_give_each_byte_an_address() {
    let most = |address, page_size| {
        let limits = Limits { min: 0, max: None };
        let ty = MemoryType { address, limits, page_size };
        let max_pages = ty.max_pages();
        let with = |min, max| {
            MemoryType { limits: Limits { min, max }, ..ty }.is_valid()
        };
        assert!(with(0, Some(max_pages)) && with(max_pages, None));
        assert!(with(2, Some(2)) && !with(3, Some(2)));
        if let Some(more) = max_pages.checked_add(1) {
            assert!(!with(0, Some(more)) && !with(more, None));
        }
        max_pages
    };
    let page = MemoryType::PAGE_SIZE;
    assert_eq!(most(AddressType::I32, page), 65_536);
    assert_eq!(most(AddressType::I64, page), 1 << 48);
    // A number for 2 to the power of 32 pages would need 33 bits.
    assert_eq!(most(AddressType::I32, 1), u64::from(u32::MAX));
    assert_eq!(most(AddressType::I64, 1), u64::MAX);
    for page_size in [0, 2, 32_768, 131_072] {
        let limits = Limits { min: 0, max: None };
        let ty = MemoryType {
            page_size,
            ..MemoryType::new(AddressType::I32, limits)
        };
        assert!(!ty.is_valid(), "{page_size}");
    }
}

#[test]
fn a_valid_table_can_give_each_element_an_index() {
    let valid = |address, min, max| {
        let limits = Limits { min, max };
        TableType { address, limits, element: RefType::FUNCREF }.is_valid()
    };
    assert!(valid(AddressType::I32, 3, Some(3)));
    assert!(!valid(AddressType::I32, 3, Some(2)));
    assert!(valid(AddressType::I32, 0, Some(u32::MAX.into())));
    assert!(!valid(AddressType::I32, 1 << 32, None));
    assert!(!valid(AddressType::I32, 0, Some(1 << 32)));
    assert!(valid(AddressType::I64, u64::MAX, Some(u64::MAX)));
}

#[test]
fn variables_of_vectors_are_of_their_family() {
    let module = Module::from_text(
        "(module
          (import \"m\" \"g\" (global $imported v128))
          (global $n (mut i32) (i32.const 0))
          (global $copy (mut v128) (global.get $imported))
          (func (param i32 v128) (local i64 v128)
            local.get 1 local.tee 3 local.set 1
            local.get 0 drop local.get 2 local.set 2
            global.get $copy global.set $copy
            global.get $n global.set $n))",
    )
    .unwrap();
    let function = module.functions[0].read();
    let body: Vec<&Instr> = function.body.iter().collect();
    assert_eq!(*body[0], Vector::LocalGet(LocalIdx(1)).into());
    assert_eq!(*body[1], Vector::LocalTee(LocalIdx(3)).into());
    assert_eq!(*body[2], Vector::LocalSet(LocalIdx(1)).into());
    assert_eq!(*body[3], Instr::LocalGet(LocalIdx(0)));
    assert_eq!(*body[5], Instr::LocalGet(LocalIdx(2)));
    assert_eq!(*body[7], Vector::GlobalGet(GlobalIdx(2)).into());
    assert_eq!(*body[8], Vector::GlobalSet(GlobalIdx(2)).into());
    assert_eq!(*body[9], Instr::GlobalGet(GlobalIdx(1)));
    assert_eq!(
        module.globals[1].init[..],
        [Vector::GlobalGet(GlobalIdx(0)).into()]
    );
    // In text they look like all others.
    assert_eq!(Module::from_text(&module.to_string()).unwrap(), module);
    assert!(module.to_string().contains("local.tee 3"));
}

#[test]
fn older_versions_of_the_standard_know_less() {
    let table = b"(module (table 1 externref))";
    assert!(Module::from_bytes(table).is_ok());
    assert!(Module::from_bytes_with(table, WasmFeatures::WASM2).is_ok());
    assert!(Module::from_bytes_with(table, WasmFeatures::WASM1).is_err());
}

#[test]
fn invalid_modules_can_be_decoded() {
    let binary =
        wat::parse_str("(module (func (result i32) i64.const 1 local.get 5))")
            .unwrap();
    assert!(Module::from_binary(&binary).is_err());
    let module = Module::decode(&binary).unwrap();
    assert_eq!(module.functions[0].read().body.len(), 2);
    assert!(Module::decode(&binary[..binary.len() - 1]).is_err());
}

#[test]
fn the_feature_set_is_the_standard_and_no_more() {
    for (text, valid) in [
        ("(module (memory i64 1))", true),
        (
            "(module (func (result v128) v128.const i32x4 0 0 0 0 v128.const i32x4 0 0 0 0 i8x16.relaxed_swizzle))",
            true,
        ),
        ("(module (memory 1 1 shared))", false),
        ("(module (memory 1 (pagesize 1)))", false),
        (
            "(module (func (param i64 i64 i64 i64) (result i64 i64) local.get 0 local.get 1 local.get 2 local.get 3 i64.add128))",
            false,
        ),
        ("(component)", false),
    ] {
        assert_eq!(Module::from_text(text).is_ok(), valid, "{text}");
    }
}

#[test]
fn a_proposal_is_decoded_where_its_feature_is_on() {
    let text = b"(module (func (param i64 i64) (result i64 i64)
        local.get 0 local.get 1 i64.mul_wide_s))";
    assert!(Module::from_bytes(text).is_err());
    let wide = FEATURES.union(WasmFeatures::WIDE_ARITHMETIC);
    let module = Module::from_bytes_with(text, wide).unwrap();
    assert_eq!(module.functions[0].read().body[2], Numeric::I64MulWideS.into());
}

/// The tree has no place for it, and without it they would be something else.
#[test]
fn what_threads_share_is_refused() {
    let features = FEATURES
        .union(WasmFeatures::THREADS)
        .union(WasmFeatures::SHARED_EVERYTHING_THREADS);
    for text in [
        "(memory 1 1 shared)",
        "(import \"host\" \"memory\" (memory 1 1 shared))",
        "(table shared 1 (ref null (shared func)))",
        "(global (shared i32) (i32.const 7))",
        "(type (shared (func)))",
    ] {
        let module = format!("(module {text})");
        let refused = Module::from_bytes_with(module.as_bytes(), features);
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("not a part of the standard 3.0"), "{error}");
    }
}

#[test]
fn an_instruction_is_three_words() {
    // A larger variant goes into a box: a program is a long list of these.
    assert_eq!(size_of::<Instr>(), 24);
}

#[test]
fn a_select_of_several_types_is_refused() {
    let several =
        "(module (func (drop (select (result i32 i32) unreachable))))";
    assert!(Module::from_text(several).is_err());
}
