//! Reading a directory.

use std::io;

use cap_fs_ext::MetadataExt;
use cap_std::fs::Dir;

use crate::Errno;
use crate::context::{Outcome, WasiCtx};
use crate::descriptors::Entry;
use crate::functions::stat;
use crate::guest::{Guest, size};
use crate::rights::Rights;

/// Fills a buffer with the entries from a cookie on: the number of an entry in
/// a list that is made when the guest begins with cookie 0. The last entry may
/// be cut off: a full buffer means that there is more.
pub(crate) fn fd_readdir(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    buffer: u32,
    length: u32,
    cookie: u64,
    out: u32,
) -> Outcome {
    let directory = wasi.descriptors.directory(number, Rights::FD_READDIR)?;
    guest.writable(out, 4)?;
    if cookie == 0 {
        directory.listing = None;
    }
    if directory.listing.is_none() {
        directory.listing = Some(list(&directory.dir)?);
    }
    let listing = directory.listing.as_deref().unwrap_or_default();
    let mut room = guest.slice_mut(buffer, length)?;
    let first = usize::try_from(cookie).unwrap_or(usize::MAX);
    for (index, entry) in listing.iter().enumerate().skip(first) {
        let bytes = entry.bytes(index as u64 + 1)?;
        let length = bytes.len().min(room.len());
        room[..length].copy_from_slice(&bytes[..length]);
        room = &mut room[length..];
        if room.is_empty() {
            break;
        }
    }
    let used = length - size(room.len())?;
    Ok(guest.put_u32(out, used)?)
}

/// What is in a directory, by name, after `.` and `..`. A name that isn't UTF-8
/// is left out, since a guest could do nothing with it.
fn list(dir: &Dir) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in dir.entries()? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Ok(metadata) = entry.metadata() else { continue };
        let kind = stat::kind(metadata.file_type());
        entries.push(Entry { name, inode: metadata.ino(), kind });
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    let inode = dir.dir_metadata()?.ino();
    let dots = [".", ".."].map(|name| Entry {
        name: name.to_owned(),
        inode,
        kind: stat::DIRECTORY,
    });
    entries.splice(0..0, dots);
    Ok(entries)
}

impl Entry {
    /// The entry as a guest gets it: a head of 24 bytes, and the name.
    fn bytes(&self, next: u64) -> Result<Vec<u8>, Errno> {
        let mut bytes = Vec::with_capacity(24 + self.name.len());
        bytes.extend(next.to_le_bytes());
        bytes.extend(self.inode.to_le_bytes());
        bytes.extend(size(self.name.len())?.to_le_bytes());
        bytes.push(self.kind);
        bytes.resize(24, 0);
        bytes.extend(self.name.as_bytes());
        Ok(bytes)
    }
}
