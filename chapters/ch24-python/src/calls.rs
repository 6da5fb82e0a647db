//! The system calls of Linux that MicroPython knows, each as calls of WASI.

use ch22_embed::{Caller, Error, Linker, Val};

use crate::files::{Answer, PATHS, RESULT, put_path, wasi};
use crate::host::{Host, memory};
use crate::value::{self, c_text, word};

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

fn path(it: &mut It<'_>, at: i32) -> Result<String, Error> {
    c_text(memory(it)?.data(&*it), at as u32)
}

/// Linux's flags for `open`.
const WRITES: i32 = 1;
const READS_AND_WRITES: i32 = 2;
const APPENDS: i32 = 0o2000;
/// Linux's flags, and WASI's.
const HOW: [(i32, i32); 4] =
    [(0o100, 1), (0o200_000, 2), (0o200, 4), (0o1000, 8)];

fn open(it: &mut It<'_>, at: i32, flags: i32) -> Result<Answer, Error> {
    let path = path(it, at)?;
    let [number, at, length] = answer!(put_path(it, &path, 0)?);
    let how = HOW.iter().filter(|(linux, _)| flags & linux != 0);
    let how: i32 = how.map(|(_, wasi)| wasi).sum();
    // Read, seek, tell, look at, list; and write, sync, change the size.
    let reading = 1 << 1 | 1 << 2 | 1 << 5 | 1 << 14 | 1 << 21;
    let writing = 1 << 6 | 1 << 4 | 1 << 0 | 1 << 22;
    let rights: i64 = match flags & 3 {
        WRITES => writing | reading & !(1 << 1),
        READS_AND_WRITES => reading | writing,
        _ => reading,
    };
    let out = it.data().files.room + RESULT;
    let appends = i32::from(flags & APPENDS != 0);
    let [follow, how, appends, out] = [1, how, appends, out as i32];
    let arguments = [
        number,
        follow.into(),
        at,
        length,
        how.into(),
        rights.into(),
        rights.into(),
        appends.into(),
        out.into(),
    ];
    answer!(wasi(it, "path_open", &arguments)?);
    let number = word(memory(it)?.data(&*it), out as u32)? as i32;
    it.data_mut().files.read.remove(&number);
    Ok(Ok(number))
}

fn stat(
    it: &mut It<'_>,
    at: i32,
    out: i32,
    follow: i32,
) -> Result<Answer, Error> {
    let path = path(it, at)?;
    let [number, at, length] = answer!(put_path(it, &path, 0)?);
    let found = it.data().files.room + RESULT;
    let arguments = [number, follow.into(), at, length, Val::I32(found as i32)];
    answer!(wasi(it, "path_filestat_get", &arguments)?);
    translate(it, found, out as u32)
}

fn fstat(it: &mut It<'_>, number: i32, out: i32) -> Result<Answer, Error> {
    let found = it.data().files.room + RESULT;
    let arguments = [number.into(), Val::I32(found as i32)];
    answer!(wasi(it, "fd_filestat_get", &arguments)?);
    translate(it, found, out as u32)
}

/// Makes WASI's description of a file one of Linux's.
fn translate(it: &mut It<'_>, found: u32, out: u32) -> Result<Answer, Error> {
    let memory = memory(it)?;
    let bytes = memory.data_mut(&mut *it);
    let wasi = value::bytes(bytes, found, 64)?.to_vec();
    let long = |at: usize| {
        let bytes = wasi[at..at + 8].iter().rev();
        bytes.fold(0_u64, |it, byte| it << 8 | u64::from(*byte))
    };
    let mode: u32 = match wasi[16] {
        3 => 0o40755,
        7 => 0o120_777,
        2 => 0o20666,
        _ => 0o100_644,
    };
    let linux = value::bytes_mut(bytes, out, 96)?;
    linux.fill(0);
    let mut put = |at: usize, word: u32| {
        linux[at..at + 4].copy_from_slice(&word.to_le_bytes());
    };
    put(4, mode);
    put(8, long(24) as u32);
    put(24, long(32) as u32);
    put(28, (long(32) >> 32) as u32);
    put(32, 4096);
    put(36, long(32).div_ceil(512) as u32);
    for (to, from) in [(40, 40), (56, 48), (72, 56)] {
        let nanoseconds = long(from);
        put(to, (nanoseconds / 1_000_000_000) as u32);
        put(to + 8, (nanoseconds % 1_000_000_000) as u32);
    }
    put(88, long(8) as u32);
    put(92, (long(8) >> 32) as u32);
    Ok(Ok(0))
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
