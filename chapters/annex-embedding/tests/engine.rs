//! What an engine need not write itself, on one that has an instance: exports,
//! calls by name, the memory of a caller.

use std::cell::Cell;
use std::rc::Rc;

use annex_embedding::{
    Caller, Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, Imports,
    InstanceAddr, MemAddr, Switchboard, TableAddr, TagAddr, Value,
};
use ch07_values::{NumType, Trap};
use ch09_module::{
    AddressType, FuncType, GlobalType, Limits, MemoryType, RefType, TableType,
    ValType,
};

const HERE: InstanceAddr = InstanceAddr(4);

/// A switchboard with one instance, at address 4. Its exports are a function
/// that subtracts, a table that is called like a memory, and the memory.
struct OneInstance {
    functions: Switchboard,
    exports: Vec<(String, Extern)>,
    bytes: [u8; 3],
}

impl OneInstance {
    fn new() -> OneInstance {
        let mut functions = Switchboard::default();
        functions.add_function(HostFunction::new(|| 0));
        let subtract = HostFunction::new(|a: i32, b: i32| a - b);
        let subtract = Extern::Func(functions.add_function(subtract));
        let exports = [
            ("subtract", subtract),
            ("table", Extern::Table(TableAddr(0))),
            ("memory", Extern::Memory(MemAddr(2))),
        ];
        let exports = exports.map(|(name, item)| (name.to_owned(), item));
        OneInstance { functions, exports: exports.into(), bytes: [1, 2, 3] }
    }
}

impl Engine for OneInstance {
    fn name(&self) -> &'static str {
        "one instance"
    }

    fn validate(&self, module: &[u8]) -> Result<(), Error> {
        self.functions.validate(module)
    }

    fn instantiate(
        &mut self,
        module: &[u8],
        imports: &Imports,
    ) -> Result<InstanceAddr, Error> {
        self.functions.instantiate(module, imports)
    }

    fn exports(&self, instance: InstanceAddr) -> &[(String, Extern)] {
        if instance == HERE { &self.exports } else { &[] }
    }

    fn add_function(&mut self, function: HostFunction) -> FuncAddr {
        self.functions.add_function(function)
    }

    fn add_table(&mut self, ty: TableType) -> Result<TableAddr, Error> {
        self.functions.add_table(ty)
    }

    fn add_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        self.functions.add_memory(ty)
    }

    fn add_global(
        &mut self,
        ty: GlobalType,
        value: Value,
    ) -> Result<GlobalAddr, Error> {
        self.functions.add_global(ty, value)
    }

    fn add_tag(&mut self, ty: FuncType) -> Result<TagAddr, Error> {
        self.functions.add_tag(ty)
    }

    fn func_type(&self, function: FuncAddr) -> Option<FuncType> {
        self.functions.func_type(function)
    }

    fn invoke(
        &mut self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error> {
        self.functions.invoke(function, arguments)
    }

    fn global(&mut self, global: GlobalAddr) -> Option<Value> {
        self.functions.global(global)
    }

    fn set_global(
        &mut self,
        global: GlobalAddr,
        value: Value,
    ) -> Result<(), Error> {
        self.functions.set_global(global, value)
    }

    fn table_size(&self, table: TableAddr) -> u64 {
        self.functions.table_size(table)
    }

    fn table_get(&mut self, table: TableAddr, index: u64) -> Option<Value> {
        self.functions.table_get(table, index)
    }

    fn memory(&self, memory: MemAddr) -> &[u8] {
        if memory == MemAddr(2) { &self.bytes } else { &[] }
    }

    fn memory_mut(&mut self, memory: MemAddr) -> &mut [u8] {
        if memory == MemAddr(2) { &mut self.bytes } else { &mut [] }
    }
}

#[test]
fn an_export_is_found_by_its_name() {
    let engine = OneInstance::new();
    let table = Extern::Table(TableAddr(0));
    assert_eq!(engine.export(HERE, "table"), Some(table));
    assert_eq!(engine.export(HERE, "tables"), None);
    assert_eq!(engine.export(InstanceAddr(0), "table"), None);
    let mut imports = Imports::new();
    imports.instance(&engine, "here", HERE);
    imports.instance(&engine, "there", InstanceAddr(0));
    for (name, item) in &engine.exports {
        assert_eq!(imports.get("here", name), Some(*item));
        assert_eq!(imports.get("there", name), None);
    }
}

