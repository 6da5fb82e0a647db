//! From a module to an instance.
//!
//! Specification: Execution, Modules, *Instantiation*.

use std::collections::HashMap;

use ch07_values::Trap;
use ch09_module::{
    Data, DataMode, Element, ElementMode, ExportItem, Global, GlobalType, Import, ImportType,
    Limits, MemoryType, Module, TableDefinition, TableType, TagIdx, ValType,
};
use ch10_memory::MemoryInstance;
use ch11_control::Code;
use trace::Observer;

use crate::store::{FunctionBody, FunctionInstance, GlobalInstance, ModuleInstance, TagInstance};
use crate::table::TableInstance;
use crate::typing::{close, close_ref};
use crate::value::NULL;
use crate::{
    Error, Extern, FuncAddr, GlobalAddr, Imports, InstanceAddr, Layer, LinkError, MemAddr, Store,
    TableAddr, TagAddr, Type, Typing,
};

impl<O: Observer + Send, L: Layer> Store<O, L> {
    /// Makes an instance of a module. Its parts are moved, not copied.
    pub(crate) fn instantiate_module(
        &mut self,
        mut module: Module,
        imports: &Imports,
    ) -> Result<InstanceAddr, Error> {
        let mut instance = self.linked(&module, imports)?;
        self.allocate(&mut module, &mut instance)?;
        let address = instance.address;
        self.instances.push(instance);
        self.elements.push(Vec::new());
        self.data.push(Vec::new());
        self.initialize(module, address)?;
        Ok(address)
    }

    /// An instance that has its types and its imports, and nothing of its own.
    fn linked(&mut self, module: &Module, imports: &Imports) -> Result<ModuleInstance, Error> {
        let mut instance = ModuleInstance {
            address: InstanceAddr::after(&self.instances),
            types: Vec::new(),
            functions: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            tags: Vec::new(),
            exports: Vec::new(),
            names: HashMap::new(),
        };
        for (_, group) in module.types.groups() {
            let types = self.types.define(group, &instance.types);
            instance.types.extend(types);
        }
        for import in &module.imports {
            // What has an address of another store is nothing here.
            let item = imports.get(&import.module, &import.name).filter(|item| self.has(*item));
            let fits = item.map(|item| self.fits(item, import.ty, &instance.types));
            if fits.flatten().is_none() && item.is_some() {
                return Err(Error::NotYet(format!(
                    "the type of the import `{}` `{}` is one that this machine cannot compare",
                    import.module, import.name
                )));
            }
            if fits != Some(Some(true)) {
                return Err(self.misfit(import, item, &instance.types).into());
            }
            match item {
                Some(Extern::Func(function)) => instance.functions.push(function),
                Some(Extern::Table(table)) => instance.tables.push(table),
                Some(Extern::Memory(memory)) => instance.memories.push(memory),
                Some(Extern::Global(global)) => instance.globals.push(global),
                Some(Extern::Tag(tag)) => instance.tags.push(tag),
                None => {}
            }
        }
        Ok(instance)
    }

    /// Whether an address names something in this store.
    fn has(&self, item: Extern) -> bool {
        match item {
            Extern::Func(address) => address.index() < self.functions.len(),
            Extern::Table(address) => address.index() < self.tables.len(),
            Extern::Memory(address) => address.index() < self.memories.len(),
            Extern::Global(address) => address.index() < self.globals.len(),
            Extern::Tag(address) => address.index() < self.tags.len(),
        }
    }

    /// Whether something can be imported as `wanted`; nothing, where this machine cannot tell yet.
    ///
    /// Specification: Validation, Types, *Matching*, External Types.
    fn fits(&self, item: Extern, wanted: ImportType, types: &[Type]) -> Option<bool> {
        let matches = |given, wanted| self.types.matches(given, wanted);
        let same = |given, wanted| Some(matches(given, wanted)? && matches(wanted, given)?);
        Some(match (item, wanted) {
            (Extern::Func(address), ImportType::Func(ty)) => {
                let given = &self.functions[address.index()].ty;
                self.types.func_matches(given, &types[ty.index()])?
            }
            (Extern::Table(address), ImportType::Table(wanted)) => {
                let given = self.tables[address.index()].ty();
                given.address == wanted.address
                    && within(given.limits, wanted.limits)
                    && same(
                        ValType::Ref(given.element),
                        ValType::Ref(close_ref(wanted.element, types)),
                    )?
            }
            (Extern::Memory(address), ImportType::Memory(wanted)) => {
                let given = self.memories[address.index()].ty();
                given.address == wanted.address && within(given.limits, wanted.limits)
            }
            (Extern::Global(address), ImportType::Global(wanted)) => {
                let given = self.globals[address.index()].ty;
                let content = close(wanted.content, types);
                // What can be written is read as one type and written as the other: both have to fit.
                given.mutable == wanted.mutable
                    && match wanted.mutable {
                        true => same(given.content, content)?,
                        false => matches(given.content, content)?,
                    }
            }
            (Extern::Tag(address), ImportType::Tag(ty)) => {
                let (given, wanted) = (&self.tags[address.index()].ty, &types[ty.index()]);
                self.types.func_matches(given, wanted)? && self.types.func_matches(wanted, given)?
            }
            _ => false,
        })
    }

