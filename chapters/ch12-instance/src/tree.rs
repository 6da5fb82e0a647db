//! The store as an engine, from outside and in the middle of a call.

use std::iter;

use annex_embedding::{
    Engine, Error, Extern, FuncAddr, GlobalAddr, HostFunction, Imports,
    InstanceAddr, MemAddr, Progress, Request, TableAddr, TagAddr, TrapFrame,
    Value, list,
};
use ch09_module::{
    CompositeType, FuncType, GlobalType, HeapType, MemoryType, Module,
    TableType, TypeIdx, ValType,
};
use trace::Observer;

use crate::invoke::Invocation;
use crate::limits::too_much;
use crate::store::{
    FunctionBody, FunctionInstance, GlobalInstance, TagInstance,
};
use crate::{Layer, Store, StoreView};

/// The methods of an engine that are the same for a store and for one in the
/// middle of a call, whose view of the store is `$view`.
macro_rules! methods_of_both {
    (
        $self:ident, $data:expr, $layer:expr, $view:expr, $invocation:expr
    ) => {
        fn name(&$self) -> &'static str {
            L::NAME
        }

        fn validate(&$self, module: &[u8]) -> Result<(), Error> {
            Module::without_customs(module, $data.features)?;
            Ok(())
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

        fn exports(&$self, instance: InstanceAddr) -> &[(String, Extern)] {
            let instance = $data.instances.get(instance.index());
            instance.map_or(&[], |instance| &instance.exports)
        }

        fn add_function(&mut $self, function: HostFunction) -> FuncAddr {
            let address = FuncAddr::after(&$data.functions);
            let ty = $data.types.define_func(function.ty().clone());
            let body = FunctionBody::Host($data.hosts.len() as u32);
            $data.functions.push(FunctionInstance { ty, body });
            $data.hosts.push(function);
            address
        }

        fn add_table(&mut $self, ty: TableType) -> Result<TableAddr, Error> {
            $data.add_table(ty)
        }

        fn add_memory(&mut $self, ty: MemoryType) -> Result<MemAddr, Error> {
            $data.add_memory(ty)
        }

        fn add_tag(&mut $self, ty: FuncType) -> Result<TagAddr, Error> {
            let address = TagAddr::after(&$data.tags);
            let name = format!("the host's tag {}", address.0);
            let ty = $data.types.define_func(ty);
            $data.tags.push(TagInstance { ty, name });
            Ok(address)
        }

        fn func_type(&$self, function: FuncAddr) -> Option<FuncType> {
            let ty = $data.functions.get(function.index())?.ty;
            $data.types.func(ty).cloned()
        }

        fn global(&mut $self, global: GlobalAddr) -> Option<Value> {
            $view.show_global(global)
        }

        fn table_size(&$self, table: TableAddr) -> u64 {
            $data.tables.get(table.index()).map_or(0, |table| table.size())
        }

        fn table_get(
            &mut $self,
            table: TableAddr,
            index: u64,
        ) -> Option<Value> {
            $view.show_element(table, index)
        }

        fn memory_type(&$self, memory: MemAddr) -> Option<MemoryType> {
            Some($data.memories.get(memory.index())?.ty())
        }

        fn grow_memory(
            &mut $self,
            memory: MemAddr,
            pages: u64,
        ) -> Result<u64, Error> {
            $data.grow_memory(memory, pages)
        }

        fn table_type(&$self, table: TableAddr) -> Option<TableType> {
            Some($data.tables.get(table.index())?.ty())
        }

        fn table_set(
            &mut $self,
            table: TableAddr,
            index: u64,
            value: Value,
        ) -> Result<(), Error> {
            $view.set_element(table, index, value)
        }

        fn grow_table(
            &mut $self,
            table: TableAddr,
            elements: u64,
            value: Value,
        ) -> Result<u64, Error> {
            $view.grow_table(table, elements, value)
        }

        fn global_type(&$self, global: GlobalAddr) -> Option<GlobalType> {
            Some($data.globals.get(global.index())?.ty)
        }

        fn tag_type(&$self, tag: TagAddr) -> Option<FuncType> {
            $data.types.func($data.tags.get(tag.index())?.ty).cloned()
        }

        fn is_of(&$self, value: Value, ty: ValType) -> bool {
            $data.is_of(&$layer, value, ty)
        }

        fn matches(&$self, given: ValType, wanted: ValType) -> bool {
            $data.types.matches(given, wanted)
        }

        fn release(&mut $self, value: Value) {
            $layer.release(value.to_slot());
        }

        fn type_definition(&$self, ty: TypeIdx) -> Option<CompositeType> {
            $data.types.composite(ty).cloned()
        }

        fn type_of(&$self, value: Value) -> Option<TypeIdx> {
            match $data.heap_type(&$layer, value.referent()?)? {
                HeapType::Concrete(ty) => Some(ty),
                _ => None,
            }
        }

        fn make_object(
            &mut $self,
            ty: TypeIdx,
            values: &[Value],
        ) -> Result<Value, Error> {
            $invocation.make_object(ty, values)
        }

        fn make_array(
            &mut $self,
            ty: TypeIdx,
            element: Value,
            length: u32,
        ) -> Result<Value, Error> {
            $invocation.make_array(ty, element, length)
        }

        fn object_len(&mut $self, object: Value) -> Result<u32, Error> {
            $view.object_len(object)
        }

        fn object_get(
            &mut $self,
            object: Value,
            at: u32,
        ) -> Result<Value, Error> {
            $view.object_get(object, at)
        }

        fn object_set(
            &mut $self,
            object: Value,
            at: u32,
            value: Value,
        ) -> Result<(), Error> {
            $view.object_set(object, at, value)
        }

        fn instruction(&mut $self, frame: TrapFrame) -> Option<u32> {
            L::instruction(&$view, frame)
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
    fn instantiate(
        &mut self,
        module: &[u8],
        imports: &Imports,
    ) -> Result<InstanceAddr, Error> {
        let module = Module::without_customs(module, self.data.features)?;
        self.instantiate_module(module, imports)
    }

    fn invoke(
        &mut self,
        function: FuncAddr,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Error> {
        self.invocation()?.call(function, arguments)
    }

    fn invoke_on_slots(
        &mut self,
        function: FuncAddr,
        slots: &mut [u64],
    ) -> Result<(), Error> {
        self.invocation()?.call_on_slots(function, slots)
    }

    fn progress(&mut self, request: Request<'_>) -> Result<Progress, Error> {
        L::progress(self.invocation()?, request)
    }

    methods_of_both!(
        self,
        self.data,
        self.layer,
        self.view().0,
        self.invocation()?
    );
}

/// What a [`Caller`](annex_embedding::Caller) sees.
impl<O: Observer, L: Layer> Engine for Invocation<'_, L, O> {
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
        if let Err(trap) = self.core.begin_callback() {
            return Err(self.error(trap.into(), function));
        }
        let outcome = self.call(function, arguments);
        self.core.end_callback();
        outcome
    }

    fn invoke_on_slots(
        &mut self,
        function: FuncAddr,
        slots: &mut [u64],
    ) -> Result<(), Error> {
        if let Err(trap) = self.core.begin_callback() {
            return Err(self.error(trap.into(), function));
        }
        let outcome = self.call_on_slots(function, slots);
        self.core.end_callback();
        outcome
    }

    fn progress(&mut self, request: Request<'_>) -> Result<Progress, Error> {
        let Invocation { view, core } = self;
        L::progress(Invocation { view: view.reborrow(), core }, request)
    }

    methods_of_both!(self, self.view.data, *self.view.layer, self.view, self);
}

impl<O: Observer, L: Layer> Store<O, L> {
    /// The store, ready for a call from outside.
    ///
    /// What the operand stack needs is had now or not at all: when the first
    /// vector comes, it finds memory for its upper half.
    #[inline(always)]
    pub(crate) fn invocation(&mut self) -> Result<Invocation<'_, L, O>, Error> {
        let operands = self.data.limits.operands.max(1);
        let upper = &mut self.data.upper;
        let more = operands - upper.len();
        if self.core.reset().is_err() || upper.try_reserve_exact(more).is_err()
        {
            let (needs, limit) = (operands as u128, operands as u64);
            return Err(too_much("stack", needs, "operands", limit, 0));
        }
        self.layer.prepare(&self.data);
        let (view, core) = self.view();
        Ok(Invocation { view, core })
    }
}

