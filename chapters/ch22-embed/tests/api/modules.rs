//! Modules: what is read of them, and what is wrong with them.

use ch22_embed::{
    AddressType, Config, Engine, ExternType, FuncType, GlobalType, Limits,
    MemoryType, Module, Mutability, RefType, Strategy, TableType, ValType,
};

use crate::module;

const ALL: &str = r#"(module $all
    (import "a" "func" (func $f (param i32 i64) (result f32)))
    (import "a" "global" (global $g f64))
    (import "b" "table" (table 1 2 funcref))
    (import "b" "memory" (memory 3))
    (import "b" "tag" (tag (param v128)))
    (func (export "own") (param externref) (result v128) (v128.const i64x2 0 0))
    (global (export "counter") (mut i32) (i32.const 0))
    (table (export "elements") 4 externref)
    (memory (export "bytes") i64 1 2)
    (tag (export "thrown") (param i32))
    (export "again" (func $f)) (export "shared" (global $g))
    (@custom "note" "made by hand"))"#;

#[test]
fn imports_and_exports_have_names_and_types() {
    let module = module(&Engine::default(), ALL);
    assert_eq!(module.name(), Some("all"));
    let func = ExternType::Func(FuncType::new(
        [ValType::I32, ValType::I64],
        [ValType::F32],
    ));
    let global =
        ExternType::Global(GlobalType::new(ValType::F64, Mutability::Const));
    let table = |limits, element| {
        ExternType::Table(TableType {
            address: AddressType::I32,
            limits,
            element,
        })
    };
    let memory = |address, min, max| {
        ExternType::Memory(MemoryType::new(address, Limits { min, max }))
    };

    let imports: Vec<_> = module
        .imports()
        .map(|import| (import.module(), import.name(), import.ty().clone()))
        .collect();
    let two = Limits { min: 1, max: Some(2) };
    let tag = ExternType::Tag(FuncType::new([ValType::V128], []));
    assert_eq!(
        imports,
        [
            ("a", "func", func.clone()),
            ("a", "global", global.clone()),
            ("b", "table", table(two, RefType::FUNCREF)),
            ("b", "memory", memory(AddressType::I32, 3, None)),
            ("b", "tag", tag),
        ]
    );

    let exports: Vec<_> = module
        .exports()
        .map(|export| (export.name(), export.ty().clone()))
        .collect();
    let own = FuncType::new([ValType::EXTERNREF], [ValType::V128]);
    let four = Limits { min: 4, max: None };
    assert_eq!(
        exports,
        [
            ("own", ExternType::Func(own)),
            (
                "counter",
                ExternType::Global(GlobalType::new(
                    ValType::I32,
                    Mutability::Var
                ))
            ),
            (
                "elements",
                table(
                    four,
                    RefType {
                        nullable: true,
                        heap: ch22_embed::HeapType::Extern
                    }
                )
            ),
            ("bytes", memory(AddressType::I64, 1, Some(2))),
            ("thrown", ExternType::Tag(FuncType::new([ValType::I32], []))),
            ("again", func),
            ("shared", global),
        ]
    );
    for (name, ty) in exports {
        assert_eq!(module.get_export(name), Some(ty));
    }
    assert_eq!(module.get_export("none"), None);
}

#[test]
fn custom_sections_are_there_without_the_names() {
    let module = module(&Engine::default(), ALL);
    let customs: Vec<_> = module.custom_sections().collect();
    assert_eq!(customs, [("note", &b"made by hand"[..])]);
}

#[test]
fn the_binary_of_a_text_is_the_same_module() {
    let engine = Engine::default();
    let text = module(&engine, ALL);
    for binary in [
        Module::new(&engine, text.binary()),
        Module::from_shared(&engine, text.binary().clone()),
    ] {
        let binary = binary.expect("it is valid");
        assert_eq!(binary.binary(), text.binary());
        assert!(binary.imports().eq(text.imports()));
        assert!(binary.exports().eq(text.exports()));
    }
}

