//! The host module `spectest`, from which the suite's modules import.

use annex_embedding::{Engine, Error, Extern, Imports, Value};
use ch07_values::NumType;
use ch09_module::{AddressType, GlobalType, Limits, MemoryType, RefType, TableType, ValType};

const NAME: &str = "spectest";

/// Makes the module. What the engine cannot make is handed back, by its name.
pub(crate) fn define(engine: &mut dyn Engine, imports: &mut Imports) -> Vec<(String, Error)> {
    imports.func(engine, NAME, "print", || {});
    imports.func(engine, NAME, "print_i32", |_: i32| {});
    imports.func(engine, NAME, "print_i64", |_: i64| {});
    imports.func(engine, NAME, "print_f32", |_: f32| {});
    imports.func(engine, NAME, "print_f64", |_: f64| {});
    imports.func(engine, NAME, "print_i32_f32", |_: i32, _: f32| {});
    imports.func(engine, NAME, "print_f64_f64", |_: f64, _: f64| {});

    let global = |ty| GlobalType { content: ValType::Num(ty), mutable: false };
    let table = |address| TableType {
        address,
        limits: Limits { min: 10, max: Some(20) },
        element: RefType::FUNCREF,
    };
    let memory = MemoryType::new(AddressType::I32, Limits { min: 1, max: Some(2) });
    let items = [
        ("global_i32", engine.add_global(global(NumType::I32), 666_i32.into()).map(Extern::Global)),
        ("global_i64", engine.add_global(global(NumType::I64), 666_i64.into()).map(Extern::Global)),
        (
            "global_f32",
            engine.add_global(global(NumType::F32), 666.6_f32.into()).map(Extern::Global),
        ),
        (
            "global_f64",
            engine.add_global(global(NumType::F64), Value::from(666.6)).map(Extern::Global),
        ),
        ("table", engine.add_table(table(AddressType::I32)).map(Extern::Table)),
        ("table64", engine.add_table(table(AddressType::I64)).map(Extern::Table)),
        ("memory", engine.add_memory(memory).map(Extern::Memory)),
    ];
    let mut missing = Vec::new();
    for (name, item) in items {
        match item {
            Ok(item) => imports.define(NAME, name, item),
            Err(error) => missing.push((name.to_owned(), error)),
        }
    }
    missing
}
