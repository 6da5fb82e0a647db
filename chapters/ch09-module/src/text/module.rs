//! Modules as text.
//!
//! Specification: Text Format, *Modules*.

use std::fmt::{self, Display, Formatter};

use super::Scope;
use super::function::write_function;
use super::identifier::{
    Named, annotation, identifier, quoted, quoted_bytes, write_name,
};
use super::types::{write_signature, write_sub_type, write_type_use};
use crate::{
    Body, Custom, Data, DataIdx, DataMode, ElemIdx, Element, ElementMode,
    Export, ExportItem, FuncIdx, Global, GlobalIdx, HeapType, Import,
    ImportType, Instr, MemIdx, Module, Names, RefType, Reference, Section,
    SubType, TableDefinition, TableIdx, TagIdx, TypeIdx,
};

/// What comes before a field of a module.
const FIELD: &str = "\n  ";

impl Display for Module {
    /// The module in the text format. It is read back as an equal tree; only
    /// names of what the module does not have are lost, and a second section of
    /// names that cannot be read.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let identifiers = self.names.identifiers();
        let scope = &Scope::of(self, &identifiers);
        f.write_str("(module")?;
        match self.names.module.as_deref() {
            Some("") => write!(f, " {}", annotation(""))?,
            Some(name) => write!(f, " {}", identifier(name))?,
            None => {}
        }
        write_declarations(self, scope, f)?;
        write_definitions(self, scope, f)?;
        f.write_str(")")
    }
}

impl Module {
    /// An import in the text format, with the names of the module.
    pub fn import_text(&self, item: ExportItem, import: &Import) -> String {
        let identifiers = self.names.identifiers();
        let scope = Scope::of(self, &identifiers);
        fmt::from_fn(|f| write_import(item, import, &scope, f)).to_string()
    }

    /// An export in the text format, with the names of the module.
    pub fn export_text(&self, export: &Export) -> String {
        let identifiers = self.names.identifiers();
        let scope = Scope::of(self, &identifiers);
        fmt::from_fn(|f| write_export(export, &scope, f)).to_string()
    }

    /// A function in the text format, with the names of the module; empty if
    /// there is none.
    pub fn function_text(&self, index: FuncIdx) -> String {
        let identifiers = self.names.identifiers();
        let scope = Scope::of(self, &identifiers);
        let text = fmt::from_fn(|f| match self.function(index) {
            Some(function) => write_function(index, &function, &scope, f),
            None => {
                let mut imports = self.imported_items();
                match imports.find(|(item, _)| *item == ExportItem::Func(index))
                {
                    Some((item, import)) => {
                        write_import(item, import, &scope, f)
                    }
                    None => Ok(()),
                }
            }
        });
        // A field of the module is indented; by itself it is not.
        text.to_string().replace(FIELD, "\n")
    }
}

/// Types, imports, and what is defined in a line.
fn write_declarations(
    module: &Module,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    for (first, group) in module.types.groups() {
        write_group(first, group, scope, f)?;
    }
    for (item, import) in module.imported_items() {
        f.write_str(FIELD)?;
        write_import(item, import, scope, f)?;
    }
    let first = module.imported(|ty| matches!(ty, ImportType::Table(_)));
    for (index, table) in (first..).map(TableIdx).zip(&module.tables) {
        f.write_str(FIELD)?;
        write_table(index, table, scope, f)?;
    }
    let first = module.imported(|ty| matches!(ty, ImportType::Memory(_)));
    for (index, memory) in (first..).map(MemIdx).zip(&module.memories) {
        f.write_str(FIELD)?;
        write!(f, "(memory{} {memory})", scope.definition(&index))?;
    }
    let first = module.imported(|ty| matches!(ty, ImportType::Tag(_)));
    for (index, ty) in (first..).map(TagIdx).zip(&module.tags) {
        f.write_str(FIELD)?;
        write!(f, "(tag{}", scope.definition(&index))?;
        write_type_use(*ty, scope, f)?;
        f.write_str(")")?;
    }
    let first = module.imported(|ty| matches!(ty, ImportType::Global(_)));
    for (index, global) in (first..).map(GlobalIdx).zip(&module.globals) {
        f.write_str(FIELD)?;
        write_global(index, global, scope, f)?;
    }
    for export in &module.exports {
        f.write_str(FIELD)?;
        write_export(export, scope, f)?;
    }
    if let Some(start) = &module.start {
        write!(f, "{FIELD}(start {})", scope.show(start))?;
    }
    Ok(())
}

