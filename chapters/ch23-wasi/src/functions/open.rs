//! Opening files and directories.

use std::io;

use cap_fs_ext::{
    DirExt, FollowSymlinks, OpenOptionsFollowExt, OpenOptionsMaybeDirExt,
    OpenOptionsSyncExt,
};
use cap_std::fs::{Dir, OpenOptions};

use crate::Errno;
use crate::context::{Outcome, WasiCtx};
use crate::descriptors::{
    Descriptor, Flags, Kind, OpenDirectory, OpenFile, Origin,
};
use crate::functions::path::{follows, path};
use crate::guest::Guest;
use crate::rights::Rights;

/// How something is to be opened.
///
/// Specification: WASI preview 1, *oflags*.
#[derive(Clone, Copy)]
pub(crate) struct How {
    bits: u32,
    follow: bool,
    rights: Rights,
}

const CREATE: u32 = 1;
const DIRECTORY: u32 = 2;
const EXCLUSIVE: u32 = 4;
const TRUNCATE: u32 = 8;

pub(crate) fn path_open(
    wasi: &mut WasiCtx,
    guest: &mut Guest<'_>,
    number: u32,
    lookup: u32,
    start: u32,
    length: u32,
    bits: u32,
    rights: u64,
    inheriting: u64,
    flags: u32,
    out: u32,
) -> Outcome {
    let (rights, inheriting) = (Rights(rights), Rights(inheriting));
    let flags = Flags::new(flags)?;
    let path = path(guest, start, length)?;
    guest.writable(out, 4)?;
    wasi.descriptors.room()?;

    let parent = wasi.descriptors.get(number)?;
    let allowed = parent.inheriting;
    if rights.has(Rights::FD_WRITE) && !allowed.has(Rights::FD_WRITE) {
        return Err(Errno::Notcapable.into());
    }
    let rights = rights & allowed;
    let how = How { bits, follow: follows(lookup)?, rights };
    let parent = wasi.descriptors.directory(number, how.needs()?)?;
    let kind = how.open(&parent.dir, &path, parent.origin.join(&path))?;
    if let Kind::File(open) = &kind {
        flags.apply(&open.file)?;
    }
    let inheriting = inheriting & allowed;
    let descriptor = Descriptor::opened(kind, rights, inheriting, flags);
    Ok(guest.put_u32(out, wasi.descriptors.add(descriptor)?)?)
}

impl How {
    /// Opens what exists already, once more.
    pub fn again(directory: bool, rights: Rights) -> How {
        let bits = if directory { DIRECTORY } else { 0 };
        How { bits, follow: true, rights }
    }

    fn asks(self, bit: u32) -> bool {
        self.bits & bit != 0
    }

    /// What the directory has to have a right to.
    fn needs(self) -> Result<Rights, Errno> {
        if self.bits > 15 || self.asks(DIRECTORY) && self.bits != DIRECTORY {
            return Err(Errno::Inval);
        }
        let mut needs = Rights::PATH_OPEN;
        if self.asks(CREATE) {
            needs = needs | Rights::PATH_CREATE_FILE;
        }
        if self.asks(TRUNCATE) {
            needs = needs | Rights::PATH_FILESTAT_SET_SIZE;
        }
        Ok(needs)
    }

    /// Opens a file or a directory.
    pub fn open(
        self,
        parent: &Dir,
        path: &str,
        origin: Origin,
    ) -> io::Result<Kind> {
        if self.asks(DIRECTORY) {
            let dir = match self.follow {
                true => parent.open_dir(path)?,
                false => parent.open_dir_nofollow(path)?,
            };
            return Ok(Kind::directory(dir, origin));
        }
        let file = parent.open_with(path, &self.options())?;
        match file.metadata()?.is_dir() {
            true => {
                let dir = Dir::from_std_file(file.into_std());
                Ok(Kind::directory(dir, origin))
            }
            false => Ok(Kind::File(OpenFile { file, origin })),
        }
    }

    /// The same in the system's terms. A file that is created or cut has to be
    /// written, whatever the guest may do with it later. Nothing waits, because
    /// whoever opens a named pipe would wait for its other end.
    fn options(self) -> OpenOptions {
        let writes = self.rights.has(Rights::FD_WRITE)
            || self.asks(CREATE)
            || self.asks(TRUNCATE);
        let reads = self.rights.has(Rights::FD_READ) || !writes;
        let follow = match self.follow {
            true => FollowSymlinks::Yes,
            false => FollowSymlinks::No,
        };
        let is_new = self.asks(CREATE) && self.asks(EXCLUSIVE);
        let mut options = OpenOptions::new();
        options.read(reads).write(writes);
        options.create(self.asks(CREATE)).create_new(is_new);
        options.truncate(self.asks(TRUNCATE));
        options.follow(follow).maybe_dir(!writes).nonblock(true);
        options
    }
}

impl Kind {
    fn directory(dir: Dir, origin: Origin) -> Kind {
        let (preopen, listing) = (None, None);
        Kind::Directory(OpenDirectory { dir, origin, preopen, listing })
    }
}

impl Descriptor {
    /// What has been opened, with those rights that mean something there.
    fn opened(
        kind: Kind,
        rights: Rights,
        inheriting: Rights,
        flags: Flags,
    ) -> Descriptor {
        let (rights, inheriting) = match &kind {
            Kind::Directory(_) => (rights & Rights::OF_DIRECTORIES, inheriting),
            _ => (rights & Rights::OF_FILES, Rights::NONE),
        };
        Descriptor { kind, rights, inheriting, flags }
    }
}
