//! What the modules can import: functions that keep a record, a memory, a table, globals.

use std::cell::RefCell;
use std::rc::Rc;

use annex_embedding::{Engine, Extern, Imports};
use ch07_values::NumType;
use ch09_module::{AddressType, GlobalType, Limits, MemoryType, RefType, TableType, ValType};

/// The imports as a module.
pub const IMPORTS: &str = r#"(module
    (import "host" "note" (func (param i32 i64 f32 f64)))
    (import "host" "mix" (func (param i32 i64) (result i64)))
    (import "host" "fail" (func (param i32) (result i32)))
    (import "host" "memory" (memory 1 4))
    (import "host" "table" (table 8 16 funcref))
    (import "host" "constant" (global i64))
    (import "host" "variable" (global (mut f64))))"#;

/// The host of one engine.
pub(crate) struct Host {
    pub(crate) imports: Imports,
    /// What a module can change.
    pub(crate) items: Vec<(String, Extern)>,
    calls: Rc<RefCell<Vec<String>>>,
}

impl Host {
    pub(crate) fn new(engine: &mut dyn Engine) -> Host {
        let calls = Rc::new(RefCell::new(Vec::new()));
        let record = || {
            let calls = Rc::clone(&calls);
            move |call: String| calls.borrow_mut().push(call)
        };
        let mut imports = Imports::new();
        let note = record();
        imports.func(engine, "host", "note", move |a: i32, b: i64, c: f32, d: f64| {
            note(format!("note {a} {b} {:#x} {:#x}", c.to_bits(), d.to_bits()));
        });
        let mix = record();
        imports.func(engine, "host", "mix", move |a: i32, b: i64| {
            mix(format!("mix {a} {b}"));
            b.rotate_left(7) ^ i64::from(a)
        });
        let fail = record();
        imports.func(engine, "host", "fail", move |a: i32| {
            fail(format!("fail {a}"));
            if a % 3 == 1 { Err("the host has failed") } else { Ok(a.wrapping_mul(3)) }
        });

        let memory = MemoryType::new(AddressType::I32, Limits { min: 1, max: Some(4) });
        let memory = engine.add_memory(memory).expect("there is room for a page");
        let table = TableType {
            address: AddressType::I32,
            limits: Limits { min: 8, max: Some(16) },
            element: RefType::FUNCREF,
        };
        let table = engine.add_table(table).expect("there is room for eight elements");
        let mut global = |content, mutable, value| {
            let ty = GlobalType { content: ValType::Num(content), mutable };
            engine.add_global(ty, value).expect("the value is of the type")
        };
        let items = vec![
            ("memory".to_owned(), Extern::Memory(memory)),
            ("table".to_owned(), Extern::Table(table)),
            ("constant".to_owned(), Extern::Global(global(NumType::I64, false, 24_i64.into()))),
            ("variable".to_owned(), Extern::Global(global(NumType::F64, true, (-0.5).into()))),
        ];
        for (name, item) in &items {
            imports.define("host", name, *item);
        }
        Host { imports, items, calls }
    }

    /// The calls so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.borrow_mut().clone()
    }
}
