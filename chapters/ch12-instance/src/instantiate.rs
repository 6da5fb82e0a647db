//! From a module to an instance.
//!
//! Specification: Execution, Modules, *Instantiation*.

use annex_embedding::{
    Error, Extern, FuncAddr, GlobalAddr, Imports, InstanceAddr, MemAddr, NULL,
    TableAddr, TagAddr, TrapReport,
};
use annex_types::{close, close_ref};
use ch07_values::Trap;
use ch09_module::{
    Bytes, DataMode, ElementMode, Global, GlobalType, Import, Limits,
    MemoryType, Module, TableDefinition, TableType, TagIdx,
};
use ch10_memory::MemoryInstance;
use trace::Observer;

use crate::invoke::Invocation;
use crate::limits::too_much;
use crate::store::{
    FunctionBody, FunctionInstance, GlobalInstance, ModuleInstance, StoreData,
    TagInstance,
};
use crate::table::TableInstance;
use crate::{Growth, LateCode, Layer, Store};

impl<O: Observer, L: Layer> Store<O, L> {
    /// Makes an instance of a valid module. Its parts are moved, not copied.
    ///
    /// # Errors
    ///
    /// The same as those of [`Engine::instantiate`](
    /// annex_embedding::Engine::instantiate), apart from an invalid module.
    pub fn instantiate_module(
        &mut self,
        module: Module,
        imports: &Imports,
    ) -> Result<InstanceAddr, Error> {
        let find = |it: &Import| imports.get(&it.module, &it.name);
        let items: Vec<_> = module.imports.iter().map(find).collect();
        self.instantiate_with(module, &items)
    }

    /// The same with what it imports in its own order: it may ask for different
    /// things by the same name.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn instantiate_with(
        &mut self,
        mut module: Module,
        items: &[Option<Extern>],
    ) -> Result<InstanceAddr, Error> {
        let address = self.allocate_module(&mut module, items)?;
        self.invocation()?.initialize(module, address)?;
        Ok(address)
    }

    /// Makes an instance that has no values yet: its memories and globals
    /// contain zeros, its tables contain nulls, and its segments are empty. The
    /// module's functions, exports and names are moved.
    ///
    /// # Errors
    ///
    /// An import that can't be had, or a limit. Then the store is as before,
    /// but knows the module's types.
    pub fn allocate_module(
        &mut self,
        module: &mut Module,
        items: &[Option<Extern>],
    ) -> Result<InstanceAddr, Error> {
        let mut instance = self.data.link(module, items)?;
        let before = (self.data.tables.len(), self.data.memories.len());
        if let Err(refused) = self.data.allocate(module, &mut instance) {
            // What nobody has must not count for the limits.
            self.data.tables.truncate(before.0);
            self.data.memories.truncate(before.1);
            return Err(refused);
        }
        let address = InstanceAddr::after(&self.data.instances);
        self.add_functions(address, module, &mut instance);
        instance.export(module);
        self.data.instances.push(instance);
        let elements = vec![Vec::new(); module.elements.len()];
        self.data.element_segments.push(elements);
        self.data.data_segments.push(vec![Bytes::new(); module.data.len()]);
        Ok(address)
    }

    /// Makes the functions. The engine translates each when it is first called.
    fn add_functions(
        &mut self,
        address: InstanceAddr,
        module: &mut Module,
        instance: &mut ModuleInstance,
    ) {
        for function in std::mem::take(&mut module.functions) {
            let ty = instance.types[function.ty.index()];
            let position = self.code.len() as u32;
            self.code.push(LateCode::new(function));
            let body = FunctionBody::Code(address, position);
            instance.functions.push(FuncAddr::after(&self.data.functions));
            self.data.functions.push(FunctionInstance { ty, body });
        }
    }
}

