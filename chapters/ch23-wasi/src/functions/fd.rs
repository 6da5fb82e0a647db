//! What a guest does with a descriptor, apart from reading and writing.

use crate::Errno;
use crate::context::{Outcome, WasiCtx};
use crate::descriptors::{Flags, Kind};
use crate::functions::stat;
use crate::guest::{Guest, size};
use crate::rights::Rights;

/// A hint about how a file will be read. We check it, and do nothing.
pub(crate) fn fd_advise(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
    offset: u64,
    length: u64,
    advice: u32,
) -> Outcome {
    wasi.descriptors.file(number, Rights::FD_ADVISE)?;
    let end = offset.checked_add(length);
    match advice {
        0..=5 if end.is_some() => Ok(()),
        _ => Err(Errno::Inval.into()),
    }
}

/// Makes sure that a file is at least so long.
pub(crate) fn fd_allocate(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
    offset: u64,
    length: u64,
) -> Outcome {
    let (open, _) = wasi.descriptors.file(number, Rights::FD_ALLOCATE)?;
    let end = match (offset.checked_add(length), length) {
        (_, 0) => return Err(Errno::Inval.into()),
        (Some(end), _) => end,
        (None, _) => return Err(Errno::Fbig.into()),
    };
    if open.file.metadata()?.len() < end {
        open.file.set_len(end)?;
    }
    Ok(())
}

pub(crate) fn fd_close(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
) -> Outcome {
    wasi.descriptors.remove(number)?;
    Ok(())
}

pub(crate) fn fd_datasync(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
) -> Outcome {
    match &wasi.descriptors.with(number, Rights::FD_DATASYNC)?.kind {
        Kind::File(open) => Ok(open.file.sync_data()?),
        _ => Ok(()),
    }
}

pub(crate) fn fd_sync(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
) -> Outcome {
    match &wasi.descriptors.with(number, Rights::FD_SYNC)?.kind {
        Kind::File(open) => Ok(open.file.sync_all()?),
        _ => Ok(()),
    }
}

/// What a descriptor is, how it's written, and what it may be used for.
pub(crate) fn fd_fdstat_get(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    out: u32,
) -> Outcome {
    let descriptor = wasi.descriptors.get(number)?;
    let mut bytes = [0; 24];
    bytes[0] = stat::kind_of(&descriptor.kind, &wasi.streams)?;
    bytes[2..4].copy_from_slice(&descriptor.flags.0.to_le_bytes());
    bytes[8..16].copy_from_slice(&descriptor.rights.0.to_le_bytes());
    bytes[16..24].copy_from_slice(&descriptor.inheriting.0.to_le_bytes());
    Ok(guest.write(out, &bytes)?)
}

pub(crate) fn fd_fdstat_set_flags(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
    flags: u32,
) -> Outcome {
    let right = Rights::FD_FDSTAT_SET_FLAGS;
    let descriptor = wasi.descriptors.with(number, right)?;
    let flags = Flags::new(flags)?;
    if let Kind::File(open) = &descriptor.kind {
        flags.apply(&open.file)?;
    }
    descriptor.flags = flags;
    Ok(())
}

/// Takes rights away. None can be added.
pub(crate) fn fd_fdstat_set_rights(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
    rights: u64,
    inheriting: u64,
) -> Outcome {
    let descriptor = wasi.descriptors.with(number, Rights(rights))?;
    if !descriptor.inheriting.has(Rights(inheriting)) {
        return Err(Errno::Notcapable.into());
    }
    descriptor.rights = Rights(rights);
    descriptor.inheriting = Rights(inheriting);
    Ok(())
}

pub(crate) fn fd_filestat_set_size(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
    length: u64,
) -> Outcome {
    let right = Rights::FD_FILESTAT_SET_SIZE;
    Ok(wasi.descriptors.file(number, right)?.0.file.set_len(length)?)
}

/// How long the name of a granted directory is.
pub(crate) fn fd_prestat_get(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    out: u32,
) -> Outcome {
    let length = size(granted(wasi, number)?.len())?;
    let mut bytes = [0; 8];
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    Ok(guest.write(out, &bytes)?)
}

pub(crate) fn fd_prestat_dir_name(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    out: u32,
    length: u32,
) -> Outcome {
    let name = granted(wasi, number)?;
    if size(name.len())? > length {
        return Err(Errno::Nametoolong.into());
    }
    Ok(guest.write(out, name.as_bytes())?)
}

/// The name of a granted directory. Guests ask 3, 4, 5 and so on, until there
/// is none.
fn granted(wasi: &mut WasiCtx, number: u32) -> Result<&str, Errno> {
    match &wasi.descriptors.get(number)?.kind {
        Kind::Directory(directory) => {
            directory.preopen.as_deref().ok_or(Errno::Badf)
        }
        _ => Err(Errno::Badf),
    }
}

pub(crate) fn fd_renumber(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    from: u32,
    to: u32,
) -> Outcome {
    Ok(wasi.descriptors.renumber(from, to)?)
}
