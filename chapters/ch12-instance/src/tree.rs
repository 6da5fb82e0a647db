//! The store as an engine.

use ch09_module::{FuncType, GlobalType, MemoryType, Module, TableType};
use trace::Observer;

use crate::store::{FunctionBody, FunctionInstance, GlobalInstance};
use crate::value::{NULL, are_of};
use crate::{
    Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, Imports, InstanceAddr, MemAddr,
    Store, TableAddr, Value,
};

impl<O: Meter> Engine for Store<O> {
    fn name(&self) -> &'static str {
        "tree"
    }

    fn instantiate(&mut self, module: &[u8], imports: &Imports) -> Result<InstanceAddr, Error> {
        self.instantiate_module(Module::from_bytes(module)?, imports)
    }

    fn exports(&self, instance: InstanceAddr) -> Vec<(String, Extern)> {
        self.instances
            .get(instance.index())
            .map(|instance| instance.exports.clone())
            .unwrap_or_default()
    }

    fn add_function(&mut self, function: HostFunction) -> FuncAddr {
        let address = FuncAddr::after(&self.functions);
        let ty = self.types.identify(function.ty().clone());
        self.functions
            .push(FunctionInstance { ty, body: FunctionBody::Host(self.hosts.len() as u32) });
        self.hosts.push(function);
        address
    }

    fn add_table(&mut self, ty: TableType) -> Result<TableAddr, Error> {
        self.allocate_table(ty)
    }

    fn add_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        self.allocate_memory(ty)
    }

    fn add_global(&mut self, ty: GlobalType, value: Value) -> Result<GlobalAddr, Error> {
        self.check(&value)?;
        if !value.is_of(ty.content) {
            return Err(Error::Call(format!(
                "a global of type {} cannot hold {value}",
                ty.content
            )));
        }
        let address = GlobalAddr::after(&self.globals);
        self.globals.push(GlobalInstance { ty, slot: value.to_slot() });
        Ok(address)
    }

    fn func_type(&self, function: FuncAddr) -> Option<FuncType> {
        Some(self.functions.get(function.index())?.ty.func.clone())
    }

    fn invoke(&mut self, function: FuncAddr, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        self.check_arguments(function, arguments)?;
        self.make_slots();
        for (slot, argument) in self.slots.iter_mut().zip(arguments) {
            *slot = argument.to_slot();
        }
        self.run(function, arguments.len())?;
        let types = &self.functions[function.index()].ty.func.results;
        let results = self.slots.iter().zip(types).map(|(&slot, &ty)| Value::from_slot(ty, slot));
        results
            .collect::<Option<_>>()
            .ok_or_else(|| Error::NotYet(format!("results of types {}", list(types))))
    }

    fn global(&self, global: GlobalAddr) -> Option<Value> {
        let global = self.globals.get(global.index())?;
        Value::from_slot(global.ty.content, global.slot)
    }

    fn memory(&self, memory: MemAddr) -> &[u8] {
        self.memories.get(memory.index()).map_or(&[], |memory| memory.bytes())
    }

    fn memory_mut(&mut self, memory: MemAddr) -> &mut [u8] {
        self.memories.get_mut(memory.index()).map_or(&mut [], |memory| memory.bytes_mut())
    }

    fn instructions(&self) -> Option<u64> {
        self.observer.instructions()
    }
}

impl<O> Store<O> {
    /// Checks that a function can be called with these arguments.
    fn check_arguments(&self, function: FuncAddr, arguments: &[Value]) -> Result<(), Error> {
        let function = self
            .functions
            .get(function.index())
            .ok_or_else(|| Error::Call(format!("there is no function {}", function.0)))?;
        let types = &function.ty.func.params;
        arguments.iter().try_for_each(|argument| self.check(argument))?;
        if are_of(arguments, types) {
            return Ok(());
        }
        Err(match types.iter().any(|&ty| Value::from_slot(ty, NULL).is_none()) {
            true => Error::NotYet(format!("arguments of types {}", list(types))),
            false => Error::Call(format!(
                "wrong arguments: wanted {}, given {}",
                list(types),
                list(arguments)
            )),
        })
    }

    /// Checks that what a value refers to is in this store.
    fn check(&self, value: &Value) -> Result<(), Error> {
        match value {
            Value::FuncRef(Some(address)) if address.index() >= self.functions.len() => {
                Err(Error::Call(format!("there is no function {}", address.0)))
            }
            _ => Ok(()),
        }
    }
}

fn list(items: &[impl std::fmt::Display]) -> String {
    let items: Vec<String> = items.iter().map(|item| item.to_string()).collect();
    format!("({})", items.join(", "))
}

/// An observer that an engine can have: one that may know how many instructions it has seen.
pub trait Meter: Observer + Send {
    /// How many instructions it has seen, if it counts them.
    fn instructions(&self) -> Option<u64> {
        None
    }
}

impl Meter for () {}

/// Counts instructions, and does nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter(u64);

impl Observer for Counter {
    #[inline(always)]
    fn step(&mut self, _: impl FnOnce() -> trace::Step) {
        self.0 += 1;
    }

    #[inline(always)]
    fn wrote(&mut self, _: u64, _: &[u8]) {}
}

impl Meter for Counter {
    fn instructions(&self) -> Option<u64> {
        Some(self.0)
    }
}