/// What has a body or bytes.
fn write_definitions(
    module: &Module,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    for (index, element) in (0..).map(ElemIdx).zip(&module.elements) {
        f.write_str(FIELD)?;
        write_element(index, element, scope, f)?;
    }
    let first = module.imported(|ty| matches!(ty, ImportType::Func(_)));
    for (index, function) in (first..).map(FuncIdx).zip(&module.functions) {
        f.write_str(FIELD)?;
        write_function(index, &function.read(), scope, f)?;
    }
    for (index, data) in (0..).map(DataIdx).zip(&module.data) {
        f.write_str(FIELD)?;
        write_data(index, data, scope, f)?;
    }
    for custom in &module.customs {
        // A second section of names, which cannot be read: whoever reads the
        // text would take it for the only one.
        if custom.name == "name" && module.names != Names::default() {
            continue;
        }
        f.write_str(FIELD)?;
        write_custom(custom, f)?;
    }
    Ok(())
}

impl<'a> Scope<'a> {
    /// The scope of a module's fields, with the names of the module that serve
    /// as identifiers.
    fn of(module: &'a Module, identifiers: &'a Names) -> Scope<'a> {
        Scope { identifiers, module: Some(module), ..Scope::EMPTY }
    }

    /// What follows the keyword of a definition: its name, and its index as a
    /// comment.
    pub(super) fn definition<I: Named + Display>(
        &'a self,
        index: &'a I,
    ) -> impl Display {
        fmt::from_fn(move |f| {
            write_name(index, self, f)?;
            write!(f, " (;{index};)")
        })
    }
}

/// `rectype ::= typedef | '(' 'rec' typedef* ')'`
fn write_group(
    first: TypeIdx,
    group: &[SubType],
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    let write_types = |gap: &str, f: &mut Formatter<'_>| {
        let mut types = (first.0..).map(TypeIdx).zip(group);
        types.try_for_each(|(index, ty)| {
            write!(f, "{gap}(type{} ", scope.definition(&index))?;
            write_sub_type(ty, Some(index), scope, f)?;
            f.write_str(")")
        })
    };
    if group.len() == 1 {
        return write_types(FIELD, f);
    }
    write!(f, "{FIELD}(rec")?;
    write_types("\n    ", f)?;
    f.write_str(")")
}

/// `import ::= '(' 'import' name name externtype ')'`
fn write_import(
    item: ExportItem,
    import: &Import,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    let (module, name) = (quoted(&import.module), quoted(&import.name));
    write!(f, "(import {module} {name} (")?;
    match (item, &import.ty) {
        (ExportItem::Func(index), ImportType::Func(ty)) => {
            write!(f, "func{}", scope.definition(&index))?;
            write_signature(*ty, index, scope, f)?;
        }
        (ExportItem::Table(index), ImportType::Table(ty)) => {
            write!(f, "table{} {}", scope.definition(&index), scope.show(ty))?;
        }
        (ExportItem::Memory(index), ImportType::Memory(ty)) => {
            write!(f, "memory{} {ty}", scope.definition(&index))?;
        }
        (ExportItem::Global(index), ImportType::Global(ty)) => {
            write!(f, "global{} {}", scope.definition(&index), scope.show(ty))?;
        }
        (ExportItem::Tag(index), ImportType::Tag(ty)) => {
            write!(f, "tag{}", scope.definition(&index))?;
            write_type_use(*ty, scope, f)?;
        }
        _ => {}
    }
    f.write_str("))")
}

/// `export ::= '(' 'export' name externidx ')'`
fn write_export(
    export: &Export,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    write!(f, "(export {} (", quoted(&export.name))?;
    match &export.item {
        ExportItem::Func(index) => write!(f, "func {}", scope.show(index)),
        ExportItem::Table(index) => write!(f, "table {}", scope.show(index)),
        ExportItem::Memory(index) => write!(f, "memory {}", scope.show(index)),
        ExportItem::Global(index) => write!(f, "global {}", scope.show(index)),
        ExportItem::Tag(index) => write!(f, "tag {}", scope.show(index)),
    }?;
    f.write_str("))")
}

/// `table ::= '(' 'table' id? tabletype expr ')'`
fn write_table(
    index: TableIdx,
    table: &TableDefinition,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    write!(f, "(table{} {}", scope.definition(&index), scope.show(&table.ty))?;
    if let Some(init) = &table.init {
        write_expr(init, scope, f)?;
    }
    f.write_str(")")
}

