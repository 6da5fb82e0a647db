//! The store as an engine.

use ch09_module::{FEATURES, FuncType, GlobalType, MemoryType, Module, TableType, ValType};
use trace::Observer;

use crate::store::{FunctionBody, FunctionInstance, GlobalInstance, TagInstance};
use crate::{
    Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, Imports, InstanceAddr, Layer,
    MemAddr, Store, TableAddr, TagAddr, Typing, Value,
};

impl<O: Meter, L: Layer> Engine for Store<O, L> {
    fn name(&self) -> &'static str {
        "tree"
    }

    fn validate(&self, module: &[u8]) -> Result<(), Error> {
        self.read(module).map(|_| ())
    }

    fn instantiate(&mut self, module: &[u8], imports: &Imports) -> Result<InstanceAddr, Error> {
        self.instantiate_module(self.read(module)?, imports)
    }

    fn exports(&self, instance: InstanceAddr) -> Vec<(String, Extern)> {
        self.instances
            .get(instance.index())
            .map(|instance| instance.exports.clone())
            .unwrap_or_default()
    }

    fn add_function(&mut self, function: HostFunction) -> FuncAddr {
        let address = FuncAddr::after(&self.functions);
        let ty = self.types.define_func(function.ty().clone());
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
        self.check_global(ty, value)?;
        let address = GlobalAddr::after(&self.globals);
        let [slot, upper] = value.to_halves();
        self.globals.push(GlobalInstance { ty, slot, upper });
        Ok(address)
    }

    fn add_tag(&mut self, ty: FuncType) -> Result<TagAddr, Error> {
        let address = TagAddr::after(&self.tags);
        let name = format!("the host's tag {}", address.0);
        self.tags.push(TagInstance { ty: self.types.define_func(ty), name });
        Ok(address)
    }

    fn func_type(&self, function: FuncAddr) -> Option<FuncType> {
        Some(self.functions.get(function.index())?.ty.func.clone())
    }

    fn invoke(&mut self, function: FuncAddr, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        self.check_arguments(function, arguments)?;
        self.make_slots();
        if arguments.len() > self.slots.len() {
            return Err(Error::Room(format!("no room for {} arguments", arguments.len())));
        }
        if self.upper.is_empty() && arguments.iter().any(|value| value.ty() == ValType::V128) {
            self.upper.resize(self.slots.len(), 0);
        }
        for (position, argument) in arguments.iter().enumerate() {
            let [slot, upper] = argument.to_halves();
            self.slots[position] = slot;
            if let Some(place) = self.upper.get_mut(position) {
                *place = upper;
            }
        }
        self.run(function, arguments.len())?;
        let types = &self.functions[function.index()].ty.func.results;
        crate::value::hand_out(&mut self.layer, types, &self.slots);
        Ok(self.holder().read(types, &self.slots, &self.upper))
    }

    fn global(&self, global: GlobalAddr) -> Option<Value> {
        let GlobalInstance { ty, slot, upper } = self.globals.get(global.index())?;
        self.holder().read(&[ty.content], &[*slot], &[*upper]).pop()
    }

    fn set_global(&mut self, global: GlobalAddr, value: Value) -> Result<(), Error> {
        let ty = self.globals.get(global.index()).map(|global| global.ty);
        let ty = ty.ok_or_else(|| Error::Call(format!("there is no global {}", global.0)))?;
        if !ty.mutable {
            return Err(Error::Call(format!("global {} cannot be written", global.0)));
        }
        self.check_global(ty, value)?;
        let place = &mut self.globals[global.index()];
        [place.slot, place.upper] = value.to_halves();
        Ok(())
    }

    fn table_size(&self, table: TableAddr) -> u64 {
        self.tables.get(table.index()).map_or(0, |table| table.size())
    }

    fn table_get(&self, table: TableAddr, index: u64) -> Option<Value> {
        let table = self.tables.get(table.index())?;
        self.holder().read(&[ValType::Ref(table.ty().element)], &[table.get(index)?], &[]).pop()
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

impl<O, L: Layer> Store<O, L> {
    /// Reads a module as the version of the standard has it that this store is for.
    fn read(&self, module: &[u8]) -> Result<Module, Error> {
        Ok(Module::from_bytes_with(module, self.features.unwrap_or(FEATURES))?)
    }

    /// Checks that a function can be called with these arguments.
    fn check_arguments(&self, function: FuncAddr, arguments: &[Value]) -> Result<(), Error> {
        let function = self
            .functions
            .get(function.index())
            .ok_or_else(|| Error::Call(format!("there is no function {}", function.0)))?;
        let types = &function.ty.func.params;
        arguments.iter().try_for_each(|argument| self.check(argument))?;
        let holder = self.holder();
        let fits = |(value, ty): (&Value, &ValType)| holder.is_of(*value, *ty);
        if arguments.len() == types.len() && arguments.iter().zip(types).all(fits) {
            return Ok(());
        }
        Err(Error::Call(format!(
            "wrong arguments: wanted {}, given {}",
            list(types),
            list(arguments)
        )))
    }

    /// Checks that a global can have this value.
    fn check_global(&self, ty: GlobalType, value: Value) -> Result<(), Error> {
        self.check(&value)?;
        match self.holder().is_of(value, ty.content) {
            true => Ok(()),
            false => {
                Err(Error::Call(format!("a global of type {} cannot hold {value}", ty.content)))
            }
        }
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

impl Meter for Vec<trace::Step> {}

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
