//! Listing a directory: WASI's entries as Linux has them.

use ch22_embed::{Caller, Error};

use crate::calls::answer;
use crate::files::{Answer, EINVAL};
use crate::host::{Host, memory};
use crate::value::{bytes, bytes_mut, word};
use crate::wasi::{PATHS, RESULT, wasi};

/// How many bytes an entry of Linux takes here, and how long its name may be.
const ENTRY: u32 = 280;
const NAME: u32 = 255;

/// How many bytes come before a name of WASI's.
const HEAD: u32 = 24;

/// How much room there is for WASI's entries.
const ROOM: u32 = 7168;

/// Writes as many entries as there is room for. Returns how many bytes; 0 at
/// the end of the directory.
pub(crate) fn list(
    it: &mut Caller<'_, Host>,
    number: i32,
    out: u32,
    room: u32,
) -> Result<Answer, Error> {
    if room < ENTRY {
        return Ok(Err(EINVAL));
    }
    let files = &it.data().files;
    let (from, length) = (files.room + PATHS[0], files.room + RESULT);
    let mut cookie = files.read.get(&number).copied().unwrap_or_default();
    let numbers = [from as i32, ROOM as i32, length as i32];
    let [at, size, result] = numbers.map(Into::into);
    let cookie_then = (cookie as i64).into();
    let arguments = [number.into(), at, size, cookie_then, result];
    answer!(wasi(it, "fd_readdir", &arguments)?);

    let memory = memory(it)?;
    let data = memory.data_mut(&mut *it);
    let end = from + word(data, length)?;
    let (mut at, mut written) = (from, 0);
    while at + HEAD <= end && written + ENTRY <= room {
        let name = word(data, at + 16)?;
        let kind = bytes(data, at + 20, 1)?[0];
        if at + HEAD + name > end {
            break;
        }
        let next = u64::from(word(data, at + 4)?) << 32;
        cookie = next | u64::from(word(data, at)?);
        let name = bytes(data, at + HEAD, name.min(NAME))?.to_vec();
        let inode = bytes(data, at + 8, 8)?.to_vec();
        at += HEAD + word(data, at + 16)?;
        let entry = bytes_mut(data, out + written, ENTRY)?;
        entry.fill(0);
        entry[..8].copy_from_slice(&inode);
        entry[8..16].copy_from_slice(&cookie.to_le_bytes());
        entry[16..18].copy_from_slice(&(ENTRY as u16).to_le_bytes());
        // A directory, a link, or a file.
        entry[18] = match kind {
            3 => 4,
            7 => 10,
            _ => 8,
        };
        entry[19..19 + name.len()].copy_from_slice(&name);
        written += ENTRY;
    }
    it.data_mut().files.read.insert(number, cookie);
    Ok(Ok(written as i32))
}
