//! The store as an engine, from outside and in the middle of a call.

use ch09_module::{
    FEATURES, FuncType, GlobalType, MemoryType, Module, TableType, ValType,
};
use trace::Observer;

use crate::invoke::Invocation;
use crate::store::{
    FunctionBody, FunctionInstance, GlobalInstance, StoreData, TagInstance,
};
use crate::value::list;
use crate::{
    Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, Imports,
    InstanceAddr, Layer, MemAddr, Store, StoreView, TableAddr, TagAddr, Value,
};

/// The methods of an engine that are the same for a store and for one in the
/// middle of a call, whose view of the store is `$view`.
macro_rules! methods_of_both {
    ($self:ident, $data:expr, $view:expr) => {
        fn name(&$self) -> &'static str {
            "tree"
        }

        fn instructions(&$self) -> Option<u64> {
            $self.core.observer().instructions()
        }

        fn fuel(&$self) -> Option<u64> {
            $self.core.limits().fuel
        }

        fn set_fuel(&mut $self, fuel: u64) {
            $self.core.set_fuel(fuel);
        }

        fn add_global(
            &mut $self,
            ty: GlobalType,
            value: Value,
        ) -> Result<GlobalAddr, Error> {
            $view.add_global(ty, value)
        }

        fn set_global(
            &mut $self,
            global: GlobalAddr,
            value: Value,
        ) -> Result<(), Error> {
            $view.set_global(global, value)
        }

        fn exports(&$self, instance: InstanceAddr) -> Vec<(String, Extern)> {
            let instance = $data.instances.get(instance.index());
            instance.map_or(Vec::new(), |instance| instance.exports.clone())
        }

        fn export(
            &$self,
            instance: InstanceAddr,
            name: &str,
        ) -> Option<Extern> {
            let exports = &$data.instances.get(instance.index())?.exports;
            let found = exports.iter().find(|(export, _)| export == name);
            found.map(|(_, item)| *item)
        }

        fn add_function(&mut $self, function: HostFunction) -> FuncAddr {
            $data.add_function(function)
        }

        fn add_table(&mut $self, ty: TableType) -> Result<TableAddr, Error> {
            $data.add_table(ty)
        }

        fn add_memory(&mut $self, ty: MemoryType) -> Result<MemAddr, Error> {
            $data.add_memory(ty)
        }

        fn add_tag(&mut $self, ty: FuncType) -> Result<TagAddr, Error> {
            Ok($data.add_tag(ty))
        }

        fn func_type(&$self, function: FuncAddr) -> Option<FuncType> {
            let ty = $data.functions.get(function.index())?.ty;
            $data.types.func(ty).cloned()
        }

        fn global(&$self, global: GlobalAddr) -> Option<Value> {
            let GlobalInstance { ty, slot, upper } =
                $data.globals.get(global.index())?;
            Some($data.value(ty.content, [*slot, *upper]))
        }

        fn table_size(&$self, table: TableAddr) -> u64 {
            $data.tables.get(table.index()).map_or(0, |table| table.size())
        }

        fn table_get(&$self, table: TableAddr, index: u64) -> Option<Value> {
            let table = $data.tables.get(table.index())?;
            let ty = ValType::Ref(table.ty().element);
            Some($data.value(ty, [table.get(index)?, 0]))
        }

        fn memory(&$self, memory: MemAddr) -> &[u8] {
            let memory = $data.memories.get(memory.index());
            memory.map_or(&[], |memory| memory.bytes())
        }

        fn memory_mut(&mut $self, memory: MemAddr) -> &mut [u8] {
            let memory = $data.memories.get_mut(memory.index());
            memory.map_or(&mut [], |memory| memory.bytes_mut())
        }
    };
}

impl<O: Observer, L: Layer> Engine for Store<O, L> {
    fn validate(&self, module: &[u8]) -> Result<(), Error> {
        self.read(module).map(|_| ())
    }

    fn instantiate(
        &mut self,
        module: &[u8],
        imports: &Imports,
    ) -> Result<InstanceAddr, Error> {
        self.instantiate_module(self.read(module)?, imports)
    }

    fn invoke(
        &mut self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error> {
        self.invocation()?.call(function, arguments)
    }

    methods_of_both!(self, self.data, self.view().0);
}

/// What a [`Caller`](crate::Caller) sees.
impl<O: Observer, L: Layer> Engine for Invocation<'_, L, O> {
    fn validate(&self, module: &[u8]) -> Result<(), Error> {
        Module::from_bytes_with(module, FEATURES)?;
        Ok(())
    }

    fn instantiate(
        &mut self,
        _: &[u8],
        _: &Imports,
    ) -> Result<InstanceAddr, Error> {
        Err(Error::Call(
            "a module cannot be instantiated while a call is running".into(),
        ))
    }

