//! The functions, by name.

use ch22_embed::{Caller, Error, Extern, Linker};

use crate::context::{Outcome, Stop, WasiCtx};
use crate::functions::{
    clock, directory, environment, fd, io, open, others, path, poll, stat,
};
use crate::guest::{Guest, Version};
use crate::{Errno, I32Exit};

/// Defines all functions of WASI preview 1 (`wasi_snapshot_preview1`), and of
/// the version before (`wasi_unstable`). `get` finds the context in the data of
/// the store.
///
/// The module that calls them has to export its memory as `memory`.
///
/// # Errors
///
/// One of the names is defined already.
///
/// ```
/// use ch22_embed::{Engine, Linker, Module, Store};
/// use ch23_wasi::{I32Exit, WasiCtx, add_to_linker};
///
/// struct Host {
///     wasi: WasiCtx,
/// }
///
/// # fn main() -> Result<(), ch22_embed::Error> {
/// let engine = Engine::default();
/// let mut linker = Linker::<Host>::new(&engine);
/// add_to_linker(&mut linker, |host| &mut host.wasi)?;
///
/// let text = r#"(module
///     (import "wasi_snapshot_preview1" "proc_exit"
///         (func $exit (param i32)))
///     (memory (export "memory") 1)
///     (func (export "_start") (call $exit (i32.const 7))))"#;
/// let module = Module::new(&engine, text)?;
/// let wasi = WasiCtx::builder().inherit_stdio().build();
/// let mut store = Store::new(&engine, Host { wasi });
/// let instance = linker.instantiate(&mut store, &module)?;
/// let start = instance.get_typed_func::<(), ()>(&mut store, "_start")?;
/// let error = start.call(&mut store, ()).expect_err("it exits");
/// assert_eq!(error.downcast_ref(), Some(&I32Exit(7)));
/// # Ok(())
/// # }
/// ```
pub fn add_to_linker<T: 'static>(
    linker: &mut Linker<T>,
    get: impl Fn(&mut T) -> &mut WasiCtx + Copy + Send + Sync + 'static,
) -> Result<(), Error> {
    add(linker, "wasi_snapshot_preview1", Version::Preview1, get)?;
    add(linker, "wasi_unstable", Version::Unstable, get)
}

/// Makes a closure of each row: the file in which a function is, its name, and
/// its parameters. It returns an error's number, or 0.
macro_rules! functions {
    ($($file:ident: $name:ident($($param:ident: $ty:ty),*);)*) => {
        fn add<T: 'static>(
            linker: &mut Linker<T>,
            module: &str,
            version: Version,
            get: impl Fn(&mut T) -> &mut WasiCtx
            + Copy + Send + Sync + 'static,
        ) -> Result<(), Error> {
            $(linker.func_wrap(
                module,
                stringify!($name),
                move |mut caller: Caller<'_, T>, $($param: $ty),*| {
                    let outcome = call(&mut caller, version, get, |w, g| {
                        $file::$name(w, g, $($param),*)
                    });
                    answer(&caller, outcome)
                },
            )?;)*
            linker.func_wrap(module, "proc_exit", |code: i32| {
                Err::<(), _>(Error::new(I32Exit(code)))
            })?;
            Ok(())
        }
    };
}

