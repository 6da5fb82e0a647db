//! Modules: decoded, validated, and ready to be instantiated.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use ch09_module as module;
use ch09_module::{CompositeType, ExportItem, ModuleError};
use wasmparser::{BinaryReader, FunctionBody, Operator, Parser, Payload};

use crate::error::FrameInfo;
use crate::types::{ExternType, FuncType};
use crate::{CompiledError, Engine, Error};

/// A module, decoded and validated. It is not alive yet: a
/// [`Linker`](crate::Linker) makes instances of it. Clones share it, and other
/// threads may have them.
///
/// ```
/// use ch22_embed::{Engine, Module};
///
/// # fn main() -> Result<(), ch22_embed::Error> {
/// let text = r#"(module (func (export "answer") (result i32) i32.const 42))"#;
/// let module = Module::new(&Engine::default(), text)?;
/// let names: Vec<&str> = module.exports().map(|item| item.name()).collect();
/// assert_eq!(names, ["answer"]);
/// # Ok(())
/// # }
/// ```
///
/// Specification: Structure, *Modules*.
#[derive(Clone)]
pub struct Module(Arc<Inner>);

struct Inner {
    engine: Engine,
    binary: Bytes,
    module: module::Module,
    /// Where the entry of each function is in the binary.
    bodies: OnceLock<Vec<Range<u64>>>,
    /// Whether its functions came with code for this engine.
    compiled: bool,
}

/// What begins a module in the binary format.
const MAGIC: &[u8] = b"\0asm";

impl Module {
    /// Reads a module in the binary format, which begins with a zero and `asm`,
    /// or else in the text format.
    ///
    /// # Errors
    ///
    /// It isn't well-formed or not valid: the error says what is wrong, and
    /// where. It is a compiled module, which [`Module::deserialize`] reads.
    pub fn new(
        engine: &Engine,
        bytes: impl AsRef<[u8]>,
    ) -> Result<Module, Error> {
        let bytes = bytes.as_ref();
        if bytes.starts_with(MAGIC) {
            return Module::from_shared(engine, Bytes::copy_from_slice(bytes));
        }
        not_compiled(bytes)?;
        let features = engine.config().valid();
        // Who has written a text wants to hear of its lines.
        let checked = module::Module::from_bytes_with(bytes, features);
        let binary = wat::parse_bytes(bytes).map_err(ModuleError::Text);
        let (_, binary) = (checked?, binary?);
        Module::from_shared(engine, Bytes::copy_from_slice(&binary))
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// It can't be read, or what [`Module::new`] says.
    pub fn from_file(
        engine: &Engine,
        file: impl AsRef<Path>,
    ) -> Result<Module, Error> {
        let file = file.as_ref();
        let bytes = std::fs::read(file).map_err(|error| ModuleError::Read {
            file: file.to_owned(),
            error,
        })?;
        match bytes.starts_with(MAGIC) {
            true => Module::from_shared(engine, bytes.into()),
            false => Module::new(engine, bytes),
        }
    }

    /// Reads a module in the binary format. It keeps these bytes, and its
    /// functions and segments are parts of them.
    ///
    /// # Errors
    ///
    /// It isn't well-formed or not valid.
    pub fn from_shared(engine: &Engine, bytes: Bytes) -> Result<Module, Error> {
        not_compiled(&bytes)?;
        Module::with_compiled(engine, bytes, Vec::new())
    }

    /// The same with what the engine has made of the functions before, if there
    /// is anything.
    pub(crate) fn with_compiled(
        engine: &Engine,
        binary: Bytes,
        compiled: Vec<Option<Bytes>>,
    ) -> Result<Module, Error> {
        let features = engine.config().valid();
        let mut module = module::Module::from_shared(binary.clone(), features)?;
        let is_compiled = !compiled.is_empty();
        for (function, compiled) in module.functions.iter_mut().zip(compiled) {
            function.set_compiled(compiled);
        }
        Ok(Module(Arc::new(Inner {
            engine: engine.clone(),
            binary,
            module,
            bodies: OnceLock::new(),
            compiled: is_compiled,
        })))
    }

    /// Checks that the bytes are a valid module, in either format.
    ///
    /// # Errors
    ///
    /// What [`Module::new`] says.
    pub fn validate(engine: &Engine, bytes: &[u8]) -> Result<(), Error> {
        not_compiled(bytes)?;
        let features = engine.config().valid();
        module::Module::without_customs(bytes, features)?;
        Ok(())
    }

    /// Whether two are the same module, or clones of one.
    pub(crate) fn same(&self, other: &Module) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether its functions came with code that its engine can execute: see
    /// [`Module::deserialize`].
    pub fn is_compiled(&self) -> bool {
        self.0.compiled
    }

    /// The engine that it was read for.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// The module's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.0.module.names.module.as_deref()
    }

    /// The module in the binary format.
    pub fn binary(&self) -> &Bytes {
        &self.0.binary
    }