impl ModuleInstance {
    /// Notes what the module exports, and the names of its functions.
    fn export(&mut self, module: &mut Module) {
        for export in std::mem::take(&mut module.exports) {
            let item = self.item(export.item);
            if let Extern::Func(function) = item {
                let name = || export.name.clone();
                self.names.entry(function).or_insert_with(name);
            }
            self.exports.push((export.name, item));
        }
        for (index, name) in std::mem::take(&mut module.names.functions) {
            if let Some(function) = self.functions.get(index.index()) {
                self.names.insert(*function, name);
            }
        }
    }
}

impl StoreData {
    /// Makes what else the module defines: tables, memories, tags, and globals
    /// that have no values yet.
    fn allocate(
        &mut self,
        module: &Module,
        instance: &mut ModuleInstance,
    ) -> Result<(), Error> {
        for TableDefinition { ty, .. } in &module.tables {
            let element = close_ref(ty.element, &instance.types);
            let table = self.add_table(TableType { element, ..*ty })?;
            instance.tables.push(table);
        }
        for memory in &module.memories {
            instance.memories.push(self.add_memory(*memory)?);
        }
        let imported = instance.tags.len();
        for (position, ty) in module.tags.iter().enumerate() {
            let index = TagIdx((imported + position) as u32);
            let name = match module.names.tags.get(&index) {
                Some(name) => format!("tag {} (${name})", index.0),
                None => format!("tag {}", index.0),
            };
            instance.tags.push(TagAddr::after(&self.tags));
            let ty = instance.types[ty.index()];
            self.tags.push(TagInstance { ty, name });
        }
        for Global { ty, .. } in &module.globals {
            let content = close(ty.content, &instance.types);
            let ty = GlobalType { content, ..*ty };
            instance.globals.push(GlobalAddr::after(&self.globals));
            self.globals.push(GlobalInstance { ty, slot: NULL, upper: 0 });
        }
        Ok(())
    }

    pub(crate) fn add_table(
        &mut self,
        ty: TableType,
    ) -> Result<TableAddr, Error> {
        if !ty.is_valid() {
            return Err(Error::Call(format!(
                "the table type {ty} is not valid"
            )));
        }
        let Limits { min, max } = ty.limits;
        let growth = Growth::Table { current: 0, desired: min, maximum: max };
        self.check_growth(growth)?;
        let limit = self.limits.table_elements;
        let others: u64 = self.tables.iter().map(TableInstance::size).sum();
        let left = limit.saturating_sub(others);
        let table = TableInstance::new(ty, NULL, left).ok_or_else(|| {
            let needs = ty.limits.min.into();
            too_much("table", needs, "elements", limit, others)
        })?;
        let address = TableAddr::after(&self.tables);
        self.tables.push(table);
        Ok(address)
    }

    pub(crate) fn add_memory(
        &mut self,
        ty: MemoryType,
    ) -> Result<MemAddr, Error> {
        if !ty.is_valid() {
            return Err(Error::Call(format!(
                "the memory type {ty} is not valid"
            )));
        }
        let bytes = |pages: u64| pages.saturating_mul(ty.page_size);
        let desired = bytes(ty.limits.min);
        let maximum = ty.limits.max.map(bytes);
        self.check_growth(Growth::Memory { current: 0, desired, maximum })?;
        let limit = self.limits.memory_bytes;
        let others = self.memory_bytes();
        let left = limit.saturating_sub(others);
        let memory = MemoryInstance::with_limit(ty, left).ok_or_else(|| {
            let needs = u128::from(ty.limits.min) * u128::from(ty.page_size);
            too_much("memory", needs, "bytes", limit, others)
        })?;
        let address = MemAddr::after(&self.memories);
        self.memories.push(memory);
        Ok(address)
    }

    /// How many bytes all memories have together.
    pub(crate) fn memory_bytes(&self) -> u64 {
        let sizes = self.memories.iter().map(|memory| memory.bytes().len());
        sizes.sum::<usize>() as u64
    }
}

