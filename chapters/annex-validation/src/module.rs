//! A module, part by part.
//!
//! Specification: Validation, *Modules*.

use std::collections::HashSet;

use ch07_values::NumType;
use ch09_module::{
    AddressType, Body, CompositeType, DataMode, ElementMode, ExportItem,
    FuncIdx, FuncType, GlobalIdx, GlobalType, ImportType, Instr, Limits,
    MemIdx, MemoryType, Module, RefType, Reference, TableIdx, TableType,
    TypeIdx, ValType,
};
use trace::Observer;

use crate::body::Validator;
use crate::{Error, Invalid};

/// The type of an address, an offset, a condition.
pub(crate) const I32: ValType = ValType::Num(NumType::I32);

/// Checks that a module is valid.
///
/// # Errors
///
/// What is wrong with it, and where.
pub fn validate(module: &Module) -> Result<(), Error> {
    validate_watched(module, &mut ())
}

/// Checks that a module is valid, while an observer watches the walk through
/// the functions' bodies. The stack that it sees has types on it.
///
/// # Errors
///
/// What is wrong with it, and where.
pub fn validate_watched(
    module: &Module,
    observer: &mut impl Observer,
) -> Result<(), Error> {
    let mut context = Context::new(module)?;
    context.globals()?;
    context.sizes()?;
    context.exports()?;
    context.start()?;
    context.segments()?;
    let imported = context.functions.len() - module.functions.len();
    for (index, function) in
        (imported as u32..).map(FuncIdx).zip(&module.functions)
    {
        let function = function.read();
        function.locals.iter().try_for_each(|&ty| value_type(ty))?;
        let ty = context.functions[index.index()];
        let name = match module.names.functions.get(&index) {
            Some(name) => format!("${name}"),
            None => format!("function {index}"),
        };
        Validator::new(
            &context,
            name,
            [&ty.params, &function.locals],
            &mut *observer,
        )
        .body(&function.body, &ty.results)?;
    }
    Ok(())
}

/// What the code of a module can name: its index spaces, imports first.
///
/// Specification: Validation, Conventions, *Contexts*.
pub(crate) struct Context<'module> {
    module: &'module Module,
    functions: Vec<&'module FuncType>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    globals: Vec<GlobalType>,
}

