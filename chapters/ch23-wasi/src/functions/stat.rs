//! What is known about a file: its kind, its length, its times.

use std::fs::FileTimes;
use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cap_fs_ext::{DirExt, FileTypeExt, MetadataExt, SystemTimeSpec};
use cap_std::fs::{FileType, Metadata};

use crate::Errno;
use crate::clocks::nanoseconds;
use crate::context::{Outcome, Streams, WasiCtx};
use crate::descriptors::Kind;
use crate::functions::path::{asks_for_directory, follows, path};
use crate::guest::{Guest, Version};
use crate::rights::Rights;
use crate::stdio::Which;

/// The numbers that *filetype* has.
const UNKNOWN: u8 = 0;
const BLOCK_DEVICE: u8 = 1;
const CHARACTER_DEVICE: u8 = 2;
pub(crate) const DIRECTORY: u8 = 3;
const REGULAR_FILE: u8 = 4;
const SOCKET_STREAM: u8 = 6;
const SYMBOLIC_LINK: u8 = 7;

pub(crate) fn fd_filestat_get(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    out: u32,
) -> Outcome {
    let descriptor = wasi.descriptors.with(number, Rights::FD_FILESTAT_GET)?;
    let metadata = match &descriptor.kind {
        Kind::File(open) => open.file.metadata()?,
        Kind::Directory(directory) => directory.dir.dir_metadata()?,
        stream => {
            let kind = kind_of(stream, &wasi.streams)?;
            return Ok(Stat { kind, ..Stat::default() }.write(guest, out)?);
        }
    };
    Ok(Stat::of(&metadata).write(guest, out)?)
}

pub(crate) fn path_filestat_get(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    flags: u32,
    start: u32,
    length: u32,
    out: u32,
) -> Outcome {
    let right = Rights::PATH_FILESTAT_GET;
    let directory = wasi.descriptors.directory(number, right)?;
    let path = path(guest, start, length)?;
    let metadata = match follows(flags)? || asks_for_directory(&path) {
        true => directory.dir.metadata(path)?,
        false => directory.dir.symlink_metadata(path)?,
    };
    Ok(Stat::of(&metadata).write(guest, out)?)
}

pub(crate) fn fd_filestat_set_times(
    wasi: &mut WasiCtx,
    _: &mut Guest<'_>,
    number: u32,
    accessed: u64,
    modified: u64,
    flags: u32,
) -> Outcome {
    let right = Rights::FD_FILESTAT_SET_TIMES;
    let descriptor = wasi.descriptors.with(number, right)?;
    let (accessed, modified) = times(accessed, modified, flags)?;
    match &descriptor.kind {
        Kind::File(open) => {
            let mut times = FileTimes::new();
            if let Some(time) = accessed {
                times = times.set_accessed(time);
            }
            if let Some(time) = modified {
                times = times.set_modified(time);
            }
            Ok(open.file.try_clone()?.into_std().set_times(times)?)
        }
        Kind::Directory(directory) => {
            let (accessed, modified) = (spec(accessed), spec(modified));
            Ok(directory.dir.set_times(".", accessed, modified)?)
        }
        _ => Err(Errno::Notsup.into()),
    }
}

pub(crate) fn path_filestat_set_times(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    lookup: u32,
    start: u32,
    length: u32,
    accessed: u64,
    modified: u64,
    flags: u32,
) -> Outcome {
    let right = Rights::PATH_FILESTAT_SET_TIMES;
    let dir = &wasi.descriptors.directory(number, right)?.dir;
    let path = path(guest, start, length)?;
    let (accessed, modified) = times(accessed, modified, flags)?;
    let (accessed, modified) = (spec(accessed), spec(modified));
    match follows(lookup)? || asks_for_directory(&path) {
        true => Ok(dir.set_times(path, accessed, modified)?),
        false => Ok(dir.set_symlink_times(path, accessed, modified)?),
    }
}