impl<L: Layer, O: Observer> Invocation<'_, L, O> {
    /// Gives an instance its values: globals, elements of tables, segments;
    /// copies the active segments; starts.
    fn initialize(
        &mut self,
        mut module: Module,
        address: InstanceAddr,
    ) -> Result<(), Error> {
        let globals = &self.instance(address).globals;
        let first = globals.len() - module.globals.len();
        for (position, Global { init, .. }) in module.globals.iter().enumerate()
        {
            let [slot, upper] = self.evaluate(address, init)?;
            let global = self.instance(address).globals[first + position];
            let global = &mut self.view.data.globals[global.index()];
            (global.slot, global.upper) = (slot, upper);
        }
        let tables = &self.instance(address).tables;
        let imported = tables.len() - module.tables.len();
        for (position, table) in module.tables.iter().enumerate() {
            if let Some(init) = &table.init {
                let [reference, _] = self.evaluate(address, init)?;
                let table = self.instance(address).tables[imported + position];
                let table = &mut self.view.data.tables[table.index()];
                let all = table.range_mut(0, table.size()).map_err(trap)?;
                all.fill(reference);
            }
        }
        for (segment, element) in module.elements.iter().enumerate() {
            // Each reference is in the store before the next one is made: a
            // layer that collects finds it there.
            for item in &element.items {
                let [reference, _] = self.evaluate(address, item)?;
                self.elements(address)[segment].push(reference);
            }
        }
        for (segment, data) in module.data.iter_mut().enumerate() {
            let bytes = std::mem::take(&mut data.bytes);
            self.data_segments(address)[segment] = bytes;
        }
        for (segment, element) in module.elements.iter().enumerate() {
            self.place_elements(address, segment, &element.mode)?;
        }
        for (segment, data) in module.data.iter().enumerate() {
            self.place_data(address, segment, &data.mode)?;
        }
        if let Some(start) = module.start {
            let start = self.instance(address).functions[start.index()];
            self.call(start, &[])?;
        }
        Ok(())
    }

    /// Copies an active element segment to its table. A segment that is not
    /// passive is empty afterwards.
    fn place_elements(
        &mut self,
        address: InstanceAddr,
        segment: usize,
        mode: &ElementMode,
    ) -> Result<(), Error> {
        if *mode == ElementMode::Passive {
            return Ok(());
        }
        if let ElementMode::Active(table, offset) = mode {
            let [offset, _] = self.evaluate(address, offset)?;
            let data = &mut *self.view.data;
            let instance = address.index();
            let table = data.instances[instance].tables[table.index()];
            let references = &data.element_segments[instance][segment];
            let table = &mut data.tables[table.index()];
            let place = table.range_mut(offset, references.len() as u64);
            place.map_err(trap)?.copy_from_slice(references);
        }
        self.elements(address)[segment] = Vec::new();
        Ok(())
    }

    /// Copies an active data segment to its memory, and is empty afterwards.
    fn place_data(
        &mut self,
        address: InstanceAddr,
        segment: usize,
        mode: &DataMode,
    ) -> Result<(), Error> {
        if let DataMode::Active(memory, offset) = mode {
            let [offset, _] = self.evaluate(address, offset)?;
            let bytes =
                std::mem::take(&mut self.data_segments(address)[segment]);
            let memory = self.view.data.memory_of(address.0, *memory);
            memory.init(offset, &bytes, 0, bytes.len() as u64).map_err(trap)?;
        }
        Ok(())
    }

    fn instance(&self, address: InstanceAddr) -> &ModuleInstance {
        &self.view.data.instances[address.index()]
    }

    fn elements(&mut self, address: InstanceAddr) -> &mut Vec<Vec<u64>> {
        &mut self.view.data.element_segments[address.index()]
    }

    fn data_segments(&mut self, address: InstanceAddr) -> &mut Vec<Bytes> {
        &mut self.view.data.data_segments[address.index()]
    }
}

fn trap(trap: Trap) -> Error {
    TrapReport::from(trap).into()
}
