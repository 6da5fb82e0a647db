//! What a module has of each kind, imported and defined, in the order of the indices.

use ch09_module::{ExportItem, GlobalType, ImportType, MemoryType, Module, TableType, TypeIdx};

/// The types of all items of a module.
pub struct Items<'a> {
    module: &'a Module,
    functions: Vec<TypeIdx>,
    /// The tables, imported ones first.
    pub tables: Vec<TableType>,
    /// The memories, imported ones first.
    pub memories: Vec<MemoryType>,
    globals: Vec<GlobalType>,
    tags: Vec<TypeIdx>,
    /// How many of the functions are imported.
    pub imported_functions: usize,
    /// How many of the tables are imported.
    pub imported_tables: usize,
    /// How many of the memories are imported.
    pub imported_memories: usize,
}

impl<'a> Items<'a> {
    /// The items of a module.
    pub fn of(module: &'a Module) -> Items<'a> {
        let mut items = Items {
            module,
            functions: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            tags: Vec::new(),
            imported_functions: 0,
            imported_tables: 0,
            imported_memories: 0,
        };
        for import in &module.imports {
            match import.ty {
                ImportType::Func(ty) => items.functions.push(ty),
                ImportType::Table(ty) => items.tables.push(ty),
                ImportType::Memory(ty) => items.memories.push(ty),
                ImportType::Global(ty) => items.globals.push(ty),
                ImportType::Tag(ty) => items.tags.push(ty),
            }
        }
        items.imported_functions = items.functions.len();
        items.imported_tables = items.tables.len();
        items.imported_memories = items.memories.len();
        items.functions.extend(module.functions.iter().map(|function| function.ty));
        items.tables.extend(module.tables.iter().map(|table| table.ty));
        items.memories.extend(&module.memories);
        items.globals.extend(module.globals.iter().map(|global| global.ty));
        items.tags.extend(&module.tags);
        items
    }

    /// The type of an item in the text format; empty if the item is a function without parameters
    /// and results.
    pub fn ty(&self, item: ExportItem) -> String {
        let text = match item {
            ExportItem::Func(index) => self.functions.get(index.index()).map(|ty| self.func(*ty)),
            ExportItem::Tag(index) => self.tags.get(index.index()).map(|ty| self.func(*ty)),
            ExportItem::Table(index) => self.tables.get(index.index()).map(ToString::to_string),
            ExportItem::Memory(index) => self.memories.get(index.index()).map(ToString::to_string),
            ExportItem::Global(index) => self.globals.get(index.index()).map(ToString::to_string),
        };
        text.unwrap_or_default()
    }

    fn func(&self, ty: TypeIdx) -> String {
        self.module.func_type(ty).map(ToString::to_string).unwrap_or_default()
    }
}

/// The kind and the type of an import, as the text format has them: `func`, `(param i32)`.
pub fn import_type(module: &Module, ty: ImportType) -> (&'static str, String) {
    let func = |ty| module.func_type(ty).map(ToString::to_string).unwrap_or_default();
    match ty {
        ImportType::Func(ty) => ("func", func(ty)),
        ImportType::Table(ty) => ("table", ty.to_string()),
        ImportType::Memory(ty) => ("memory", ty.to_string()),
        ImportType::Global(ty) => ("global", ty.to_string()),
        ImportType::Tag(ty) => ("tag", func(ty)),
    }
}

/// The kind and the index of an item, as the text format has them: `func`, 3.
pub fn kind(item: ExportItem) -> (&'static str, u32) {
    match item {
        ExportItem::Func(index) => ("func", index.0),
        ExportItem::Table(index) => ("table", index.0),
        ExportItem::Memory(index) => ("memory", index.0),
        ExportItem::Global(index) => ("global", index.0),
        ExportItem::Tag(index) => ("tag", index.0),
    }
}
