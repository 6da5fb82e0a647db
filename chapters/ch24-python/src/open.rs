//! Opening a file: Linux's flags as WASI's.

use ch22_embed::{Caller, Error};

use crate::calls::{answer, path};
use crate::files::Answer;
use crate::host::{Host, memory};
use crate::value::word;
use crate::wasi::{RESULT, put_path, wasi};

/// Linux's flags for `open`.
const WRITES: i32 = 1;
const READS_AND_WRITES: i32 = 2;
const APPENDS: i32 = 0o2000;
/// Linux's flags, and WASI's.
const HOW: [(i32, i32); 4] =
    [(0o100, 1), (0o200_000, 2), (0o200, 4), (0o1000, 8)];

pub(crate) fn open(
    it: &mut Caller<'_, Host>,
    at: i32,
    flags: i32,
) -> Result<Answer, Error> {
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