/// The times that are to be set, by the flags of *fstflags*.
fn times(
    accessed: u64,
    modified: u64,
    flags: u32,
) -> Result<(Option<SystemTime>, Option<SystemTime>), Errno> {
    if flags > 15 {
        return Err(Errno::Inval);
    }
    Ok((time(accessed, flags)?, time(modified, flags >> 2)?))
}

/// One of them: bit 0 stands for the given time, bit 1 for now.
fn time(time: u64, flags: u32) -> Result<Option<SystemTime>, Errno> {
    match flags & 3 {
        0 => Ok(None),
        1 => {
            let time = UNIX_EPOCH.checked_add(Duration::from_nanos(time));
            Ok(Some(time.ok_or(Errno::Overflow)?))
        }
        2 => Ok(Some(SystemTime::now())),
        _ => Err(Errno::Inval),
    }
}

fn spec(time: Option<SystemTime>) -> Option<SystemTimeSpec> {
    let time = cap_std::time::SystemTime::from_std(time?);
    Some(SystemTimeSpec::Absolute(time))
}

/// The number of a kind of file.
pub(crate) fn kind(ty: FileType) -> u8 {
    match ty {
        _ if ty.is_file() => REGULAR_FILE,
        _ if ty.is_dir() => DIRECTORY,
        _ if ty.is_symlink() => SYMBOLIC_LINK,
        _ if FileTypeExt::is_char_device(&ty) => CHARACTER_DEVICE,
        _ if FileTypeExt::is_block_device(&ty) => BLOCK_DEVICE,
        _ if FileTypeExt::is_socket(&ty) => SOCKET_STREAM,
        _ => UNKNOWN,
    }
}

/// The same for what is behind a descriptor. A terminal is a device.
pub(crate) fn kind_of(descriptor: &Kind, streams: &Streams) -> io::Result<u8> {
    let is_terminal = match descriptor {
        Kind::File(open) => return Ok(kind(open.file.metadata()?.file_type())),
        Kind::Directory(_) => return Ok(DIRECTORY),
        Kind::Stdin => streams.stdin.is_terminal(),
        Kind::Stdout => streams.stdout.is_terminal(Which::Output),
        Kind::Stderr => streams.stderr.is_terminal(Which::Error),
    };
    Ok(if is_terminal { CHARACTER_DEVICE } else { UNKNOWN })
}

/// What a guest is told about a file.
#[derive(Default)]
struct Stat {
    device: u64,
    inode: u64,
    kind: u8,
    links: u64,
    length: u64,
    /// Accessed, modified, created.
    times: [u64; 3],
}

impl Stat {
    fn of(metadata: &Metadata) -> Stat {
        let times =
            [metadata.accessed(), metadata.modified(), metadata.created()];
        Stat {
            device: metadata.dev(),
            inode: metadata.ino(),
            kind: kind(metadata.file_type()),
            links: metadata.nlink(),
            length: metadata.len(),
            times: times.map(|time| {
                let time = time.ok().map(|time| time.into_std());
                let since =
                    time.and_then(|it| it.duration_since(UNIX_EPOCH).ok());
                nanoseconds(since.unwrap_or_default())
            }),
        }
    }

    /// Writes it as the guest's version has it: the older one has fewer bits
    /// for the links, and then everything is closer together.
    fn write(&self, guest: &mut Guest<'_>, out: u32) -> Result<(), Errno> {
        let mut bytes = Vec::with_capacity(64);
        bytes.extend(self.device.to_le_bytes());
        bytes.extend(self.inode.to_le_bytes());
        bytes.push(self.kind);
        match guest.version {
            Version::Preview1 => {
                bytes.resize(24, 0);
                bytes.extend(self.links.to_le_bytes());
            }
            Version::Unstable => {
                bytes.resize(20, 0);
                let links = u32::try_from(self.links).unwrap_or(u32::MAX);
                bytes.extend(links.to_le_bytes());
            }
        }
        bytes.extend(self.length.to_le_bytes());
        for time in self.times {
            bytes.extend(time.to_le_bytes());
        }
        guest.write(out, &bytes)
    }
}
