//! From a module to an instance.
//!
//! Specification: Execution, Modules, *Instantiation*.

use std::collections::HashMap;

use ch07_values::Trap;
use ch09_module::{
    AddressType, CompositeType, Data, DataMode, Element, ElementMode, ExportItem, FuncType, Global,
    HeapType, Import, ImportType, Limits, MemoryType, Module, SubType, TableDefinition, TableType,
    ValType,
};
use ch10_memory::MemoryInstance;
use ch11_control::Code;
use trace::Observer;

use crate::store::{FunctionBody, FunctionInstance, GlobalInstance, ModuleInstance, Type};
use crate::table::TableInstance;
use crate::value::NULL;
use crate::{
    Error, Extern, FuncAddr, GlobalAddr, Imports, InstanceAddr, LinkError, MemAddr, Store,
    TableAddr,
};

impl<O: Observer + Send> Store<O> {
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
            exports: Vec::new(),
            names: HashMap::new(),
        };
        for (_, group) in module.types.groups() {
            for ty in group {
                instance.types.push(self.identify(ty, group.len()));
            }
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
                None => {}
            }
        }
        Ok(instance)
    }

    /// The type with its identity, where this machine knows what it is equal to.
    fn identify(&mut self, ty: &SubType, group: usize) -> Type {
        match &ty.composite {
            CompositeType::Func(func) if ty.is_final && ty.supertype.is_none() && group == 1 => {
                self.types.identify(func.clone())
            }
            CompositeType::Func(func) => Type { func: func.clone(), identity: None },
            CompositeType::Struct(_) | CompositeType::Array(_) => {
                Type { func: FuncType::default(), identity: None }
            }
        }
    }

    /// Whether an address names something in this store.
    fn has(&self, item: Extern) -> bool {
        match item {
            Extern::Func(address) => address.index() < self.functions.len(),
            Extern::Table(address) => address.index() < self.tables.len(),
            Extern::Memory(address) => address.index() < self.memories.len(),
            Extern::Global(address) => address.index() < self.globals.len(),
        }
    }

    /// Whether something can be imported as `wanted`; nothing, where this machine cannot tell yet.
    ///
    /// Specification: Validation, Types, *Matching*, External Types.
    fn fits(&self, item: Extern, wanted: ImportType, types: &[Type]) -> Option<bool> {
        Some(match (item, wanted) {
            (Extern::Func(address), ImportType::Func(ty)) => {
                let identity = types[ty.index()].identity?;
                self.functions[address.index()].ty.identity == Some(identity)
            }
            (Extern::Table(address), ImportType::Table(wanted)) => {
                let given = self.tables[address.index()].ty();
                given.address == wanted.address
                    && within(given.limits, wanted.limits)
                    && same(ValType::Ref(given.element), ValType::Ref(wanted.element))?
            }
            (Extern::Memory(address), ImportType::Memory(wanted)) => {
                let given = self.memories[address.index()].ty();
                given.address == wanted.address && within(given.limits, wanted.limits)
            }
            (Extern::Global(address), ImportType::Global(wanted)) => {
                let given = self.globals[address.index()].ty;
                // What can be written is read as one type and written as the other: both have to fit.
                let fit = if wanted.mutable { same } else { matches };
                given.mutable == wanted.mutable && fit(given.content, wanted.content)?
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
        });
        LinkError { module: import.module.clone(), name: import.name.clone(), wanted, given }
    }

    /// Makes what the module defines: functions with their code, tables, memories; globals are made when their values are
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
        for table in &module.tables {
            instance.tables.push(self.allocate_table(table.ty)?);
        }
        for memory in &module.memories {
            instance.memories.push(self.allocate_memory(*memory)?);
        }
        let next = GlobalAddr::after(&self.globals).0;
        instance.globals.extend((next..).take(module.globals.len()).map(GlobalAddr));
        for export in std::mem::take(&mut module.exports) {
            let item = match export.item {
                ExportItem::Func(index) => Extern::Func(instance.functions[index.index()]),
                ExportItem::Table(index) => Extern::Table(instance.tables[index.index()]),
                ExportItem::Memory(index) => Extern::Memory(instance.memories[index.index()]),
                ExportItem::Global(index) => Extern::Global(instance.globals[index.index()]),
                ExportItem::Tag(_) => {
                    return Err(Error::NotYet(format!("the export `{}` is a tag", export.name)));
                }
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
        if ty.address == AddressType::I64 {
            return Err(Error::NotYet("tables with indices of 64 bits".to_owned()));
        }
        let table = TableInstance::new(ty, NULL)
            .ok_or_else(|| Error::Room(format!("no room for the table {ty}")))?;
        let address = TableAddr::after(&self.tables);
        self.tables.push(table);
        Ok(address)
    }

    pub(crate) fn allocate_memory(&mut self, ty: MemoryType) -> Result<MemAddr, Error> {
        if ty.address == AddressType::I64 {
            return Err(Error::NotYet("memories with addresses of 64 bits".to_owned()));
        }
        let memory = MemoryInstance::new(ty).ok_or_else(|| {
            Error::Room(format!("no room for a memory of {} pages", ty.limits.min))
        })?;
        let address = MemAddr::after(&self.memories);
        self.memories.push(memory);
        Ok(address)
    }

    /// Gives an instance its values: globals, elements of tables, segments; copies the active segments; starts.
    fn initialize(&mut self, module: Module, address: InstanceAddr) -> Result<(), Error> {
        for Global { ty, init } in module.globals {
            let slot = self.evaluate(address, init)?;
            self.globals.push(GlobalInstance { ty, slot });
        }
        let imported = self.instances[address.index()].tables.len() - module.tables.len();
        for (position, TableDefinition { init, .. }) in module.tables.into_iter().enumerate() {
            if let Some(init) = init {
                let reference = self.evaluate(address, init)?;
                let table = self.instances[address.index()].tables[imported + position];
                let table = &mut self.tables[table.index()];
                table.range_mut(0, table.size()).map_err(trap)?.fill(reference);
            }
        }
        let mut tables = Vec::new();
        for Element { items, mode, .. } in module.elements {
            let references = items
                .into_iter()
                .map(|item| self.evaluate(address, item))
                .collect::<Result<Box<_>, _>>()?;
            self.elements[address.index()].push(references);
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
            let offset = self.evaluate(address, offset)? as u32;
            let table = self.instances[address.index()].tables[table.index()];
            let references = &self.elements[address.index()][segment];
            let place = self.tables[table.index()].range_mut(offset, references.len() as u32);
            place.map_err(trap)?.copy_from_slice(references);
        }
        self.elements[address.index()][segment] = Box::default();
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
            let offset = self.evaluate(address, offset)? as u32;
            let memory = self.instances[address.index()].memories[memory.index()];
            let bytes = std::mem::take(&mut self.data[address.index()][segment]);
            self.memories[memory.index()]
                .init(offset, &bytes, 0, bytes.len() as u32)
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

/// Whether every value of type `given` is one of type `wanted`; nothing, where this machine cannot tell yet.
///
/// Specification: Validation, Types, *Matching*, Value Types.
fn matches(given: ValType, wanted: ValType) -> Option<bool> {
    let (ValType::Ref(given), ValType::Ref(wanted)) = (given, wanted) else {
        return Some(given == wanted);
    };
    match (given.heap, wanted.heap) {
        // What a concrete type is depends on the module, and here are two.
        (HeapType::Concrete(_), _) | (_, HeapType::Concrete(_)) => None,
        (given_heap, wanted_heap) if given_heap == wanted_heap => {
            Some(wanted.nullable || !given.nullable)
        }
        (HeapType::Func, HeapType::Extern) | (HeapType::Extern, HeapType::Func) => Some(false),
        _ => None,
    }
}

/// Whether two types have the same values.
fn same(given: ValType, wanted: ValType) -> Option<bool> {
    Some(matches(given, wanted)? && matches(wanted, given)?)
}

fn trap(trap: Trap) -> Error {
    Error::Trap(crate::TrapReport { trap, function: None, instr: None, message: None })
}
