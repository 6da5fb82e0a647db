//! What is done by a path, from a directory on.

use cap_fs_ext::DirExt;
use cap_std::fs::Dir;

use crate::Errno;
use crate::context::{Outcome, WasiCtx};
use crate::guest::{Guest, size};
use crate::rights::Rights;

/// The longest path that we look at.
const LONGEST: u32 = 1 << 16;

/// A path as a guest gives it: not empty, UTF-8, without a zero byte, and from
/// the directory on. What its parts mean, and that they don't lead out of the
/// directory, is checked step by step when it's used.
pub(crate) fn path(
    guest: &Guest<'_>,
    start: u32,
    length: u32,
) -> Result<String, Errno> {
    let bytes = guest.slice(start, length)?;
    if length > LONGEST {
        return Err(Errno::Nametoolong);
    }
    let path = std::str::from_utf8(bytes).map_err(|_| Errno::Ilseq)?;
    match path {
        "" => Err(Errno::Noent),
        _ if path.contains('\0') => Err(Errno::Inval),
        _ if path.starts_with('/') => Err(Errno::Perm),
        _ => Ok(path.to_owned()),
    }
}

/// Whether a symbolic link at the end of a path is followed.
pub(crate) fn follows(flags: u32) -> Result<bool, Errno> {
    match flags {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Errno::Inval),
    }
}

pub(crate) fn path_create_directory(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    start: u32,
    length: u32,
) -> Outcome {
    let right = Rights::PATH_CREATE_DIRECTORY;
    let directory = wasi.descriptors.directory(number, right)?;
    Ok(directory.dir.create_dir(path(guest, start, length)?)?)
}

pub(crate) fn path_remove_directory(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    start: u32,
    length: u32,
) -> Outcome {
    let right = Rights::PATH_REMOVE_DIRECTORY;
    let directory = wasi.descriptors.directory(number, right)?;
    let path = path(guest, start, length)?;
    // A slash at the end asks for a directory, and so do we.
    Ok(directory.dir.remove_dir(path.trim_end_matches('/'))?)
}

pub(crate) fn path_unlink_file(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    start: u32,
    length: u32,
) -> Outcome {
    let right = Rights::PATH_UNLINK_FILE;
    let directory = wasi.descriptors.directory(number, right)?;
    let path = path(guest, start, length)?;
    Ok(directory.dir.remove_file_or_symlink(path)?)
}

/// Gives a file another name, perhaps in another directory.
pub(crate) fn path_rename(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    from: u32,
    start: u32,
    length: u32,
    to: u32,
    new_start: u32,
    new_length: u32,
) -> Outcome {
    let table = &mut wasi.descriptors;
    let from = table.dir(from, Rights::PATH_RENAME_SOURCE)?;
    let to = &table.directory(to, Rights::PATH_RENAME_TARGET)?.dir;
    let old = path(guest, start, length)?;
    let new = path(guest, new_start, new_length)?;
    only_for_directories(&from, &old, &[&old, &new])?;
    Ok(from.rename(old, to, new)?)
}

/// Whether a path asks for a directory by the way it ends: then it also means
/// the one that a link leads to. (The system would know, but `cap-std` takes
/// the slash away before it asks.)
pub(crate) fn asks_for_directory(path: &str) -> bool {
    path.ends_with('/') || path.ends_with("/.")
}

/// If one of these names asks for a directory, there has to be one at the path.
fn only_for_directories(
    dir: &Dir,
    path: &str,
    names: &[&str],
) -> Result<(), Errno> {
    let asked = names.iter().any(|name| asks_for_directory(name));
    match asked && !dir.symlink_metadata(path)?.is_dir() {
        true => Err(Errno::Notdir),
        false => Ok(()),
    }
}

/// Gives a file one more name.
pub(crate) fn path_link(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    from: u32,
    flags: u32,
    start: u32,
    length: u32,
    to: u32,
    new_start: u32,
    new_length: u32,
) -> Outcome {
    let table = &mut wasi.descriptors;
    let from = table.dir(from, Rights::PATH_LINK_SOURCE)?;
    let to = &table.directory(to, Rights::PATH_LINK_TARGET)?.dir;
    let old = path(guest, start, length)?;
    let new = path(guest, new_start, new_length)?;
    match follows(flags)? {
        // A link to what a link leads to: no system does that safely.
        true => Err(Errno::Inval.into()),
        false => {
            only_for_directories(&from, &old, &[&old, &new])?;
            Ok(from.hard_link(old, to, new)?)
        }
    }
}

/// Makes a symbolic link. Where it leads to is checked when it's followed.
pub(crate) fn path_symlink(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    start: u32,
    length: u32,
    number: u32,
    new_start: u32,
    new_length: u32,
) -> Outcome {
    let right = Rights::PATH_SYMLINK;
    let directory = wasi.descriptors.directory(number, right)?;
    let target = path(guest, start, length)?;
    let link = path(guest, new_start, new_length)?;
    Ok(directory.dir.symlink(target, link)?)
}

/// Where a symbolic link leads to; the beginning of it, if there isn't room for
/// more.
pub(crate) fn path_readlink(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    start: u32,
    length: u32,
    buffer: u32,
    room: u32,
    out: u32,
) -> Outcome {
    let right = Rights::PATH_READLINK;
    let directory = wasi.descriptors.directory(number, right)?;
    guest.writable(out, 4)?;
    let target = directory.dir.read_link(path(guest, start, length)?)?;
    let target = target.to_str().ok_or(Errno::Ilseq)?;
    let length = room.min(size(target.len())?);
    let buffer = guest.slice_mut(buffer, length)?;
    buffer.copy_from_slice(&target.as_bytes()[..buffer.len()]);
    Ok(guest.put_u32(out, length)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::Version;

    /// The system would refuse these as well, but it's never asked.
    #[test]
    fn what_is_no_path_gets_no_further() {
        for (text, errno) in [
            (&b""[..], Errno::Noent),
            (b"a\0b", Errno::Inval),
            (b"/etc", Errno::Perm),
            (b"\xff", Errno::Ilseq),
        ] {
            let mut bytes = text.to_vec();
            let length = text.len() as u32;
            let guest = Guest::new(&mut bytes, Version::Preview1);
            assert_eq!(path(&guest, 0, length), Err(errno));
        }
    }
}