#[test]
fn files_are_read_in_both_formats() {
    let engine = Engine::default();
    let folder =
        std::env::temp_dir().join(format!("ch22-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let (text, binary) = (folder.join("m.wat"), folder.join("m.wasm"));
    std::fs::write(&text, ALL).expect("a file can be written");
    std::fs::write(&binary, module(&engine, ALL).binary())
        .expect("a file can be written");
    for file in [&text, &binary] {
        let module = Module::from_file(&engine, file).expect("it is valid");
        assert_eq!(module.name(), Some("all"));
    }
    let missing =
        Module::from_file(&engine, folder.join("none.wasm")).unwrap_err();
    assert!(missing.to_string().contains("none.wasm"), "{missing}");
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}

#[test]
fn errors_say_where() {
    let engine = Engine::default();
    let text =
        Module::new(&engine, "(module\n  (func i32.nothing))").unwrap_err();
    assert!(text.to_string().contains(":2:"), "{text}");
    let invalid = "(module\n  (func (result i32)\n    i64.const 1))";
    let invalid_text = Module::new(&engine, invalid).unwrap_err().to_string();
    assert!(invalid_text.contains("type mismatch"), "{invalid_text}");
    assert!(
        !invalid_text.contains("offset"),
        "the line is told: {invalid_text}"
    );
    let bytes = wat::parse_str(invalid).expect("it is well-formed");
    let binary = Module::new(&engine, &bytes).unwrap_err().to_string();
    assert!(
        binary.contains("type mismatch") && binary.contains("0x"),
        "{binary}"
    );
    for bytes in
        [&b"\0asm"[..], b"\0asm\x01\0\0\0\x01", b"\xff\xfe", b"(module"]
    {
        assert!(Module::new(&engine, bytes).is_err());
        assert!(Module::validate(&engine, bytes).is_err());
    }
    assert!(Module::validate(&engine, ALL.as_bytes()).is_ok());
    assert!(Module::validate(&engine, module(&engine, ALL).binary()).is_ok());
}

#[test]
fn the_features_decide_what_is_valid() {
    let text = "(module (func (param i32) (return_call 0 (local.get 0))))";
    let mut config = Config::new();
    assert!(Module::new(&Engine::new(&config), text).is_ok());
    config.features(ch22_embed::WasmFeatures::WASM2);
    let old = Engine::new(&config);
    assert!(Module::new(&old, text).is_err());
    assert!(Module::validate(&old, text.as_bytes()).is_err());
}

#[test]
fn clones_share_an_engine() {
    let engine = Engine::default();
    assert!(Engine::same(&engine, &engine.clone()));
    assert!(!Engine::same(&engine, &Engine::default()));
    assert!(Engine::same(module(&engine, "(module)").engine(), &engine));
    for strategy in Strategy::ALL {
        assert_eq!(Strategy::from_name(strategy.name()), Some(strategy));
    }
    assert_eq!(Strategy::from_name("none"), None);
    assert_eq!(Strategy::default(), Strategy::Fast);
}

#[test]
fn engines_and_modules_go_to_other_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Engine>();
    is_shared::<Module>();
    is_shared::<ch22_embed::Linker<()>>();
    is_shared::<ch22_embed::Error>();
    is_shared::<ch22_embed::InterruptHandle>();
    let engine = Engine::default();
    let module = module(
        &engine,
        r#"(module (func (export "f") (result i32) i32.const 7))"#,
    );
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let module = module.clone();
            std::thread::spawn(move || {
                let mut store = ch22_embed::Store::new(module.engine(), ());
                let instance =
                    ch22_embed::Instance::new(&mut store, &module, &[])
                        .unwrap();
                let f = instance
                    .get_typed_func::<(), i32>(&mut store, "f")
                    .unwrap();
                f.call(&mut store, ()).unwrap()
            })
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 7));
}

#[test]
fn types_are_written_as_the_text_format_does() {
    let ty = FuncType::new([ValType::I32, ValType::FUNCREF], [ValType::V128]);
    assert_eq!(ty.to_string(), "(i32, funcref) -> (v128)");
    let module = module(&Engine::default(), ALL);
    let words: Vec<String> =
        module.imports().map(|import| import.ty().to_string()).collect();
    assert_eq!(
        words,
        [
            "func (i32, i64) -> (f32)",
            "global f64",
            "table 1 2 funcref",
            "memory 3",
            "tag (v128)"
        ]
    );
    assert!(
        ValType::F64.is_num()
            && !ValType::V128.is_num()
            && !ValType::ANYREF.is_num()
    );
    assert!(ValType::EXNREF.is_ref() && !ValType::I64.is_ref());
}