impl<'module> Context<'module> {
    /// Collects what there is; of the globals only those that are imported.
    fn new(module: &'module Module) -> Result<Context<'module>, Invalid> {
        let mut context = Context {
            module,
            functions: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
        };
        for ty in module.types.all() {
            match &ty.composite {
                CompositeType::Func(ty) => {
                    ty.params
                        .iter()
                        .chain(&ty.results)
                        .try_for_each(|&ty| value_type(ty))?;
                }
                _ => return Err(Invalid::beyond(ty)),
            }
        }
        for import in &module.imports {
            match import.ty {
                ImportType::Func(ty) => {
                    context.functions.push(context.func_type(ty)?)
                }
                ImportType::Table(ty) => context.tables.push(ty),
                ImportType::Memory(ty) => context.memories.push(ty),
                ImportType::Global(ty) => context.globals.push(ty),
                ImportType::Tag(_) => return Err(Invalid::beyond("a tag")),
            }
        }
        for function in &module.functions {
            context.functions.push(context.func_type(function.ty)?);
        }
        context.tables.extend(module.tables.iter().map(|table| table.ty));
        context.memories.extend(&module.memories);
        Ok(context)
    }

    /// Checks what globals begin with, which may name only those that are known
    /// so far: imported ones.
    fn globals(&mut self) -> Result<(), Error> {
        for global in &self.module.globals {
            self.constant(&global.init, global.ty.content)?;
        }
        self.globals.extend(self.module.globals.iter().map(|global| global.ty));
        self.globals.iter().try_for_each(|ty| value_type(ty.content))?;
        Ok(())
    }

    /// Checks a constant expression: a body like any other, of instructions
    /// that compute nothing.
    ///
    /// Specification: Validation, Instructions, *Constant Expressions*.
    fn constant(&self, body: &Body, ty: ValType) -> Result<(), Error> {
        for instr in &body[..] {
            let is_constant = match instr {
                Instr::Const(..) => true,
                Instr::GlobalGet(global) => !self.global(*global)?.mutable,
                _ => false,
            };
            if !is_constant {
                return Err(Invalid::new(format!(
                    "constant expression required, not {instr}"
                )))?;
            }
        }
        Validator::new(self, String::new(), [&[], &[]], ()).body(body, &[ty])
    }

    /// Checks how many memories and tables there are, and how large.
    fn sizes(&self) -> Result<(), Invalid> {
        if self.memories.len() > 1 {
            return Err(Invalid::new("multiple memories"));
        }
        if self.tables.len() > 1 {
            return Err(Invalid::new("multiple tables"));
        }
        for memory in &self.memories {
            limits(memory.address, memory.limits)?;
            if memory.page_size != MemoryType::PAGE_SIZE {
                return Err(Invalid::beyond(memory));
            }
            if !memory.limits.are_valid(memory.max_pages()) {
                return Err(Invalid::new(
                    "memory size must be at most 65536 pages (4GiB)",
                ));
            }
        }
        for table in &self.tables {
            limits(table.address, table.limits)?;
            if table.element != RefType::FUNCREF {
                return Err(Invalid::beyond(table));
            }
        }
        match self.module.tables.iter().find_map(|table| table.init.as_ref()) {
            Some(_) => {
                Err(Invalid::beyond("a table that begins with an expression"))
            }
            None => Ok(()),
        }
    }

    /// Checks that each export has a name of its own, and is there.
    fn exports(&self) -> Result<(), Invalid> {
        let mut names = HashSet::new();
        for export in &self.module.exports {
            if !names.insert(&export.name) {
                return Err(Invalid::new(format!(
                    "duplicate export name `{}`",
                    export.name
                )));
            }
            match export.item {
                ExportItem::Func(index) => drop(self.function(index)?),
                ExportItem::Table(index) => self.table(index)?,
                ExportItem::Memory(index) => self.memory(index)?,
                ExportItem::Global(index) => drop(self.global(index)?),
                ExportItem::Tag(_) => return Err(Invalid::beyond("a tag")),
            }
        }
        Ok(())
    }

    /// Checks that the function to begin with takes nothing and leaves nothing.
    fn start(&self) -> Result<(), Invalid> {
        let Some(index) = self.module.start else { return Ok(()) };
        match self.function(index)? == &FuncType::default() {
            true => Ok(()),
            false => Err(Invalid::new(format!(
                "start function {index} takes or leaves something"
            ))),
        }
    }

    /// Checks the segments of tables and memories.
    fn segments(&self) -> Result<(), Error> {
        for element in &self.module.elements {
            let ElementMode::Active(table, offset) = &element.mode else {
                return Err(Invalid::beyond("a segment that is not active"))?;
            };
            self.table(*table)?;
            self.constant(offset, I32)?;
            for item in &element.items {
                match item[..] {
                    [Instr::Reference(Reference::Func(function))] => {
                        self.function(function)?;
                    }
                    _ => {
                        return Err(Invalid::beyond(
                            "an element that is an expression",
                        ))?;
                    }
                }
            }
        }
        for data in &self.module.data {
            let DataMode::Active(memory, offset) = &data.mode else {
                return Err(Invalid::beyond("a segment that is not active"))?;
            };
            self.memory(*memory)?;
            self.constant(offset, I32)?;
        }
        Ok(())
    }

    pub(crate) fn func_type(
        &self,
        index: TypeIdx,
    ) -> Result<&'module FuncType, Invalid> {
        self.module
            .func_type(index)
            .ok_or_else(|| Invalid::unknown("type", index))
    }

    pub(crate) fn function(
        &self,
        index: FuncIdx,
    ) -> Result<&'module FuncType, Invalid> {
        let ty = self.functions.get(index.index()).copied();
        ty.ok_or_else(|| Invalid::unknown("function", index))
    }

    pub(crate) fn table(&self, index: TableIdx) -> Result<(), Invalid> {
        self.tables
            .get(index.index())
            .map(drop)
            .ok_or_else(|| Invalid::unknown("table", index))
    }

    pub(crate) fn memory(&self, index: MemIdx) -> Result<(), Invalid> {
        self.memories
            .get(index.index())
            .map(drop)
            .ok_or_else(|| Invalid::unknown("memory", index))
    }

    pub(crate) fn global(
        &self,
        index: GlobalIdx,
    ) -> Result<GlobalType, Invalid> {
        let ty = self.globals.get(index.index()).copied();
        ty.ok_or_else(|| Invalid::unknown("global", index))
    }
}

/// Version 1.0 has numbers and nothing else.
pub(crate) fn value_type(ty: ValType) -> Result<(), Invalid> {
    match ty {
        ValType::Num(_) => Ok(()),
        other => Err(Invalid::beyond(other)),
    }
}

/// Checks that what grows has an end that is not before its beginning.
fn limits(address: AddressType, limits: Limits) -> Result<(), Invalid> {
    if address == AddressType::I64 {
        return Err(Invalid::beyond("addresses of 64 bits"));
    }
    if limits.max.is_some_and(|max| limits.min > max) {
        return Err(Invalid::new(
            "size minimum must not be greater than maximum",
        ));
    }
    Ok(())
}