impl<L: Layer> StoreView<'_, L> {
    /// The value of a global, for the embedder.
    fn show_global(&mut self, global: GlobalAddr) -> Option<Value> {
        let GlobalInstance { ty, slot, upper } =
            self.data.globals.get(global.index())?;
        let halves = iter::once([*slot, *upper]);
        self.data.show(self.layer, &[ty.content], halves).next()
    }

    /// An element of a table, for the embedder.
    fn show_element(&mut self, table: TableAddr, index: u64) -> Option<Value> {
        let table = self.data.tables.get(table.index())?;
        let types = [ValType::Ref(table.ty().element)];
        let halves = iter::once([table.get(index)?, 0]);
        self.data.show(self.layer, &types, halves).next()
    }

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
        let number = global.0;
        let Some(found) = self.data.globals.get(global.index()) else {
            return Err(Error::Call(format!("there is no global {number}")));
        };
        let ty = found.ty;
        if !ty.mutable {
            return Err(Error::Call(format!("global {number} is immutable")));
        }
        self.check_global(ty, value)?;
        let place = &mut self.data.globals[global.index()];
        [place.slot, place.upper] = value.to_halves();
        Ok(())
    }

    /// Checks that a global can have this value.
    fn check_global(&self, ty: GlobalType, value: Value) -> Result<(), Error> {
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
        let ty = self.data.types.func(self.function(function)?.ty);
        let types = ty.map_or(&[][..], |ty| &ty.params);
        for argument in arguments {
            if let Value::FuncRef(Some(address)) = argument {
                self.function(*address)?;
            }
        }
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

    fn function(&self, address: FuncAddr) -> Result<FunctionInstance, Error> {
        let found = self.data.functions.get(address.index()).copied();
        found.ok_or_else(|| {
            Error::Call(format!("there is no function {}", address.0))
        })
    }
}
