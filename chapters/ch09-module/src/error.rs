//! Why there is no module.

use std::path::{Path, PathBuf};
use std::{error, fmt, io};

use wasmparser::{Import, Parser, Payload, TypeRef};

use crate::FuncIdx;
use crate::decode::names;

/// Why a file, a text or some bytes are not a module.
#[derive(Debug)]
pub enum ModuleError {
    /// The file cannot be read.
    Read {
        /// The file.
        file: PathBuf,
        /// The operating system's error.
        error: io::Error,
    },
    /// The text does not follow the grammar, or uses a name that nothing has.
    /// The message shows the line.
    Text(wat::Error),
    /// The bytes do not follow the grammar, or the module is not valid.
    Binary {
        /// The file that the bytes come from, if it is known.
        file: Option<PathBuf>,
        /// What is wrong.
        message: String,
        /// The byte at which it is, counted from 0.
        offset: u64,
        /// The function in whose body this byte lies: its index, and its name
        /// if it has one.
        function: Option<(u32, Option<String>)>,
        /// Whether the bytes were made of a text, so that nobody has seen them.
        from_text: bool,
    },
}

impl ModuleError {
    /// Something is wrong at a byte.
    pub(crate) fn new(message: String, offset: u64) -> ModuleError {
        ModuleError::Binary {
            file: None,
            message,
            offset,
            function: None,
            from_text: false,
        }
    }

    /// The same error, marked as one about bytes that the user has not seen:
    /// they were made of a text.
    pub(crate) fn of_text(mut self) -> ModuleError {
        if let ModuleError::Binary { from_text, .. } = &mut self {
            *from_text = true;
        }
        self
    }

    /// The same error, which now names its function, if `bytes` can be read far
    /// enough to know.
    pub(crate) fn in_function_of(mut self, bytes: &[u8]) -> ModuleError {
        if let ModuleError::Binary { offset, function, .. } = &mut self {
            *function = function_at(bytes, *offset);
        }
        self
    }

    /// The same error, which now names the file.
    pub(crate) fn in_file(mut self, path: &Path) -> ModuleError {
        match &mut self {
            ModuleError::Read { .. } => {}
            ModuleError::Text(error) => error.set_path(path),
            ModuleError::Binary { file, .. } => *file = Some(path.to_owned()),
        }
        self
    }
}

/// The function whose body holds the byte at `offset`, and its name.
fn function_at(bytes: &[u8], offset: u64) -> Option<(u32, Option<String>)> {
    let mut index = 0;
    let mut found = None;
    for payload in Parser::new(0).parse_all(bytes).map_while(Result::ok) {
        match payload {
            Payload::ImportSection(imports) => {
                let is_func =
                    |import: &Import<'_>| matches!(import.ty, TypeRef::Func(_));
                let imports = imports.into_imports().map_while(Result::ok);
                index += imports.filter(is_func).count() as u32;
            }
            Payload::CodeSectionEntry(body) => {
                if body.range().contains(&offset) {
                    found = Some(index);
                }
                index += 1;
            }
            // The names come last.
            Payload::CustomSection(custom) if custom.name() == "name" => {
                let names = names::names(&custom).unwrap_or_default();
                return found.map(|index| {
                    (index, names.functions.get(&FuncIdx(index)).cloned())
                });
            }
            _ => {}
        }
    }
    found.map(|index| (index, None))
}

impl From<wasmparser::Error> for ModuleError {
    fn from(error: wasmparser::Error) -> ModuleError {
        ModuleError::new(error.message().to_owned(), error.offset())
    }
}

impl fmt::Display for ModuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ModuleError::Read { file, error } => {
                write!(f, "cannot read `{}`: {error}", file.display())
            }
            ModuleError::Text(error) => error.fmt(f),
            ModuleError::Binary {
                file,
                message,
                offset,
                function,
                from_text,
            } => {
                f.write_str(message)?;
                match function {
                    Some((index, Some(name))) => {
                        write!(f, ", in function {index} (${name})")?
                    }
                    Some((index, None)) => write!(f, ", in function {index}")?,
                    None => {}
                }
                write!(f, ", at byte {offset:#x}")?;
                if *from_text {
                    f.write_str(" of its binary form")?;
                }
                match file {
                    Some(file) => write!(f, "\n     --> {}", file.display()),
                    None => Ok(()),
                }
            }
        }
    }
}

impl error::Error for ModuleError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            ModuleError::Read { error, .. } => Some(error),
            ModuleError::Text(_) | ModuleError::Binary { .. } => None,
        }
    }
}
