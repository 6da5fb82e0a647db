//! An engine in front of an engine.

#[cfg(test)]
#[path = "check.rs"]
mod check;

use annex_embedding::{
    Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, Imports,
    InstanceAddr, MemAddr, Switchboard, TableAddr, TagAddr, Value,
};
use ch09_module::{FuncType, GlobalType, MemoryType, TableType};

/// An engine that makes a limited number of calls.
pub struct Limited<E> {
    engine: E,
    left: u32,
}

impl<E> Limited<E> {
    /// Puts a limit in front of an engine.
    pub fn new(engine: E, limit: u32) -> Limited<E> {
        Limited { engine, left: limit }
    }

    /// How many calls are left.
    pub fn left(&self) -> u32 {
        self.left
    }
}

impl<E: Engine> Engine for Limited<E> {
    fn invoke(
        &mut self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error> {
        let none_left = || Error::Call("no calls left".to_owned());
        self.left = self.left.checked_sub(1).ok_or_else(none_left)?;
        self.engine.invoke(function, arguments)
    }

    // From here on everything is passed on as it is.
    fn name(&self) -> &'static str {
        self.engine.name()
    }
    fn instantiate(
        &mut self,
        module: &[u8],
        imports: &Imports,
    ) -> Result<InstanceAddr, Error> {
        self.engine.instantiate(module, imports)
    }
    fn validate(&self, module: &[u8]) -> Result<(), Error> {
        self.engine.validate(module)
    }
    fn exports(&self, instance: InstanceAddr) -> &[(String, Extern)] {
        self.engine.exports(instance)
    }
    fn add_function(&mut self, function: HostFunction) -> FuncAddr {
        self.engine.add_function(function)
    }
    fn add_table(&mut self, ty: TableType) -> Result<TableAddr, Error> {
        self.engine.add_table(ty)
    }
    fn add_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        self.engine.add_memory(ty)
    }
    fn add_global(
        &mut self,
        ty: GlobalType,
        value: Value,
    ) -> Result<GlobalAddr, Error> {
        self.engine.add_global(ty, value)
    }
    fn add_tag(&mut self, ty: FuncType) -> Result<TagAddr, Error> {
        self.engine.add_tag(ty)
    }
    fn func_type(&self, function: FuncAddr) -> Option<FuncType> {
        self.engine.func_type(function)
    }
    fn global(&mut self, global: GlobalAddr) -> Option<Value> {
        self.engine.global(global)
    }
    fn set_global(
        &mut self,
        global: GlobalAddr,
        value: Value,
    ) -> Result<(), Error> {
        self.engine.set_global(global, value)
    }
    fn table_size(&self, table: TableAddr) -> u64 {
        self.engine.table_size(table)
    }
    fn table_get(&mut self, table: TableAddr, index: u64) -> Option<Value> {
        self.engine.table_get(table, index)
    }
    fn memory(&self, memory: MemAddr) -> &[u8] {
        self.engine.memory(memory)
    }
    fn memory_mut(&mut self, memory: MemAddr) -> &mut [u8] {
        self.engine.memory_mut(memory)
    }
    fn instructions(&self) -> Option<u64> {
        self.engine.instructions()
    }
    fn fuel(&self) -> Option<u64> {
        self.engine.fuel()
    }
    fn set_fuel(&mut self, fuel: u64) {
        self.engine.set_fuel(fuel);
    }
}

fn main() {
    let mut engine = Limited::new(Switchboard::default(), 2);
    let half = engine.add_function(HostFunction::new(|x: f64| x / 2.0));
    for call in 1..=3 {
        let outcome = engine.invoke(half, &[f64::from(call).into()]);
        println!("call {call}: {outcome:?}");
    }
    println!("The third should be refused.");
}
