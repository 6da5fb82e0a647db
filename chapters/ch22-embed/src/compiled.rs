//! A module with what the fast engine makes of its functions, as bytes.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use ch09_module::ModuleError;
use serde::{Deserialize, Serialize};

use crate::{Engine, Error, Module, Strategy};

/// The first bytes of each compiled module.
const MAGIC: [u8; 8] = *b"\xf5module\n";

/// The version of the format. The code in it has one of its own.
const VERSION: u32 = 1;

/// The length of what comes before the module: both versions, the length of
/// the rest, and its checksum.
const HEAD: usize = 8 + 4 + 4 + 8 + 4;

/// Why bytes aren't a compiled module that can be used.
#[derive(Debug, thiserror::Error)]
pub enum CompiledError {
    /// The bytes don't begin as a compiled module does.
    #[error("these bytes aren't a compiled module")]
    NoCompiledModule,
    /// They are one, where a module in a format of the standard was expected.
    #[error("this is a compiled module: `Module::deserialize` reads it")]
    Compiled,
    /// They come from a library that compiles in another way.
    #[error("the module was compiled by another version: compile it again")]
    Version,
    /// The bytes aren't those that compiling has made; in words.
    #[error("the compiled module is damaged: {0}")]
    Damaged(String),
}

/// What a compiled module contains, for a look inside: the module isn't
/// validated, and its code isn't checked.
#[derive(Clone, Debug)]
pub struct CompiledContents {
    /// The module in the binary format.
    pub binary: Bytes,
    /// Whether the code is for engines that count fuel, or that can be
    /// interrupted.
    pub counts_fuel: bool,
    /// How many bytes of code each function has that the module defines;
    /// `None` if it has to be translated.
    pub functions: Vec<Option<usize>>,
}

impl CompiledContents {
    /// Looks into what [`Module::serialize`] has made.
    ///
    /// # Errors
    ///
    /// The bytes aren't a compiled module, or one of another version, or they
    /// are damaged.
    pub fn new(bytes: &Bytes) -> Result<CompiledContents, CompiledError> {
        let Parts { counts_fuel, binary, functions } = parts(bytes)?;
        Ok(CompiledContents {
            binary: bytes.slice_ref(binary),
            counts_fuel,
            functions: functions.iter().map(|it| Some((*it)?.len())).collect(),
        })
    }
}

/// What is in the bytes.
#[derive(Serialize, Deserialize)]
struct Parts<'a> {
    /// Whether the code is for stores that count fuel.
    counts_fuel: bool,
    /// The module in the binary format.
    #[serde(borrow)]
    binary: &'a [u8],
    /// The code of the functions that it defines.
    #[serde(borrow)]
    functions: Vec<Option<&'a [u8]>>,
}

impl Module {
    /// Makes bytes of the module, and of what [`Strategy::Fast`] makes of its
    /// functions. [`Module::deserialize`] reads them, and then nothing needs to
    /// be translated when a function is first called.
    ///
    /// The code is for engines that count fuel if this module's engine does,
    /// and else for those that don't.
    ///
    /// # Errors
    ///
    /// There is no memory for it.
    ///
    /// ```
    /// use ch22_embed::{Engine, Linker, Module, Store};
    ///
    /// # fn main() -> Result<(), ch22_embed::Error> {
    /// let engine = Engine::default();
    /// let text = r#"(module (func (export "sum") (param i32 i32) (result i32)
    ///     (i32.add (local.get 0) (local.get 1))))"#;
    /// let bytes = Module::new(&engine, text)?.serialize()?;
    ///
    /// let module = Module::deserialize(&engine, &bytes)?;
    /// assert!(module.is_compiled());
    /// let mut store = Store::new(&engine, ());
    /// let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
    /// let sum = instance.get_typed_func(&mut store, "sum")?;
    /// let result: i32 = sum.call(&mut store, (5_i32, 37_i32))?;
    /// assert_eq!(result, 42);
    /// # Ok(())
    /// # }
    /// ```
    pub fn serialize(&self) -> Result<Vec<u8>, Error> {
        let counts_fuel = self.engine().config().limits().fuel.is_some();
        let functions =
            ch21_fuse::compiled::compile(self.decoded(), counts_fuel);
        let parts = Parts {
            counts_fuel,
            binary: self.binary(),
            functions: functions.iter().map(Option::as_deref).collect(),
        };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(ch21_fuse::compiled::VERSION.to_le_bytes());
        bytes.resize(HEAD, 0);
        let mut bytes =
            postcard::to_extend(&parts, bytes).map_err(|error| {
                Error::msg(format!("the module can't be written: {error}"))
            })?;
        let (length, sum) =
            (bytes.len() - HEAD, crc32fast::hash(&bytes[HEAD..]));
        bytes[16..24].copy_from_slice(&(length as u64).to_le_bytes());
        bytes[24..HEAD].copy_from_slice(&sum.to_le_bytes());
        Ok(bytes)
    }

