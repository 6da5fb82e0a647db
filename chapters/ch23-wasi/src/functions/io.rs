//! Reading and writing.

use std::io::{self, Read, Seek, SeekFrom, Write};

use cap_std::fs::File;

use crate::Errno;
use crate::context::{Outcome, WasiCtx};
use crate::descriptors::{Descriptor, Kind};
use crate::guest::{Guest, Version, size};
use crate::rights::Rights;
use crate::stdio::Which;

pub(crate) fn fd_read(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    parts: u32,
    count: u32,
    out: u32,
) -> Outcome {
    let descriptor = wasi.descriptors.with(number, Rights::FD_READ)?;
    let stdin = &mut wasi.streams.stdin;
    gather(guest, parts, count, out, |buffer| match &mut descriptor.kind {
        Kind::File(open) => open.file.read(buffer),
        Kind::Stdin => stdin.read(buffer),
        _ => Err(io::ErrorKind::IsADirectory.into()),
    })
}

pub(crate) fn fd_pread(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    parts: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Outcome {
    let rights = Rights::FD_READ | Rights::FD_SEEK;
    let file = &mut wasi.descriptors.file(number, rights)?.0.file;
    elsewhere(file, offset, |file| {
        gather(guest, parts, count, out, |buffer| file.read(buffer))
    })
}

pub(crate) fn fd_write(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    parts: u32,
    count: u32,
    out: u32,
) -> Outcome {
    let descriptor = wasi.descriptors.with(number, Rights::FD_WRITE)?;
    let Descriptor { kind, flags, .. } = descriptor;
    let streams = &mut wasi.streams;
    scatter(guest, parts, count, out, |bytes| match kind {
        Kind::File(open) => {
            if cfg!(not(unix)) && flags.append() {
                open.file.seek(SeekFrom::End(0))?;
            }
            let written = open.file.write(bytes)?;
            flags.after_write(&open.file)?;
            Ok(written)
        }
        Kind::Stdout => streams.stdout.write(Which::Output, bytes),
        Kind::Stderr => streams.stderr.write(Which::Error, bytes),
        _ => Err(io::ErrorKind::IsADirectory.into()),
    })
}

pub(crate) fn fd_pwrite(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    parts: u32,
    count: u32,
    offset: u64,
    out: u32,
) -> Outcome {
    let rights = Rights::FD_WRITE | Rights::FD_SEEK;
    let (open, flags) = wasi.descriptors.file(number, rights)?;
    elsewhere(&mut open.file, offset, |file| {
        scatter(guest, parts, count, out, |bytes| {
            let written = file.write(bytes)?;
            flags.after_write(file)?;
            Ok(written)
        })
    })
}

pub(crate) fn fd_seek(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    offset: i64,
    whence: u32,
    out: u32,
) -> Outcome {
    let to = target(guest.version, offset, whence)?;
    let right = match to {
        SeekFrom::Current(0) => Rights::FD_TELL,
        _ => Rights::FD_SEEK,
    };
    let (open, _) = wasi.descriptors.file(number, right)?;
    guest.writable(out, 8)?;
    Ok(guest.put_u64(out, open.file.seek(to)?)?)
}

pub(crate) fn fd_tell(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    out: u32,
) -> Outcome {
    let (open, _) = wasi.descriptors.file(number, Rights::FD_TELL)?;
    Ok(guest.put_u64(out, open.file.stream_position()?)?)
}

/// Where to. The two versions count the three ways differently.
fn target(
    version: Version,
    offset: i64,
    whence: u32,
) -> Result<SeekFrom, Errno> {
    match (version, whence) {
        (Version::Preview1, 0) | (Version::Unstable, 2) => {
            let offset = u64::try_from(offset).map_err(|_| Errno::Inval)?;
            Ok(SeekFrom::Start(offset))
        }
        (Version::Preview1, 1) | (Version::Unstable, 0) => {
            Ok(SeekFrom::Current(offset))
        }
        (Version::Preview1, 2) | (Version::Unstable, 1) => {
            Ok(SeekFrom::End(offset))
        }
        _ => Err(Errno::Inval),
    }
}

/// Does something at another position of a file, and goes back.
fn elsewhere(
    file: &mut File,
    offset: u64,
    act: impl FnOnce(&mut File) -> Outcome,
) -> Outcome {
    let before = file.stream_position()?;
    file.seek(SeekFrom::Start(offset))?;
    let outcome = act(file);
    file.seek(SeekFrom::Start(before))?;
    outcome
}

/// Fills the parts of a guest's buffer one after the other, until there isn't
/// enough for one of them.
fn gather(
    guest: &mut Guest<'_>,
    parts: u32,
    count: u32,
    out: u32,
    mut read: impl FnMut(&mut [u8]) -> io::Result<usize>,
) -> Outcome {
    guest.writable(out, 4)?;
    let mut total = 0;
    for (at, length) in guest.parts(parts, count)? {
        let buffer = guest.slice_mut(at, length)?;
        let got = match patiently(|| read(buffer)) {
            Err(error) if total == 0 => return Err(error.into()),
            got => size(got.unwrap_or_default())?,
        };
        total += got;
        if got < length {
            break;
        }
    }
    Ok(guest.put_u32(out, total)?)
}

/// Writes the parts one after the other, until one isn't taken completely.
fn scatter(
    guest: &mut Guest<'_>,
    parts: u32,
    count: u32,
    out: u32,
    mut write: impl FnMut(&[u8]) -> io::Result<usize>,
) -> Outcome {
    guest.writable(out, 4)?;
    let mut total = 0;
    for (at, length) in guest.parts(parts, count)? {
        let bytes = guest.slice(at, length)?;
        let taken = match patiently(|| write(bytes)) {
            Err(error) if total == 0 => return Err(error.into()),
            taken => size(taken.unwrap_or_default())?,
        };
        total += taken;
        if taken < length {
            break;
        }
    }
    Ok(guest.put_u32(out, total)?)
}

/// Tries again when a signal came between.
fn patiently(mut act: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match act() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_an_error_counts() {
        let mut bytes = [0; 64];
        (bytes[0], bytes[4]) = (32, 2); // two bytes at 32
        (bytes[8], bytes[12]) = (40, 2); // two bytes at 40
        let mut guest = Guest::new(&mut bytes, Version::Preview1);
        let mut works = true;
        let once = |part: &mut [u8]| match std::mem::take(&mut works) {
            true => Ok(part.len()),
            false => Err(io::ErrorKind::Other.into()),
        };
        assert!(gather(&mut guest, 0, 2, 16, once).is_ok());
        assert_eq!(guest.slice(16, 4), Ok(&[2, 0, 0, 0][..]));
        let never = |_: &mut [u8]| Err(io::ErrorKind::Other.into());
        assert!(gather(&mut guest, 0, 2, 16, never).is_err());
    }
}