#[test]
fn a_function_is_called_by_its_name_and_nothing_else_is() {
    let mut engine = OneInstance::new();
    let arguments = [7.into(), 5.into()];
    let results = engine.call(HERE, "subtract", &arguments).unwrap();
    assert_eq!(results, [2.into()]);
    for (instance, name) in
        [(HERE, "memory"), (HERE, "add"), (InstanceAddr(0), "subtract")]
    {
        let error = engine.call(instance, name, &arguments).unwrap_err();
        let text = format!("there is no exported function `{name}`");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn the_memory_of_a_caller_is_the_one_that_it_exports_under_this_name() {
    let mut engine = OneInstance::new();
    let mut caller = Caller::new(&mut engine, Some(HERE));
    let memory = Extern::Memory(MemAddr(2));
    assert_eq!(caller.export("memory"), Some(memory));
    caller.memory().unwrap()[1] = 9;
    assert_eq!(caller.engine().memory(MemAddr(2)), [1, 9, 3]);
    // What is called a memory and is none.
    engine.exports[2].1 = Extern::Table(TableAddr(2));
    let mut caller = Caller::new(&mut engine, Some(HERE));
    assert!(caller.memory().is_none());
}

#[test]
fn an_engine_that_counts_nothing_has_no_fuel() {
    let mut engine = Switchboard::default();
    engine.set_fuel(7);
    assert_eq!((engine.fuel(), engine.instructions()), (None, None));
}

#[test]
fn the_smallest_engine_has_functions_and_nothing_else() {
    let mut engine = Switchboard::default();
    assert_eq!(engine.name(), "switchboard");
    let function = engine.add_function(HostFunction::new(|_: i64| 0.5_f32));
    let ty = engine.func_type(function).unwrap();
    assert_eq!(ty.to_string(), "(param i64) (result f32)");
    assert_eq!(engine.func_type(FuncAddr(1)), None);

    let limits = Limits { min: 1, max: None };
    let memory = MemoryType::new(AddressType::I32, limits);
    let element = RefType::FUNCREF;
    let table = TableType { address: AddressType::I32, limits, element };
    let content = ValType::Num(NumType::I32);
    let global = GlobalType { content, mutable: true };
    let lacks = |error: Error| error.to_string();
    assert_eq!(
        lacks(engine.add_memory(memory).unwrap_err()),
        "not yet: memories"
    );
    assert_eq!(lacks(engine.add_table(table).unwrap_err()), "not yet: tables");
    let error = engine.add_global(global, 1.into()).unwrap_err();
    assert_eq!(lacks(error), "not yet: globals");
    let error = engine.set_global(GlobalAddr(0), 1.into()).unwrap_err();
    assert_eq!(lacks(error), "not yet: globals");
    let error = engine.add_tag(FuncType::default()).unwrap_err();
    assert_eq!(lacks(error), "not yet: tags");
    assert_eq!(engine.global(GlobalAddr(0)), None);
    assert_eq!(engine.table_size(TableAddr(0)), 0);
    assert_eq!(engine.table_get(TableAddr(0), 0), None);
    assert_eq!(engine.memory(MemAddr(0)), []);
    assert_eq!(engine.memory_mut(MemAddr(0)), []);
    assert_eq!(engine.exports(InstanceAddr(0)), []);
}

#[test]
fn calls_nest_as_deep_as_the_limit_and_no_deeper() {
    let mut engine = Switchboard::default();
    let calls = Rc::new(Cell::new(0));
    let counted = calls.clone();
    let deeper = HostFunction::new(move |caller: &mut Caller<'_>| {
        counted.set(counted.get() + 1);
        caller.engine().invoke(FuncAddr(0), &[]).map(|_| ())
    });
    let deeper = engine.add_function(deeper);
    for _ in 0..2 {
        calls.set(0);
        let error = engine.invoke(deeper, &[]).unwrap_err();
        assert_eq!(error.trap(), Some(Trap::CallStackExhausted));
        assert_eq!(calls.get(), DEPTH);
    }
}

/// How deep calls of a switchboard may nest.
const DEPTH: u32 = 100;

#[test]
fn a_function_is_shown_with_its_type() {
    let function = HostFunction::new(|_: i32| 0.5);
    let text = "HostFunction((param i32) (result f64))";
    assert_eq!(format!("{function:?}"), text);
}