    /// What is wrong with an import that does not fit.
    fn misfit(&self, import: &Import, given: Option<Extern>, types: &[Type]) -> LinkError {
        let describe =
            |kind: &str, ty: &dyn std::fmt::Display| format!("{kind} {ty}").trim_end().to_owned();
        let wanted = match import.ty {
            ImportType::Func(ty) => describe("func", &types[ty.index()].func),
            ImportType::Table(ty) => describe("table", &ty),
            ImportType::Memory(ty) => describe("memory", &ty),
            ImportType::Global(ty) => describe("global", &ty),
            ImportType::Tag(ty) => describe("tag", &types[ty.index()].func),
        };
        let given = given.map(|given| match given {
            Extern::Func(address) => describe("func", &self.functions[address.index()].ty.func),
            Extern::Table(address) => describe("table", &self.tables[address.index()].ty()),
            Extern::Memory(address) => describe("memory", &self.memories[address.index()].ty()),
            Extern::Global(address) => describe("global", &self.globals[address.index()].ty),
            Extern::Tag(address) => describe("tag", &self.tags[address.index()].ty.func),
        });
        LinkError { module: import.module.clone(), name: import.name.clone(), wanted, given }
    }

    /// Makes what the module defines: functions with their code, tables, memories, tags; globals are made when their values are
    /// known. Then the exports.
    fn allocate(
        &mut self,
        module: &mut Module,
        instance: &mut ModuleInstance,
    ) -> Result<(), Error> {
        for function in std::mem::take(&mut module.functions) {
            let ty = instance.types[function.ty.index()].clone();
            let code = Code {
                params: ty.func.params.len(),
                locals: function.locals.len(),
                results: ty.func.results.len(),
                body: function.body,
            };
            instance.functions.push(FuncAddr::after(&self.functions));
            self.functions
                .push(FunctionInstance { ty, body: FunctionBody::Code(instance.address, code) });
        }
        for TableDefinition { ty, .. } in &module.tables {
            let ty = TableType { element: close_ref(ty.element, &instance.types), ..*ty };
            instance.tables.push(self.allocate_table(ty)?);
        }
        for memory in &module.memories {
            instance.memories.push(self.allocate_memory(*memory)?);
        }
        let imported = instance.tags.len();
        for (position, ty) in module.tags.iter().enumerate() {
            let index = TagIdx((imported + position) as u32);
            let name = match module.names.tags.get(&index) {
                Some(name) => format!("tag {} (${name})", index.0),
                None => format!("tag {}", index.0),
            };
            instance.tags.push(TagAddr::after(&self.tags));
            self.tags.push(TagInstance { ty: instance.types[ty.index()].clone(), name });
        }
        let next = GlobalAddr::after(&self.globals).0;
        instance.globals.extend((next..).take(module.globals.len()).map(GlobalAddr));
        for export in std::mem::take(&mut module.exports) {
            let item = match export.item {
                ExportItem::Func(index) => Extern::Func(instance.functions[index.index()]),
                ExportItem::Table(index) => Extern::Table(instance.tables[index.index()]),
                ExportItem::Memory(index) => Extern::Memory(instance.memories[index.index()]),
                ExportItem::Global(index) => Extern::Global(instance.globals[index.index()]),
                ExportItem::Tag(index) => Extern::Tag(instance.tags[index.index()]),
            };
            if let Extern::Func(function) = item {
                instance.names.entry(function).or_insert_with(|| export.name.clone());
            }
            instance.exports.push((export.name, item));
        }
        for (index, name) in std::mem::take(&mut module.names.functions) {
            if let Some(function) = instance.functions.get(index.index()) {
                instance.names.insert(*function, name);
            }
        }
        Ok(())
    }

