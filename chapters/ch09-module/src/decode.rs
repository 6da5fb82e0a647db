//! From bytes to the tree: the sections of a module.
//!
//! `wasmparser` reads the grammar and validates; what is left to do here is to
//! grow the tree. So most functions bear the name of a production of the
//! grammar, and take what `wasmparser` made of it.
//!
//! Specification: Binary Format, *Modules*.

mod expr;
pub(crate) mod names;
mod operator;
mod types;
mod variables;

use std::borrow::Cow;
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::{fs, iter, str};

use wasmparser::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExternalKind, FunctionBody,
    Parser, Payload, TableInit, TypeRef, Validator, WasmFeatures,
};
use wast::lexer::{Lexer, TokenKind};

use crate::late::Context;
use crate::{
    Body, Bytes, Custom, Data, DataMode, Element, ElementMode, Export,
    ExportItem, FuncIdx, Function, Global, GlobalIdx, HeapType, Import,
    ImportType, LateFunction, MemIdx, Module, ModuleError, RefType, Reference,
    Section, TableDefinition, TableIdx, TagIdx, TypeIdx, Types, ValType,
};
use expr::expr;
pub(crate) use variables::Variables;

/// The standard, version 3.0. `wasmparser` counts threads among it; the
/// standard does not yet.
pub const FEATURES: WasmFeatures =
    WasmFeatures::WASM3.difference(WasmFeatures::THREADS);

/// The proposals of which this decoder knows every operator. What is valid
/// with these has a place in the tree.
pub const KNOWN: WasmFeatures = FEATURES
    .union(WasmFeatures::WIDE_ARITHMETIC)
    .union(WasmFeatures::CUSTOM_PAGE_SIZES);

/// How many locals all functions of a module may have together.
///
/// A function declares fifty thousand locals in four bytes. So a small file can
/// ask for more memory than there is. No real module comes near.
///
/// Specification: Appendix, *Implementation Limitations*.
const MAX_LOCALS: u64 = 10_000_000;

/// How many locals one function may have: `wasmparser` draws the line there
/// too.
const MAX_LOCALS_OF_FUNCTION: u64 = 50_000;

impl Module {
    /// Reads a file in the binary format or in the text format.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and where in which file.
    pub fn from_file(path: &Path) -> Result<Module, ModuleError> {
        let bytes = fs::read(path).map_err(|error| ModuleError::Read {
            file: path.to_owned(),
            error,
        })?;
        Module::from_shared(bytes.into(), FEATURES)
            .map_err(|error| error.in_file(path))
    }

    /// Reads a module in the binary format, which begins with a zero and `asm`,
    /// or else in the text format.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and where.
    pub fn from_bytes(bytes: &[u8]) -> Result<Module, ModuleError> {
        Module::from_bytes_with(bytes, FEATURES)
    }

    /// The same for another version of the standard than 3.0, or with a
    /// proposal.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and where.
    pub fn from_bytes_with(
        bytes: &[u8],
        features: WasmFeatures,
    ) -> Result<Module, ModuleError> {
        either(bytes, Decoder::new(features))
    }

    /// The same for bytes that the module keeps. Its functions and segments
    /// aren't copies but parts of them, so these bytes live as long as one of
    /// their parts does.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and where.
    pub fn from_shared(
        bytes: Bytes,
        features: WasmFeatures,
    ) -> Result<Module, ModuleError> {
        either(&bytes, Decoder::new(features).sharing(&bytes))
    }

    /// The same for whoever only executes the module: without its custom
    /// sections, apart from the names. What is left out for debuggers can be
    /// half of a file.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and where.
    pub fn without_customs(
        bytes: &[u8],
        features: WasmFeatures,
    ) -> Result<Module, ModuleError> {
        let decoder = Decoder { customs: false, ..Decoder::new(features) };
        either(bytes, decoder)
    }

    /// Reads a module in the text format.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and in which line and column, or, of what is
    /// grammatical but not valid, in which function.
    pub fn from_text(text: &str) -> Result<Module, ModuleError> {
        of_text(assemble(text), Decoder::new(FEATURES))
    }

