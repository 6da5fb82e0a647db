//! What is known about a file: WASI's description as one of Linux's.

use ch22_embed::{Caller, Error, Val};

use crate::calls::{answer, path};
use crate::files::Answer;
use crate::host::{Host, memory};
use crate::value;
use crate::wasi::{RESULT, put_path, wasi};

type It<'a> = Caller<'a, Host>;

pub(crate) fn stat(
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

pub(crate) fn fstat(
    it: &mut It<'_>,
    number: i32,
    out: i32,
) -> Result<Answer, Error> {
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