/// `global ::= '(' 'global' id? globaltype expr ')'`
fn write_global(
    index: GlobalIdx,
    global: &Global,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    write!(
        f,
        "(global{} {}",
        scope.definition(&index),
        scope.show(&global.ty)
    )?;
    write_expr(&global.init, scope, f)?;
    f.write_str(")")
}

/// `expr ::= instr*`, of a constant expression, which has no blocks: each
/// instruction after a space, in parentheses.
fn write_expr(
    body: &Body,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    let mut instrs = body.iter();
    instrs.try_for_each(|instr| write!(f, " ({})", scope.show(instr)))
}

/// `'(' word expr ')'`, which for a single instruction goes without the word.
fn write_word_expr(
    word: &str,
    body: &Body,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    if body.len() == 1 {
        return write_expr(body, scope, f);
    }
    write!(f, " ({word}")?;
    write_expr(body, scope, f)?;
    f.write_str(")")
}

/// `elem ::= '(' 'elem' id? elemlist ')'
/// | '(' 'elem' id? tableuse offset elemlist ')'
/// | '(' 'elem' id? 'declare' elemlist ')'`
fn write_element(
    index: ElemIdx,
    element: &Element,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    write!(f, "(elem{}", scope.definition(&index))?;
    match &element.mode {
        ElementMode::Passive => {}
        ElementMode::Declarative => f.write_str(" declare")?,
        ElementMode::Active(table, offset) => {
            if *table != TableIdx(0) {
                write!(f, " (table {})", scope.show(table))?;
            }
            write_word_expr("offset", offset, scope, f)?;
        }
    }
    write_element_list(element, scope, f)?;
    f.write_str(")")
}

/// `elemlist ::= reftype elemexpr* | 'func' funcidx*`
fn write_element_list(
    element: &Element,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    let function = |item: &Body| match item[..] {
        [Instr::Reference(Reference::Func(function))] => Some(function),
        _ => None,
    };
    let short = RefType { nullable: false, heap: HeapType::Func };
    let functions: Option<Vec<FuncIdx>> =
        element.items.iter().map(function).collect();
    match functions {
        Some(functions) if element.ty == short => {
            f.write_str(" func")?;
            let mut functions = functions.iter();
            functions
                .try_for_each(|function| write!(f, " {}", scope.show(function)))
        }
        _ => {
            write!(f, " {}", scope.show(&element.ty))?;
            let mut items = element.items.iter();
            items.try_for_each(|item| write_word_expr("item", item, scope, f))
        }
    }
}

/// `data ::= '(' 'data' id? datastring ')'
/// | '(' 'data' id? memuse offset datastring ')'`
fn write_data(
    index: DataIdx,
    data: &Data,
    scope: &Scope<'_>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    write!(f, "(data{}", scope.definition(&index))?;
    if let DataMode::Active(memory, offset) = &data.mode {
        if *memory != MemIdx(0) {
            write!(f, " (memory {})", scope.show(memory))?;
        }
        write_word_expr("offset", offset, scope, f)?;
    }
    write_bytes(&data.bytes, f)?;
    f.write_str(")")
}

/// `datastring ::= string*`: a few bytes in the same line, many in lines of
/// their own.
fn write_bytes(bytes: &[u8], f: &mut Formatter<'_>) -> fmt::Result {
    const LINE: usize = 48;
    if bytes.len() <= LINE {
        return write!(f, " {}", quoted_bytes(bytes));
    }
    let mut lines = bytes.chunks(LINE);
    lines.try_for_each(|line| write!(f, "{FIELD}  {}", quoted_bytes(line)))
}

/// `'(' '@custom' name place? datastring ')'`
///
/// Specification: Appendix, Custom Sections, *Custom Sections in Text*.
fn write_custom(custom: &Custom, f: &mut Formatter<'_>) -> fmt::Result {
    let place = match custom.after {
        None => "before first",
        Some(Section::Type) => "after type",
        Some(Section::Import) => "after import",
        Some(Section::Func) => "after func",
        Some(Section::Table) => "after table",
        Some(Section::Memory) => "after memory",
        Some(Section::Tag) => "after tag",
        Some(Section::Global) => "after global",
        Some(Section::Export) => "after export",
        Some(Section::Start) => "after start",
        Some(Section::Elem) => "after elem",
        Some(Section::Code) => "after code",
        Some(Section::Data) => "after data",
    };
    write!(f, "(@custom {} ({place})", quoted(&custom.name))?;
    write_bytes(&custom.bytes, f)?;
    f.write_str(")")
}