    /// Reads a module in the binary format, and validates it.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and at which byte.
    pub fn from_binary(bytes: &[u8]) -> Result<Module, ModuleError> {
        Module::from_binary_with(bytes, FEATURES)
    }

    /// The same for another version of the standard than 3.0, or with a
    /// proposal.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and at which byte.
    pub fn from_binary_with(
        bytes: &[u8],
        features: WasmFeatures,
    ) -> Result<Module, ModuleError> {
        validated(bytes, Decoder::new(features))
    }

    /// Reads a module in the binary format and does not ask whether it is
    /// valid. For validators: a machine that executes it may panic.
    ///
    /// # Errors
    ///
    /// Says what does not follow the grammar, and at which byte.
    pub fn decode(bytes: &[u8]) -> Result<Module, ModuleError> {
        let decoder = Decoder::new(FEATURES);
        module(bytes, decoder).map_err(|error| error.in_function_of(bytes))
    }
}

/// Reads a file in either format.
fn either(bytes: &[u8], decoder: Decoder) -> Result<Module, ModuleError> {
    if bytes.starts_with(b"\0asm") {
        return validated(bytes, decoder);
    }
    // Bytes of neither format get the error that `wat` has for them.
    let binary = match str::from_utf8(bytes) {
        Ok(text) => assemble(text),
        Err(_) => wat::parse_bytes(bytes).map(Cow::into_owned),
    };
    of_text(binary, decoder)
}

/// Reads what a text has become. Nobody else has this binary, so the module
/// can keep it.
fn of_text(
    binary: wat::Result<Vec<u8>>,
    decoder: Decoder,
) -> Result<Module, ModuleError> {
    let binary = Bytes::from(binary.map_err(ModuleError::Text)?);
    let decoder = decoder.sharing(&binary);
    validated(&binary, decoder).map_err(ModuleError::of_text)
}

/// Turns the text format into the binary format.
///
/// The `(module …)` around the fields may be left out. A text without a field
/// is the empty module then, and `wat` does not take it for one.
///
/// Specification: Text Format, Modules, *Modules* (abbreviations).
fn assemble(text: &str) -> wat::Result<Vec<u8>> {
    let is_blank = Lexer::new(text).iter(0).all(|token| {
        use TokenKind::{BlockComment, LineComment, Whitespace};
        let kind = token.map(|token| token.kind);
        matches!(kind, Ok(Whitespace | LineComment | BlockComment))
    });
    wat::parse_str(if is_blank { "(module)" } else { text })
}

/// A module that passes validation.
fn validated(bytes: &[u8], decoder: Decoder) -> Result<Module, ModuleError> {
    let features = decoder.features;
    let outcome = Validator::new_with_features(features).validate_all(bytes);
    let decoder = Decoder { valid: KNOWN.contains(features), ..decoder };
    outcome
        .map_err(ModuleError::from)
        .and_then(|_| module(bytes, decoder))
        .map_err(|error| error.in_function_of(bytes))
}

/// `module ::= magic version section*`: each section becomes a field of the
/// module. Of a module that is known to be valid, the bodies are not looked at.
fn module(bytes: &[u8], mut decoder: Decoder) -> Result<Module, ModuleError> {
    let mut parser = Parser::new(0);
    parser.set_features(decoder.features);
    for payload in parser.parse_all(bytes) {
        decoder.section(payload?)?;
    }
    Ok(decoder.module)
}

/// A module that grows, section by section.
#[derive(Default)]
struct Decoder {
    module: Module,
    features: WasmFeatures,
    /// Whether each body is known to become a tree when it is read.
    valid: bool,
    /// Whether custom sections are kept.
    customs: bool,
    /// The bytes of the module, if it keeps them.
    shared: Option<Bytes>,
    /// The types of the functions whose bodies have not come yet: two sections
    /// hold what is one function.
    declared: std::vec::IntoIter<TypeIdx>,
    /// The last known section that was not empty.
    last: Option<Section>,
    /// How many locals the functions have so far.
    locals: u64,
    /// The types of the globals so far, imported ones first.
    globals: Vec<ValType>,
    /// What the bodies refer to.
    context: Option<Arc<Context>>,
}