    /// Reads what [`Module::serialize`] has made.
    ///
    /// Bytes from anywhere are safe: the module is validated, and its code is
    /// checked before it's executed. An engine with another [`Strategy`], or
    /// one that counts fuel where the code doesn't, translates the functions
    /// itself: see [`Module::is_compiled`].
    ///
    /// # Errors
    ///
    /// The bytes aren't a compiled module, or one of another version, or they
    /// are damaged: a [`CompiledError`]. The module in it isn't valid.
    pub fn deserialize(
        engine: &Engine,
        bytes: impl AsRef<[u8]>,
    ) -> Result<Module, Error> {
        let bytes = Bytes::copy_from_slice(bytes.as_ref());
        Module::deserialize_shared(engine, bytes)
    }

    /// Reads a file of what [`Module::serialize`] has made.
    ///
    /// # Errors
    ///
    /// It can't be read, or what [`Module::deserialize`] says.
    pub fn deserialize_file(
        engine: &Engine,
        file: impl AsRef<Path>,
    ) -> Result<Module, Error> {
        let file = file.as_ref();
        let bytes = fs::read(file).map_err(|error| ModuleError::Read {
            file: file.to_owned(),
            error,
        })?;
        Module::deserialize_shared(engine, bytes.into())
    }

    /// Whether these are the first bytes of a compiled module.
    pub fn is_serialized(bytes: &[u8]) -> bool {
        bytes.starts_with(&MAGIC)
    }

    /// Reads what [`Module::serialize`] has made. It keeps these bytes: the
    /// module and the code are parts of them.
    ///
    /// # Errors
    ///
    /// What [`Module::deserialize`] says.
    pub fn deserialize_shared(
        engine: &Engine,
        bytes: Bytes,
    ) -> Result<Module, Error> {
        let parts = parts(&bytes).map_err(Error::new)?;
        let config = engine.config();
        let fits = config.chosen_strategy() == Strategy::Fast
            && config.limits().fuel.is_some() == parts.counts_fuel;
        let binary = bytes.slice_ref(parts.binary);
        let mut functions = Vec::new();
        if fits {
            let parts = parts.functions.iter();
            let own = |part: &[u8]| bytes.slice_ref(part);
            functions = parts.map(|part| part.map(own)).collect();
        }
        Module::with_compiled(engine, binary, functions)
    }
}

/// The parts of a compiled module.
fn parts(bytes: &[u8]) -> Result<Parts<'_>, CompiledError> {
    let damaged = |what: &str| CompiledError::Damaged(what.to_owned());
    if !Module::is_serialized(bytes) {
        return Err(CompiledError::NoCompiledModule);
    }
    let Some((head, rest)) = bytes.split_first_chunk::<HEAD>() else {
        return Err(damaged("its end is missing"));
    };
    let four = |from: usize| {
        let four = head[from..].first_chunk().copied();
        u32::from_le_bytes(four.unwrap_or_default())
    };
    if [four(8), four(12)] != [VERSION, ch21_fuse::compiled::VERSION] {
        return Err(CompiledError::Version);
    }
    let length = u64::from(four(16)) | u64::from(four(20)) << 32;
    if length != rest.len() as u64 {
        return Err(damaged("its length doesn't match"));
    }
    if four(24) != crc32fast::hash(rest) {
        return Err(damaged("its checksum doesn't match"));
    }
    let read = postcard::take_from_bytes(rest);
    let (parts, after) = read.map_err(|error| damaged(&error.to_string()))?;
    match after {
        [] => Ok(parts),
        _ => Err(damaged("there is something after its end")),
    }
}
