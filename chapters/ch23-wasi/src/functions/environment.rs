//! Arguments and environment: lists of strings that each end with a zero byte.

use crate::Errno;
use crate::context::{Outcome, WasiCtx};
use crate::guest::{Guest, size};

pub(crate) fn args_sizes_get(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    count: u32,
    bytes: u32,
) -> Outcome {
    sizes(&wasi.args, guest, count, bytes)
}

pub(crate) fn args_get(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    pointers: u32,
    bytes: u32,
) -> Outcome {
    strings(&wasi.args, guest, pointers, bytes)
}

pub(crate) fn environ_sizes_get(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    count: u32,
    bytes: u32,
) -> Outcome {
    sizes(&wasi.env, guest, count, bytes)
}

pub(crate) fn environ_get(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    pointers: u32,
    bytes: u32,
) -> Outcome {
    strings(&wasi.env, guest, pointers, bytes)
}

/// How many strings there are, and how many bytes they need.
fn sizes(
    list: &[String],
    guest: &mut Guest<'_>,
    count: u32,
    bytes: u32,
) -> Outcome {
    let needed: usize = list.iter().map(|it| it.len() + 1).sum();
    guest.put_u32(count, size(list.len())?)?;
    Ok(guest.put_u32(bytes, size(needed)?)?)
}

/// Writes the strings one after the other, and where each begins.
fn strings(
    list: &[String],
    guest: &mut Guest<'_>,
    mut pointer: u32,
    mut at: u32,
) -> Outcome {
    for string in list {
        guest.put_u32(pointer, at)?;
        guest.write(at, string.as_bytes())?;
        at = after(at, size(string.len())?)?;
        guest.write(at, &[0])?;
        at = after(at, 1)?;
        pointer = after(pointer, 4)?;
    }
    Ok(())
}

fn after(at: u32, length: u32) -> Result<u32, Errno> {
    at.checked_add(length).ok_or(Errno::Fault)
}