    /// What it needs from outside, in its own order.
    pub fn imports(&self) -> impl ExactSizeIterator<Item = ImportType<'_>> {
        self.0.module.imports.iter().map(|import| ImportType {
            module: &import.module,
            name: &import.name,
            ty: self.import_type(import.ty),
        })
    }

    /// What it shows outside, in its own order.
    pub fn exports(&self) -> impl ExactSizeIterator<Item = ExportType<'_>> {
        self.0.module.exports.iter().map(|export| ExportType {
            name: &export.name,
            ty: self.export_type(export.item),
        })
    }

    /// The type of an export.
    pub fn get_export(&self, name: &str) -> Option<ExternType> {
        let mut exports = self.0.module.exports.iter();
        let export = exports.find(|export| export.name == name)?;
        Some(self.export_type(export.item))
    }

    /// The sections that the standard gives no meaning to, each with its name
    /// and its bytes; without the names of functions and the like.
    pub fn custom_sections(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let customs = self.0.module.customs.iter();
        customs.map(|custom| (custom.name.as_str(), &custom.bytes[..]))
    }

    /// The module in its parts, for who looks inside.
    pub fn decoded(&self) -> &module::Module {
        &self.0.module
    }

    fn func_type(&self, ty: module::TypeIdx) -> FuncType {
        let ty = self.0.module.ty(ty).map(|ty| &ty.composite);
        match ty {
            Some(CompositeType::Func(ty)) => ty.into(),
            _ => FuncType::default(),
        }
    }

    fn import_type(&self, ty: module::ImportType) -> ExternType {
        use module::ImportType as Import;
        match ty {
            Import::Func(ty) => ExternType::Func(self.func_type(ty)),
            Import::Table(ty) => ExternType::Table(ty),
            Import::Memory(ty) => ExternType::Memory(ty),
            Import::Global(ty) => ExternType::Global(ty.into()),
            Import::Tag(ty) => ExternType::Tag(self.func_type(ty)),
        }
    }

    fn export_type(&self, item: ExportItem) -> ExternType {
        let module = &self.0.module;
        let imported = module.imported_items().find(|(it, _)| *it == item);
        if let Some((_, import)) = imported {
            return self.import_type(import.ty);
        }
        use module::ImportType as Import;
        let own = |index: usize, is: fn(&Import) -> bool| {
            index - module.imported(is) as usize
        };
        match item {
            ExportItem::Func(index) => {
                let own =
                    own(index.index(), |ty| matches!(ty, Import::Func(_)));
                ExternType::Func(self.func_type(module.functions[own].ty))
            }
            ExportItem::Table(index) => {
                let own =
                    own(index.index(), |ty| matches!(ty, Import::Table(_)));
                ExternType::Table(module.tables[own].ty)
            }
            ExportItem::Memory(index) => {
                let own =
                    own(index.index(), |ty| matches!(ty, Import::Memory(_)));
                ExternType::Memory(module.memories[own])
            }
            ExportItem::Global(index) => {
                let own =
                    own(index.index(), |ty| matches!(ty, Import::Global(_)));
                ExternType::Global(module.globals[own].ty.into())
            }
            ExportItem::Tag(index) => {
                let own = own(index.index(), |ty| matches!(ty, Import::Tag(_)));
                ExternType::Tag(self.func_type(module.tags[own]))
            }
        }
    }

    /// What a backtrace says of an instruction of a function.
    pub(crate) fn frame(
        &self,
        function: u32,
        instruction: Option<u32>,
    ) -> FrameInfo {
        let module = &self.0.module;
        let index = module::FuncIdx(function);
        let exported = || {
            let item = ExportItem::Func(index);
            let mut exports = module.exports.iter();
            Some(&exports.find(|export| export.item == item)?.name)
        };
        let name = module.names.functions.get(&index).or_else(exported);
        let body = self.body(function);
        let offset = instruction
            .zip(body.clone())
            .and_then(|(instruction, body)| self.offset(body, instruction));
        FrameInfo {
            module_name: self.name().map(str::to_owned),
            func_index: function,
            func_name: name.cloned(),
            module_offset: offset,
            func_offset: offset
                .zip(body)
                .map(|(offset, body)| offset - body.start),
        }
    }

    /// Where a function's entry is in the binary.
    fn body(&self, function: u32) -> Option<Range<u64>> {
        let bodies = self.0.bodies.get_or_init(|| {
            let payloads = Parser::new(0).parse_all(&self.0.binary).flatten();
            let bodies = payloads.filter_map(|payload| match payload {
                Payload::CodeSectionEntry(body) => Some(body.range()),
                _ => None,
            });
            bodies.collect()
        });
        let module = &self.0.module;
        let is_func = |ty: &_| matches!(ty, module::ImportType::Func(_));
        let own = function.checked_sub(module.imported(is_func))?;
        bodies.get(own as usize).cloned()
    }

    /// Where the instruction of a function is before which there are so many
    /// in the text, where `else` and `end` are none.
    fn offset(&self, body: Range<u64>, instruction: u32) -> Option<u64> {
        let bytes =
            self.0.binary.get(body.start as usize..body.end as usize)?;
        let body = FunctionBody::new(BinaryReader::new(bytes, body.start));
        let operators = body.get_operators_reader().ok()?;
        let operators = operators.into_iter_with_offsets().flatten();
        let mut instructions = operators.filter(|(operator, _)| {
            !matches!(operator, Operator::Else | Operator::End)
        });
        Some(instructions.nth(instruction as usize)?.1)
    }
}

/// Says where a compiled module belongs, before a parser complains about it.
fn not_compiled(bytes: &[u8]) -> Result<(), Error> {
    match Module::is_serialized(bytes) {
        true => Err(Error::new(CompiledError::Compiled)),
        false => Ok(()),
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").field("name", &self.name()).finish()
    }
}

/// What a module needs from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportType<'module> {
    module: &'module str,
    name: &'module str,
    ty: ExternType,
}

impl<'module> ImportType<'module> {
    /// The name of the module that should have it.
    pub fn module(&self) -> &'module str {
        self.module
    }

    /// Its name in that module.
    pub fn name(&self) -> &'module str {
        self.name
    }

    /// What it has to be.
    pub fn ty(&self) -> &ExternType {
        &self.ty
    }
}

/// What a module shows outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportType<'module> {
    name: &'module str,
    ty: ExternType,
}

impl<'module> ExportType<'module> {
    /// Its name.
    pub fn name(&self) -> &'module str {
        self.name
    }

    /// What it is.
    pub fn ty(&self) -> &ExternType {
        &self.ty
    }
}