functions! {
    environment: args_get(pointers: u32, bytes: u32);
    environment: args_sizes_get(count: u32, bytes: u32);
    environment: environ_get(pointers: u32, bytes: u32);
    environment: environ_sizes_get(count: u32, bytes: u32);
    clock: clock_res_get(clock: u32, out: u32);
    clock: clock_time_get(clock: u32, precision: u64, out: u32);
    fd: fd_advise(number: u32, offset: u64, length: u64, advice: u32);
    fd: fd_allocate(number: u32, offset: u64, length: u64);
    fd: fd_close(number: u32);
    fd: fd_datasync(number: u32);
    fd: fd_fdstat_get(number: u32, out: u32);
    fd: fd_fdstat_set_flags(number: u32, flags: u32);
    fd: fd_fdstat_set_rights(number: u32, rights: u64, inheriting: u64);
    stat: fd_filestat_get(number: u32, out: u32);
    fd: fd_filestat_set_size(number: u32, length: u64);
    stat: fd_filestat_set_times(number: u32, atim: u64, mtim: u64, flags: u32);
    io: fd_pread(number: u32, parts: u32, count: u32, offset: u64, out: u32);
    fd: fd_prestat_get(number: u32, out: u32);
    fd: fd_prestat_dir_name(number: u32, out: u32, length: u32);
    io: fd_pwrite(number: u32, parts: u32, count: u32, offset: u64, out: u32);
    io: fd_read(number: u32, parts: u32, count: u32, out: u32);
    directory: fd_readdir(
        number: u32, buffer: u32, length: u32, cookie: u64, out: u32
    );
    fd: fd_renumber(from: u32, to: u32);
    io: fd_seek(number: u32, offset: i64, whence: u32, out: u32);
    fd: fd_sync(number: u32);
    io: fd_tell(number: u32, out: u32);
    io: fd_write(number: u32, parts: u32, count: u32, out: u32);
    path: path_create_directory(number: u32, path: u32, length: u32);
    stat: path_filestat_get(
        number: u32, lookup: u32, path: u32, length: u32, out: u32
    );
    stat: path_filestat_set_times(
        number: u32, lookup: u32, path: u32, length: u32,
        atim: u64, mtim: u64, flags: u32
    );
    path: path_link(
        from: u32, lookup: u32, path: u32, length: u32,
        to: u32, new_path: u32, new_length: u32
    );
    open: path_open(
        number: u32, lookup: u32, path: u32, length: u32, how: u32,
        rights: u64, inheriting: u64, flags: u32, out: u32
    );
    path: path_readlink(
        number: u32, path: u32, length: u32, buffer: u32, room: u32, out: u32
    );
    path: path_remove_directory(number: u32, path: u32, length: u32);
    path: path_rename(
        from: u32, path: u32, length: u32,
        to: u32, new_path: u32, new_length: u32
    );
    path: path_symlink(
        target: u32, target_length: u32,
        number: u32, path: u32, length: u32
    );
    path: path_unlink_file(number: u32, path: u32, length: u32);
    poll: poll_oneoff(input: u32, output: u32, count: u32, out: u32);
    others: proc_raise(signal: u32);
    others: random_get(buffer: u32, length: u32);
    others: sched_yield();
    others: sock_accept(number: u32, flags: u32, out: u32);
    others: sock_recv(
        number: u32, parts: u32, count: u32, flags: u32,
        length: u32, out_flags: u32
    );
    others: sock_send(
        number: u32, parts: u32, count: u32, flags: u32, length: u32
    );
    others: sock_shutdown(number: u32, how: u32);
}

/// Calls a function with the context and the guest's memory. A guest without
/// a memory has one of no bytes, so each of its pointers is wrong.
fn call<T: 'static>(
    caller: &mut Caller<'_, T>,
    version: Version,
    get: impl Fn(&mut T) -> &mut WasiCtx,
    function: impl FnOnce(&mut WasiCtx, &mut Guest<'_>) -> Outcome,
) -> Outcome {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => {
            let (bytes, data) = memory.data_and_store_mut(caller);
            function(get(data), &mut Guest::new(bytes, version))
        }
        _ => {
            let mut guest = Guest::new(&mut [], version);
            function(get(caller.data_mut()), &mut guest)
        }
    }
}

/// What the guest gets: 0, or the number of an error. Or nothing for now.
fn answer<T: 'static>(
    caller: &Caller<'_, T>,
    outcome: Outcome,
) -> Result<u32, Error> {
    match outcome {
        Ok(()) => Ok(0),
        Err(Stop::Errno(errno)) => Ok(number(errno)),
        Err(Stop::Sleep(sleep)) => Err(caller.suspend(sleep)),
    }
}

fn number(errno: Errno) -> u32 {
    u32::from(errno as u16)
}