    pub(crate) fn allocate_table(&mut self, ty: TableType) -> Result<TableAddr, Error> {
        let others: u64 = self.tables.iter().map(TableInstance::size).sum();
        let room = self.limits.table_elements.saturating_sub(others);
        let table = TableInstance::new(ty, NULL, room)
            .ok_or_else(|| Error::Room(format!("no room for the table {ty}")))?;
        let address = TableAddr::after(&self.tables);
        self.tables.push(table);
        Ok(address)
    }

    pub(crate) fn allocate_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        let others: u64 = self.memories.iter().map(MemoryInstance::size).sum();
        let room = self.limits.pages().saturating_sub(others);
        let memory = MemoryInstance::within(ty, room).ok_or_else(|| {
            Error::Room(format!("no room for a memory of {} pages", ty.limits.min))
        })?;
        let address = MemAddr::after(&self.memories);
        self.memories.push(memory);
        Ok(address)
    }

    /// Gives an instance its values: globals, elements of tables, segments; copies the active segments; starts.
    fn initialize(&mut self, module: Module, address: InstanceAddr) -> Result<(), Error> {
        for Global { ty, init } in module.globals {
            let content = close(ty.content, &self.instances[address.index()].types);
            let [slot, upper] = self.evaluate(address, init)?;
            let ty = GlobalType { content, ..ty };
            self.globals.push(GlobalInstance { ty, slot, upper });
        }
        let imported = self.instances[address.index()].tables.len() - module.tables.len();
        for (position, TableDefinition { init, .. }) in module.tables.into_iter().enumerate() {
            if let Some(init) = init {
                let [reference, _] = self.evaluate(address, init)?;
                let table = self.instances[address.index()].tables[imported + position];
                let table = &mut self.tables[table.index()];
                table.range_mut(0, table.size()).map_err(trap)?.fill(reference);
            }
        }
        let mut tables = Vec::new();
        for Element { items, mode, .. } in module.elements {
            // Each reference lies in the store before the next one is made: a layer that collects finds it there.
            self.elements[address.index()].push(Vec::new());
            for item in items {
                let [reference, _] = self.evaluate(address, item)?;
                self.elements[address.index()][tables.len()].push(reference);
            }
            tables.push(mode);
        }
        let mut memories = Vec::new();
        for Data { bytes, mode } in module.data {
            self.data[address.index()].push(bytes);
            memories.push(mode);
        }
        for (segment, mode) in tables.into_iter().enumerate() {
            self.place_elements(address, segment, mode)?;
        }
        for (segment, mode) in memories.into_iter().enumerate() {
            self.place_data(address, segment, mode)?;
        }
        if let Some(start) = module.start {
            self.run(self.instances[address.index()].functions[start.index()], 0)?;
        }
        Ok(())
    }

    /// Copies an active element segment to its table. What is not passive is empty from then on.
    fn place_elements(
        &mut self,
        address: InstanceAddr,
        segment: usize,
        mode: ElementMode,
    ) -> Result<(), Error> {
        if mode == ElementMode::Passive {
            return Ok(());
        }
        if let ElementMode::Active(table, offset) = mode {
            let [offset, _] = self.evaluate(address, offset)?;
            let table = self.instances[address.index()].tables[table.index()];
            let references = &self.elements[address.index()][segment];
            let place = self.tables[table.index()].range_mut(offset, references.len() as u64);
            place.map_err(trap)?.copy_from_slice(references);
        }
        self.elements[address.index()][segment] = Vec::new();
        Ok(())
    }

    /// Copies an active data segment to its memory, and is empty from then on.
    fn place_data(
        &mut self,
        address: InstanceAddr,
        segment: usize,
        mode: DataMode,
    ) -> Result<(), Error> {
        if let DataMode::Active(memory, offset) = mode {
            let [offset, _] = self.evaluate(address, offset)?;
            let memory = self.instances[address.index()].memories[memory.index()];
            let bytes = std::mem::take(&mut self.data[address.index()][segment]);
            self.memories[memory.index()]
                .init(offset, &bytes, 0, bytes.len() as u64)
                .map_err(trap)?;
        }
        Ok(())
    }
}

/// Whether what has the limits `given` keeps to the limits `wanted`.
fn within(given: Limits, wanted: Limits) -> bool {
    given.min >= wanted.min
        && wanted.max.is_none_or(|wanted| given.max.is_some_and(|given| given <= wanted))
}

fn trap(trap: Trap) -> Error {
    Error::Trap(crate::TrapReport { trap, function: None, instr: None, message: None })
}
