//! The system calls of Linux that MicroPython knows, each as calls of WASI.

use ch22_embed::{Caller, Error, Linker};

use crate::files::Answer;
use crate::host::{Host, memory};
use crate::open::open;
use crate::stat::{fstat, stat};
use crate::value::{c_text, word};
use crate::wasi::{PATHS, put_path, wasi};

type It<'a> = Caller<'a, Host>;

/// This system has no such call.
const ENOSYS: i32 = 52;
/// A result doesn't fit.
const ERANGE: i32 = 68;
/// It is no directory.
const ENOTDIR: i32 = 54;

/// Defines them. A path is absolute or begins at the current directory, since
/// MicroPython has no other directory to begin at.
pub(crate) fn add(linker: &mut Linker<Host>) -> Result<(), Error> {
    macro_rules! calls {
        ($($name:literal: |$it:ident, $($param:tt),*| $body:expr;)*) => {$(
            linker.func_wrap(
                "env",
                $name,
                |mut caller: It<'_>, $($param: i32),*| {
                    let $it = &mut caller;
                    $it.data_mut().clock.forget();
                    let answer: Result<Answer, Error> = $body;
                    Ok::<i32, Error>(answer?.unwrap_or_else(|errno| -errno))
                },
            )?;
        )*};
    }
    calls! {
        "__syscall_openat": |it, _, path, flags, _| open(it, path, flags);
        "__syscall_stat64": |it, path, out| stat(it, path, out, 1);
        "__syscall_lstat64": |it, path, out| stat(it, path, out, 0);
        "__syscall_newfstatat": |it, _, path, out, _| stat(it, path, out, 1);
        "__syscall_fstat64": |it, number, out| fstat(it, number, out);
        "__syscall_mkdirat": |it, _, path, _|
            one_path(it, "path_create_directory", path);
        "__syscall_rmdir": |it, path|
            one_path(it, "path_remove_directory", path);
        "__syscall_unlinkat": |it, _, path, flags| one_path(it, match flags {
            0 => "path_unlink_file",
            _ => "path_remove_directory",
        }, path);
        "__syscall_renameat": |it, _, from, _, to| rename(it, from, to);
        "__syscall_getdents64": |it, number, out, room|
            crate::directory::list(it, number, out as u32, room as u32);
        "__syscall_getcwd": |it, out, room| current(it, out, room);
        "__syscall_chdir": |it, path| change(it, path);
        "__syscall_statfs64": |_it, _, _, _| Ok(Err(ENOSYS));
        "__syscall_poll": |_it, _, _, _| Ok(Err(ENOSYS));
    }
    Ok(())
}

/// Goes on with what there is, or answers with the number of an error.
macro_rules! answer {
    ($answer:expr) => {
        match $answer {
            Ok(it) => it,
            Err(errno) => return Ok(Err(errno)),
        }
    };
}
pub(crate) use answer;

pub(crate) fn path(it: &mut It<'_>, at: i32) -> Result<String, Error> {
    c_text(memory(it)?.data(&*it), at as u32)
}

fn one_path(it: &mut It<'_>, name: &str, at: i32) -> Result<Answer, Error> {
    let path = path(it, at)?;
    let arguments = answer!(put_path(it, &path, 0)?);
    Ok(wasi(it, name, &arguments)?.map(|()| 0))
}

fn rename(it: &mut It<'_>, from: i32, to: i32) -> Result<Answer, Error> {
    let [from, to] = [path(it, from)?, path(it, to)?];
    let [old, old_at, old_length] = answer!(put_path(it, &from, 0)?);
    let [new, new_at, new_length] = answer!(put_path(it, &to, 1)?);
    let arguments = [old, old_at, old_length, new, new_at, new_length];
    Ok(wasi(it, "path_rename", &arguments)?.map(|()| 0))
}

fn current(it: &mut It<'_>, out: i32, room: i32) -> Result<Answer, Error> {
    let path = it.data().files.current.clone() + "\0";
    if path.len() > room as usize {
        return Ok(Err(ERANGE));
    }
    memory(it)?.write(it, out as usize, path.as_bytes())?;
    Ok(Ok(path.len() as i32))
}

fn change(it: &mut It<'_>, at: i32) -> Result<Answer, Error> {
    let path = path(it, at)?;
    let whole = it.data().files.whole(&path);
    if whole != "/" {
        let out = it.data().files.room + PATHS[1];
        answer!(stat(it, at, out as i32, 1)?);
        let mode = word(memory(it)?.data(&*it), out + 4)?;
        if mode & 0o170_000 != 0o40000 {
            return Ok(Err(ENOTDIR));
        }
    }
    it.data_mut().files.current = whole;
    Ok(Ok(0))
}
