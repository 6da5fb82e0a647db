//! Files, by way of chapter 23: where Python's paths lead, and how a function
//! of the host calls one of WASI's.
//!
//! MicroPython reads, writes and closes files with functions of WASI, but opens
//! them with system calls of Linux. So these become calls of WASI here, and
//! what a path can't reach there, it can't reach here either.

use std::collections::BTreeMap;

use ch22_embed::{Caller, Error, Extern, Instance, Linker, Module, Val};
use serde::{Deserialize, Serialize};

use crate::Python;
use crate::host::{Host, memory, provide};

/// What the system calls have to remember.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Files {
    /// The names of the directories that Python may use.
    pub roots: Vec<String>,
    /// The current directory.
    pub current: String,
    /// Where there is room in Python's memory for what WASI reads and writes.
    pub room: u32,
    /// How far each open directory has been read.
    pub read: BTreeMap<i32, u64>,
    /// WASI, for the memory of Python.
    #[serde(skip)]
    pub wasi: Option<Instance>,
}

/// The number of an error, or a result.
pub(crate) type Answer<T = i32> = Result<T, i32>;

/// There is no such file.
pub(crate) const ENOENT: i32 = 44;
/// An argument that makes no sense.
pub(crate) const EINVAL: i32 = 28;

/// The functions of WASI that are called.
const CALLED: [&str; 8] = [
    "path_open",
    "path_filestat_get",
    "fd_filestat_get",
    "fd_readdir",
    "path_create_directory",
    "path_remove_directory",
    "path_unlink_file",
    "path_rename",
];

/// The descriptor of the first directory.
const FIRST: i32 = 3;

impl Files {
    pub fn new(roots: Vec<String>) -> Files {
        let (current, read) = ("/".to_owned(), BTreeMap::new());
        Files { roots, current, room: 0, read, wasi: None }
    }

    /// The whole path, without `.` and `..`.
    pub fn whole(&self, path: &str) -> String {
        let from = if path.starts_with('/') { "" } else { &self.current };
        let mut parts = Vec::new();
        for part in from.split('/').chain(path.split('/')) {
            match part {
                "" | "." => {}
                ".." => _ = parts.pop(),
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    /// The directory in which a path is, and the path from there.
    pub fn find(&self, path: &str) -> Answer<(i32, String)> {
        let whole = self.whole(path);
        let below = |root: &String| {
            let rest = whole.strip_prefix(root.trim_end_matches('/'))?;
            let is_below = rest.is_empty() || rest.starts_with('/');
            let rest = rest.trim_start_matches('/');
            is_below.then(|| rest.to_owned())
        };
        let numbers = (FIRST..).zip(&self.roots);
        let found = numbers.filter_map(|(at, root)| Some((at, below(root)?)));
        // The innermost directory leaves the shortest path.
        let found = found.min_by_key(|(_, rest)| rest.len());
        let (number, rest) = found.ok_or(ENOENT)?;
        let rest = if rest.is_empty() { ".".to_owned() } else { rest };
        Ok((number, rest))
    }
}

/// Makes the instance through which WASI is called. A function of WASI works on
/// the memory of who calls it, and the host has none: so a module in between
/// has Python's memory, and passes each call on.
pub(crate) fn connect(python: &mut Python) -> Result<(), Error> {
    let Python { store, linker, program, .. } = python;
    let mut text = String::from(
        "(module (import \"python\" \"memory\" (memory 1))\n\
         (export \"memory\" (memory 0))\n",
    );
    let preview = "wasi_snapshot_preview1";
    let mut bodies = String::new();
    for name in CALLED {
        let function = linker.get(&mut *store, preview, name);
        let function = function.and_then(Extern::into_func);
        let missing = || Error::msg(format!("WASI has no `{name}`"));
        let ty = function.ok_or_else(missing)?.ty(&*store);
        let types = ty.params().iter().map(|ty| format!(" {ty}"));
        let types: String = types.collect();
        let gets = (0..ty.params().len()).map(|it| format!("(local.get {it})"));
        let gets: String = gets.collect();
        text += &format!(
            "(import \"{preview}\" \"{name}\"\n\
             (func ${name} (param{types}) (result i32)))\n"
        );
        bodies += &format!(
            "(func (export \"{name}\") (param{types}) (result i32)\n\
             (call ${name} {gets}))\n"
        );
    }
    let memory = program.get_memory(&*store, "memory");
    let memory = memory.ok_or_else(|| Error::msg("there is no `memory`"))?;
    let mut own = linker.clone();
    own.define(&*store, "python", "memory", memory)?;
    let module = Module::new(store.engine(), text + &bodies + ")")?;
    let wasi = own.instantiate(&mut *store, &module)?;
    store.data_mut().files.wasi = Some(wasi);
    Ok(())
}

/// Calls a function of WASI.
pub(crate) fn wasi(
    caller: &mut Caller<'_, Host>,
    name: &str,
    arguments: &[Val],
) -> Result<Answer<()>, Error> {
    let wasi = caller.data().files.wasi;
    let function = wasi.and_then(|wasi| wasi.get_func(&*caller, name));
    let function = function.ok_or_else(|| Error::msg("WASI isn't there"))?;
    provide(caller)?;
    let mut results = [Val::I32(0)];
    function.call(caller, arguments, &mut results)?;
    Ok(match results[0].i32() {
        Some(0) => Ok(()),
        errno => Err(errno.unwrap_or(EINVAL)),
    })
}

/// Where results are, and where the first and the second path are.
pub(crate) const RESULT: u32 = 64;
pub(crate) const PATHS: [u32; 2] = [256, 4096];
/// How long a path may be.
const LONGEST: usize = 3840;

/// Puts a path where WASI reads it: the directory, the address, the length.
pub(crate) fn put_path(
    caller: &mut Caller<'_, Host>,
    path: &str,
    which: usize,
) -> Result<Answer<[Val; 3]>, Error> {
    let files = &caller.data().files;
    let (number, path) = match files.find(path) {
        Ok((_, path)) if path.len() > LONGEST => return Ok(Err(EINVAL)),
        Ok(found) => found,
        Err(errno) => return Ok(Err(errno)),
    };
    let at = files.room + PATHS[which];
    memory(caller)?.write(caller, at as usize, path.as_bytes())?;
    let numbers = [number, at as i32, path.len() as i32];
    Ok(Ok(numbers.map(Val::I32)))
}

/// Defines the system calls.
pub(crate) fn add(linker: &mut Linker<Host>) -> Result<(), Error> {
    crate::calls::add(linker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_in_the_innermost_directory() {
        let roots = ["/", "/data"].map(str::to_owned).to_vec();
        let mut files = Files::new(roots);
        let found = |it: (i32, &str)| Ok((it.0, it.1.to_owned()));
        assert_eq!(files.find("/a/b"), found((3, "a/b")));
        assert_eq!(files.find("/data/b"), found((4, "b")));
        assert_eq!(files.find("/database"), found((3, "database")));
        assert_eq!(files.find("/data"), found((4, ".")));
        files.current = "/data/x".to_owned();
        assert_eq!(files.find("y"), found((4, "x/y")));
        assert_eq!(files.find("../../../z"), found((3, "z")));
        files.roots.remove(0);
        assert_eq!(files.find("/a"), Err(ENOENT));
    }
}