impl Decoder {
    fn new(features: WasmFeatures) -> Decoder {
        Decoder { features, customs: true, ..Decoder::default() }
    }

    /// The same for a module that keeps its bytes.
    fn sharing(self, bytes: &Bytes) -> Decoder {
        Decoder { shared: Some(bytes.clone()), ..self }
    }

    /// `section_N(B) ::= N:byte size:u32 en*:B`
    fn section(&mut self, payload: Payload<'_>) -> Result<(), ModuleError> {
        let module = &mut self.module;
        match payload {
            Payload::TypeSection(groups) => {
                self.last = after(self.last, Section::Type, groups.count());
                let mut types = Types::default();
                for group in groups {
                    types.push(types::rec_type(group?)?);
                }
                module.types = Arc::new(types);
            }
            Payload::ImportSection(imports) => {
                self.last = after(self.last, Section::Import, imports.count());
                module.imports = collect(imports.into_imports(), import)?;
                self.globals
                    .extend(module.imports.iter().filter_map(global_import));
            }
            Payload::FunctionSection(functions) => {
                self.last = after(self.last, Section::Func, functions.count());
                self.declared =
                    collect(functions, |ty| Ok(TypeIdx(ty)))?.into_iter();
            }
            Payload::TableSection(tables) => {
                self.last = after(self.last, Section::Table, tables.count());
                module.tables = collect(tables, table)?;
            }
            Payload::MemorySection(memories) => {
                self.last = after(self.last, Section::Memory, memories.count());
                module.memories = collect(memories, types::memory_type)?;
            }
            Payload::TagSection(tags) => {
                self.last = after(self.last, Section::Tag, tags.count());
                module.tags =
                    collect(tags, |tag| Ok(TypeIdx(tag.func_type_idx)))?;
            }
            Payload::GlobalSection(globals) => {
                self.last = after(self.last, Section::Global, globals.count());
                for global in globals {
                    let variables = Variables {
                        globals: &self.globals,
                        ..Variables::default()
                    };
                    let global = self::global(global?, &variables)?;
                    self.globals.push(global.ty.content);
                    module.globals.push(global);
                }
            }
            Payload::ExportSection(exports) => {
                self.last = after(self.last, Section::Export, exports.count());
                module.exports = collect(exports, export)?;
            }
            Payload::StartSection { func, .. } => {
                self.last = Some(Section::Start);
                module.start = Some(FuncIdx(func));
            }
            Payload::ElementSection(elements) => {
                self.last = after(self.last, Section::Elem, elements.count());
                module.elements = collect(elements, element)?;
            }
            Payload::CodeSectionStart { count, .. } => {
                self.last = after(self.last, Section::Code, count);
            }
            Payload::CodeSectionEntry(body) => {
                // Validation has counted as many bodies as types.
                let ty = self.declared.next().unwrap_or_default();
                self.locals += count_locals(&body, MAX_LOCALS - self.locals)?;
                // A proposal that is unknown to us could fail later.
                if !self.valid {
                    expr::check(body.get_operators_reader()?)?;
                }
                let context = self.context.get_or_insert_with(|| {
                    Arc::new(Context {
                        features: self.features,
                        types: Arc::clone(&module.types),
                        globals: self.globals.as_slice().into(),
                    })
                });
                let code = part(body.as_bytes(), &self.shared);
                module.functions.push(LateFunction::new(ty, code, context));
            }
            Payload::DataSection(data) => {
                self.last = after(self.last, Section::Data, data.count());
                module.data =
                    collect(data, |data| data_segment(data, &self.shared))?;
            }
            Payload::CustomSection(custom) => self.custom(&custom),
            // The count repeats the length of the data section, so that one
            // pass can validate.
            Payload::DataCountSection { .. }
            | Payload::Version { .. }
            | Payload::End(_) => {}
            unknown => return Err(beyond_standard(&unknown)),
        }
        Ok(())
    }