    fn invoke(
        &mut self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error> {
        self.core.begin_callback().map_err(|trap| self.error(trap.into()))?;
        let outcome = self.call(function, arguments);
        self.core.end_callback();
        outcome
    }

    methods_of_both!(self, self.view.data, self.view);
}

impl<O: Observer, L: Layer> Store<O, L> {
    /// Decodes and validates a module by the version of the standard that this
    /// store is for.
    fn read(&self, module: &[u8]) -> Result<Module, Error> {
        let features = self.features.unwrap_or(FEATURES);
        Ok(Module::from_bytes_with(module, features)?)
    }

    /// The store, ready for a call from outside.
    ///
    /// What the operand stack needs is had now or not at all: when the first
    /// vector comes, it finds memory for its upper half.
    pub(crate) fn invocation(&mut self) -> Result<Invocation<'_, L, O>, Error> {
        let operands = self.data.limits.operands.max(1);
        let upper = &mut self.data.upper;
        let more = operands - upper.len();
        if self.core.reset().is_err() || upper.try_reserve_exact(more).is_err()
        {
            let (needs, limit) = (operands as u128, operands as u64);
            return Err(Error::limit("stack", needs, "operands", limit, 0));
        }
        let (view, core) = self.view();
        Ok(Invocation { view, core })
    }
}

impl StoreData {
    fn add_function(&mut self, function: HostFunction) -> FuncAddr {
        let address = FuncAddr::after(&self.functions);
        let ty = self.types.define_func(function.ty().clone());
        let body = FunctionBody::Host(self.hosts.len() as u32);
        self.functions.push(FunctionInstance { ty, body });
        self.hosts.push(function);
        address
    }

    fn add_tag(&mut self, ty: FuncType) -> TagAddr {
        let address = TagAddr::after(&self.tags);
        let name = format!("the host's tag {}", address.0);
        let ty = self.types.define_func(ty);
        self.tags.push(TagInstance { ty, name });
        address
    }
}

impl<L: Layer> StoreView<'_, L> {
    fn add_global(
        &mut self,
        ty: GlobalType,
        value: Value,
    ) -> Result<GlobalAddr, Error> {
        self.check_global(ty, value)?;
        let address = GlobalAddr::after(&self.data.globals);
        let [slot, upper] = value.to_halves();
        self.data.globals.push(GlobalInstance { ty, slot, upper });
        Ok(address)
    }

    fn set_global(
        &mut self,
        global: GlobalAddr,
        value: Value,
    ) -> Result<(), Error> {
        let found = self.data.globals.get(global.index());
        let ty = found.map(|global| global.ty).ok_or_else(|| {
            Error::Call(format!("there is no global {}", global.0))
        })?;
        if !ty.mutable {
            return Err(Error::Call(format!(
                "global {} is immutable",
                global.0
            )));
        }
        self.check_global(ty, value)?;
        let place = &mut self.data.globals[global.index()];
        [place.slot, place.upper] = value.to_halves();
        Ok(())
    }

    /// Checks that a global can have this value.
    fn check_global(&self, ty: GlobalType, value: Value) -> Result<(), Error> {
        self.check(value)?;
        match self.is_of(value, ty.content) {
            true => Ok(()),
            false => Err(Error::Call(format!(
                "a global of type {} cannot hold {value}",
                ty.content
            ))),
        }
    }

    /// Checks that a function can be called with these arguments.
    pub(crate) fn check_arguments(
        &self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<(), Error> {
        let found = self.data.functions.get(function.index());
        let function = found.ok_or_else(|| {
            Error::Call(format!("there is no function {}", function.0))
        })?;
        arguments.iter().try_for_each(|argument| self.check(*argument))?;
        let ty = self.data.types.func(function.ty);
        let types = ty.map_or(&[][..], |ty| &ty.params);
        let fits = |(value, ty): (&Value, &ValType)| self.is_of(*value, *ty);
        if arguments.len() == types.len()
            && arguments.iter().zip(types).all(fits)
        {
            return Ok(());
        }
        Err(Error::Call(format!(
            "wrong arguments: expected {}, found {}",
            list(types),
            list(arguments)
        )))
    }

    /// Checks that what a value refers to is in this store.
    fn check(&self, value: Value) -> Result<(), Error> {
        match value {
            Value::FuncRef(Some(address))
                if address.index() >= self.data.functions.len() =>
            {
                Err(Error::Call(format!("there is no function {}", address.0)))
            }
            _ => Ok(()),
        }
    }
}

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

    fn instructions(&self) -> Option<u64> {
        Some(self.0)
    }
}
