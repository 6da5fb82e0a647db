//! Our own guests: what `own.toml` says about them, and the record of what their modules were built from.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Error, about, checksum};

/// The record's file, below the folder of this package.
pub const RECORD: &str = "modules/record.toml";

/// What the record begins with.
const HEAD: &str = "# Written by `cargo workbook guest --own`: what built the modules of `own.toml`, and the checksums of their sources and of them.\n\n";

/// A guest of our own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guest {
    /// Its sources, below the folder `sources`.
    pub sources: Vec<String>,
    /// What compiles them. Text has no compiler and no module: the library reads it.
    pub compiler: Option<Compiler>,
    /// The compiler's arguments. Cargo's are those of the rocket.
    pub arguments: Option<String>,
    /// Whether its module is too large to be committed. Then it's among the programs that are fetched, once it has been built.
    #[serde(default)]
    pub large: bool,
}

/// A compiler.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Compiler {
    /// Zig's, which compiles C and C++ too.
    Zig,
    /// AssemblyScript's, which npm installs.
    Asc,
    /// Go's own.
    Go,
    /// Rust's, with the linker and the optimiser that the rocket is built with.
    Cargo,
    /// Rust's, with its whole library for WASI, built from source.
    Wasip1,
}

impl Compiler {
    /// What a shell runs.
    pub fn command(self) -> &'static str {
        match self {
            Compiler::Zig => "zig",
            Compiler::Asc => "npx asc",
            Compiler::Go => "go",
            Compiler::Cargo | Compiler::Wasip1 => "cargo workbook guest --own",
        }
    }

    /// The variables that it needs.
    pub fn variables(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Compiler::Go => &[("GOOS", "wasip1"), ("GOARCH", "wasm")],
            _ => &[],
        }
    }
}

/// What a module was built from, and by which compiler.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The compiler's name and version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compiler: Option<String>,
    /// Its arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
    /// The module's checksum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The checksum of each source.
    pub sources: BTreeMap<String, String>,
}

/// The guests that `own.toml` in `folder` lists.
///
/// # Errors
///
/// The file can't be read, or isn't such a list.
pub fn guests(folder: &Path) -> Result<BTreeMap<String, Guest>, Error> {
    read(&folder.join("own.toml"))
}

/// The records of the guests, by their names.
///
/// # Errors
///
/// The file can't be read, or has no such records.
pub fn records(folder: &Path) -> Result<BTreeMap<String, Record>, Error> {
    read(&folder.join(RECORD))
}

/// Writes the records.
///
/// # Errors
///
/// The file can't be written.
pub fn write_records(folder: &Path, records: &BTreeMap<String, Record>) -> Result<(), Error> {
    let file = folder.join(RECORD);
    let text = toml::to_string(records).expect("these are tables of strings");
    fs::write(&file, format!("{HEAD}{text}")).map_err(about(&file))
}

/// Where the module of a guest is, if it is committed.
pub fn module(folder: &Path, name: &str) -> PathBuf {
    folder.join("modules").join(format!("{name}.wasm"))
}

/// The module of a guest that is too large to be committed, if the recorded one has been built here.
///
/// # Errors
///
/// There are no records.
pub fn built(folder: &Path, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let record = records(folder)?.remove(name);
    let module = fs::read(crate::file(&format!("{name}.wasm"))).ok();
    let recorded = record.and_then(|record| record.module);
    Ok(module.filter(|module| Some(checksum(module)) == recorded))
}

impl Guest {
    /// Where its compiler runs: the folder of the first source.
    pub fn folder(&self, folder: &Path) -> PathBuf {
        let first = self.sources.first().map(Path::new).and_then(Path::parent);
        folder.join("sources").join(first.unwrap_or(Path::new("")))
    }

    /// Where its module is, once it has been built.
    pub fn module(&self, folder: &Path, name: &str) -> PathBuf {
        match self.large {
            true => crate::file(&format!("{name}.wasm")),
            false => module(folder, name),
        }
    }

    /// The arguments of a compiler that writes to this file.
    pub fn arguments(&self, module: &str) -> Vec<String> {
        let arguments = self.arguments.as_deref().unwrap_or_default();
        arguments.split_whitespace().map(|it| it.replace("{module}", module)).collect()
    }

    /// What is to be recorded, with the sources as they are now, for a compiler and the module that it built.
    ///
    /// # Errors
    ///
    /// A source can't be read.
    pub fn record(
        &self,
        folder: &Path,
        compiler: Option<String>,
        module: Option<&[u8]>,
    ) -> Result<Record, Error> {
        let mut sources = BTreeMap::new();
        for source in &self.sources {
            let file = folder.join("sources").join(source);
            sources.insert(source.clone(), checksum(&fs::read(&file).map_err(about(&file))?));
        }
        let arguments = self.arguments.clone();
        Ok(Record { compiler, arguments, module: module.map(checksum), sources })
    }
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T, Error> {
    let text = fs::read_to_string(file).map_err(about(file))?;
    toml::from_str(&text).map_err(|error| Error::Toml(file.display().to_string(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("sources/c")).unwrap();
        fs::create_dir_all(folder.path().join("modules")).unwrap();
        fs::write(folder.path().join("sources/c/one.c"), "source").unwrap();
        let guest = Guest {
            sources: vec!["c/one.c".to_owned()],
            compiler: Some(Compiler::Zig),
            arguments: Some("cc -o {module} one.c".to_owned()),
            large: false,
        };
        assert_eq!(guest.arguments("out"), ["cc", "-o", "out", "one.c"]);
        assert_eq!(guest.folder(folder.path()), folder.path().join("sources/c"));
        let record = guest.record(folder.path(), Some("zig".to_owned()), Some(b"module")).unwrap();
        let records = BTreeMap::from([("one".to_owned(), record.clone())]);
        write_records(folder.path(), &records).unwrap();
        assert_eq!(super::records(folder.path()).unwrap(), records);
        fs::write(folder.path().join("sources/c/one.c"), "edited").unwrap();
        let edited = guest.record(folder.path(), Some("zig".to_owned()), Some(b"module")).unwrap();
        assert_ne!(edited, record);
    }
}
