//! How a function of the host calls one of WASI's.

use ch22_embed::{Caller, Error, Extern, Module, Val};

use crate::Python;
use crate::files::{Answer, EINVAL};
use crate::host::{Host, memory, provide};

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