    /// `custom ::= name byte*`. A name section that is not well-formed is no
    /// error: it is kept as it is.
    fn custom(&mut self, custom: &wasmparser::CustomSectionReader<'_>) {
        if custom.name() == "name"
            && let Ok(names) = names::names(custom)
        {
            self.module.names = names;
        } else if self.customs {
            self.module.customs.push(Custom {
                name: custom.name().to_owned(),
                bytes: part(custom.data(), &self.shared),
                after: self.last,
            });
        }
    }
}

/// The last section that was not empty, after one with this number of entries:
/// text cannot tell an empty one from none.
fn after(
    last: Option<Section>,
    section: Section,
    entries: u32,
) -> Option<Section> {
    if entries > 0 { Some(section) } else { last }
}

/// `list(X) ::= n:u32 X^n`, where each X is decoded by `decode`.
fn collect<X, T>(
    list: impl IntoIterator<Item = wasmparser::Result<X>>,
    decode: impl Fn(X) -> Result<T, ModuleError>,
) -> Result<Vec<T>, ModuleError> {
    list.into_iter().map(|item| decode(item?)).collect()
}

/// A part of the bytes that the module keeps, or else a copy.
fn part(part: &[u8], shared: &Option<Bytes>) -> Bytes {
    match shared {
        Some(bytes) => bytes.slice_ref(part),
        None => Bytes::copy_from_slice(part),
    }
}

/// Something that validation should have found out, because it is not a part of
/// the standard.
fn beyond_standard(what: &impl Debug) -> ModuleError {
    ModuleError::new(format!("not a part of the standard 3.0: {what:?}"), 0)
}

/// `import ::= nm1:name nm2:name xt:externtype`
fn import(import: wasmparser::Import<'_>) -> Result<Import, ModuleError> {
    Ok(Import {
        module: import.module.to_owned(),
        name: import.name.to_owned(),
        ty: match import.ty {
            TypeRef::Func(ty) => ImportType::Func(TypeIdx(ty)),
            TypeRef::Table(ty) => ImportType::Table(types::table_type(ty)?),
            TypeRef::Memory(ty) => ImportType::Memory(types::memory_type(ty)?),
            TypeRef::Global(ty) => ImportType::Global(types::global_type(ty)?),
            TypeRef::Tag(ty) => ImportType::Tag(TypeIdx(ty.func_type_idx)),
            TypeRef::FuncExact(_) => return Err(beyond_standard(&import.ty)),
        },
    })
}

/// The type of an imported global.
fn global_import(import: &Import) -> Option<ValType> {
    match import.ty {
        ImportType::Global(ty) => Some(ty.content),
        _ => None,
    }
}

/// A constant expression in which no vector can be: an index, an address or a
/// reference.
fn constant(init: &ConstExpr<'_>) -> Result<Body, ModuleError> {
    expr(init.get_operators_reader(), &Variables::default())
}

/// `table ::= tt:tabletype | 0x40 0x00 tt:tabletype e:expr`
fn table(table: wasmparser::Table<'_>) -> Result<TableDefinition, ModuleError> {
    Ok(TableDefinition {
        ty: types::table_type(table.ty)?,
        init: match table.init {
            TableInit::RefNull => None,
            TableInit::Expr(init) => Some(constant(&init)?),
        },
    })
}

/// `global ::= gt:globaltype e:expr`
fn global(
    global: wasmparser::Global<'_>,
    variables: &Variables<'_>,
) -> Result<Global, ModuleError> {
    Ok(Global {
        ty: types::global_type(global.ty)?,
        init: expr(global.init_expr.get_operators_reader(), variables)?,
    })
}

/// `export ::= nm:name xx:externidx`
fn export(export: wasmparser::Export<'_>) -> Result<Export, ModuleError> {
    let index = export.index;
    Ok(Export {
        name: export.name.to_owned(),
        item: match export.kind {
            ExternalKind::Func => ExportItem::Func(FuncIdx(index)),
            ExternalKind::Table => ExportItem::Table(TableIdx(index)),
            ExternalKind::Memory => ExportItem::Memory(MemIdx(index)),
            ExternalKind::Global => ExportItem::Global(GlobalIdx(index)),
            ExternalKind::Tag => ExportItem::Tag(TagIdx(index)),
            ExternalKind::FuncExact => return Err(beyond_standard(&export)),
        },
    })
}

/// `elem ::= 0x00 … 0x07`: the modes, each with indices of functions or with
/// expressions.
fn element(element: wasmparser::Element<'_>) -> Result<Element, ModuleError> {
    let mode = match element.kind {
        ElementKind::Active { table_index, offset_expr } => {
            ElementMode::Active(
                TableIdx(table_index.unwrap_or_default()),
                constant(&offset_expr)?,
            )
        }
        ElementKind::Passive => ElementMode::Passive,
        ElementKind::Declared => ElementMode::Declarative,
    };
    let (ty, items) = match element.items {
        // An index is short for a reference that cannot be null.
        ElementItems::Functions(functions) => {
            let ty = RefType { nullable: false, heap: HeapType::Func };
            let reference = |function| {
                Body::from(vec![Reference::Func(FuncIdx(function)).into()])
            };
            (ty, collect(functions, |index| Ok(reference(index)))?)
        }
        ElementItems::Expressions(ty, items) => {
            let items = collect(items, |item| constant(&item))?;
            (types::ref_type(ty)?, items)
        }
    };
    Ok(Element { ty, items, mode })
}

/// How many locals a function has, its parameters apart.
///
/// # Errors
///
/// Too many: more than a function may have, or than `max_locals`.
fn count_locals(
    code: &FunctionBody<'_>,
    max_locals: u64,
) -> Result<u64, ModuleError> {
    let count = locals(code)?.iter().map(|(count, _)| u64::from(*count)).sum();
    let too_many = |max, whose| {
        let message = format!("more than {max} locals in one {whose}");
        ModuleError::new(message, code.range().start)
    };
    if count > MAX_LOCALS_OF_FUNCTION {
        return Err(too_many(MAX_LOCALS_OF_FUNCTION, "function"));
    }
    if count > max_locals {
        return Err(too_many(MAX_LOCALS, "module"));
    }
    Ok(count)
}

/// `code ::= size:u32 locals* e:expr`, with the type from the function section.
pub(crate) fn function(
    ty: TypeIdx,
    code: &FunctionBody<'_>,
    variables: Variables<'_>,
) -> Result<Function, ModuleError> {
    let locals: Box<[ValType]> = locals(code)?
        .into_iter()
        .flat_map(|(count, ty)| iter::repeat_n(ty, count as usize))
        .collect();
    let variables = Variables { locals: &locals, ..variables };
    let body = expr(code.get_operators_reader()?, &variables)?;
    Ok(Function { ty, locals, body })
}

/// `locals ::= n:u32 t:valtype`: `n` locals of type `t`, and so on.
fn locals(code: &FunctionBody<'_>) -> Result<Vec<(u32, ValType)>, ModuleError> {
    collect(code.get_locals_reader()?, |(count, ty)| {
        Ok((count, types::val_type(ty)?))
    })
}

/// `data ::= 0x00 e:expr b*:list(byte) | 0x01 b*:list(byte)
/// | 0x02 x:memidx e:expr b*:list(byte)`
fn data_segment(
    data: wasmparser::Data<'_>,
    shared: &Option<Bytes>,
) -> Result<Data, ModuleError> {
    Ok(Data {
        bytes: part(data.data, shared),
        mode: match data.kind {
            DataKind::Passive => DataMode::Passive,
            DataKind::Active { memory_index, offset_expr } => {
                DataMode::Active(MemIdx(memory_index), constant(&offset_expr)?)
            }
        },
    })
}
