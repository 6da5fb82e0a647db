//! The table of descriptors: what a guest knows by a number.

use cap_std::fs::{Dir, File};
use serde::{Deserialize, Serialize};

use crate::Errno;
use crate::rights::Rights;

/// What a number of the guest stands for.
#[derive(Debug)]
pub(crate) struct Descriptor {
    pub kind: Kind,
    pub rights: Rights,
    /// The most that a descriptor can have that is opened through this one.
    pub inheriting: Rights,
    pub flags: Flags,
}

/// What there can be behind a descriptor.
#[derive(Debug)]
pub(crate) enum Kind {
    Stdin,
    Stdout,
    Stderr,
    File(OpenFile),
    Directory(OpenDirectory),
}

/// A file, and where it was found.
#[derive(Debug)]
pub(crate) struct OpenFile {
    pub file: File,
    pub origin: Origin,
}

/// A directory, and where it was found.
#[derive(Debug)]
pub(crate) struct OpenDirectory {
    pub dir: Dir,
    pub origin: Origin,
    /// The name by which the guest knows it, if it was granted.
    pub preopen: Option<String>,
    /// What was in it when the guest began to read it.
    pub listing: Option<Vec<Entry>>,
}

/// Where something was opened: which of the granted directories, and the way
/// from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    pub grant: String,
    pub path: String,
}

impl Origin {
    /// Where something is whose path begins here.
    pub fn join(&self, path: &str) -> Origin {
        let grant = self.grant.clone();
        let path = match self.path.as_str() {
            "" => path.to_owned(),
            start => format!("{start}/{path}"),
        };
        Origin { grant, path }
    }
}

/// What a directory has an entry of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub name: String,
    pub inode: u64,
    pub kind: u8,
}

/// How a descriptor is read and written.
///
/// Specification: WASI preview 1, *fdflags*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flags(pub u16);

impl Flags {
    pub const NONE: Flags = Flags(0);
    pub const APPEND: u16 = 1;
    const DSYNC: u16 = 2;
    const SYNC: u16 = 16;
    const ALL: u16 = 31;

    pub fn new(bits: u32) -> Result<Flags, Errno> {
        let bits = u16::try_from(bits).map_err(|_| Errno::Inval)?;
        match bits & !Flags::ALL {
            0 => Ok(Flags(bits)),
            _ => Err(Errno::Inval),
        }
    }

    pub fn append(self) -> bool {
        self.0 & Flags::APPEND != 0
    }

    /// Makes the system append, if these flags ask for it: so nobody's bytes
    /// are overwritten who appends at the same time.
    #[cfg(unix)]
    pub fn apply(self, file: &File) -> std::io::Result<()> {
        let mut flags = rustix::fs::fcntl_getfl(file)?;
        flags.set(rustix::fs::OFlags::APPEND, self.append());
        Ok(rustix::fs::fcntl_setfl(file, flags)?)
    }

    /// Elsewhere, each write goes to the end first.
    #[cfg(not(unix))]
    pub fn apply(self, _: &File) -> std::io::Result<()> {
        Ok(())
    }

    /// Does what these flags ask for after each write.
    pub fn after_write(self, file: &File) -> std::io::Result<()> {
        match (self.0 & Flags::SYNC, self.0 & Flags::DSYNC) {
            (0, 0) => Ok(()),
            (0, _) => file.sync_data(),
            _ => file.sync_all(),
        }
    }
}

/// The descriptors, by their numbers.
#[derive(Debug)]
pub(crate) struct Descriptors {
    slots: Vec<Option<Descriptor>>,
    most: usize,
}

impl Descriptors {
    pub fn new(most: usize) -> Descriptors {
        Descriptors { slots: Vec::new(), most }
    }

    /// The descriptor of a number.
    pub fn get(&mut self, number: u32) -> Result<&mut Descriptor, Errno> {
        let index = usize::try_from(number).map_err(|_| Errno::Badf)?;
        self.slots.get_mut(index).and_then(Option::as_mut).ok_or(Errno::Badf)
    }

    /// Whether it is the standard input.
    pub fn is_input(&mut self, number: u32) -> bool {
        self.get(number).is_ok_and(|it| matches!(it.kind, Kind::Stdin))
    }

    /// The descriptor of a number, if it has these rights.
    pub fn with(
        &mut self,
        number: u32,
        rights: Rights,
    ) -> Result<&mut Descriptor, Errno> {
        let descriptor = self.get(number)?;
        match descriptor.rights.has(rights) {
            true => Ok(descriptor),
            false => Err(Errno::Notcapable),
        }
    }

    /// The file of a number, and how it's written.
    pub fn file(
        &mut self,
        number: u32,
        rights: Rights,
    ) -> Result<(&mut OpenFile, Flags), Errno> {
        let descriptor = self.get(number)?;
        let has = descriptor.rights.has(rights);
        match &mut descriptor.kind {
            Kind::File(_) if !has => Err(Errno::Notcapable),
            Kind::File(file) => Ok((file, descriptor.flags)),
            Kind::Directory(_) => Err(Errno::Isdir),
            _ => Err(Errno::Spipe),
        }
    }

    /// The directory of a number.
    pub fn directory(
        &mut self,
        number: u32,
        rights: Rights,
    ) -> Result<&mut OpenDirectory, Errno> {
        let descriptor = self.get(number)?;
        let has = descriptor.rights.has(rights);
        match &mut descriptor.kind {
            Kind::Directory(_) if !has => Err(Errno::Notcapable),
            Kind::Directory(directory) => Ok(directory),
            _ => Err(Errno::Notdir),
        }
    }

    /// A handle of its own for a directory, where two are needed at once.
    pub fn dir(&mut self, number: u32, rights: Rights) -> Result<Dir, Errno> {
        Ok(self.directory(number, rights)?.dir.try_clone()?)
    }

    /// Makes sure that there is room for one more.
    pub fn room(&self) -> Result<(), Errno> {
        match self.slots.iter().flatten().count() < self.most {
            true => Ok(()),
            false => Err(Errno::Mfile),
        }
    }

    /// Gives a descriptor the lowest number that is free.
    pub fn add(&mut self, descriptor: Descriptor) -> Result<u32, Errno> {
        self.room()?;
        let free = self.slots.iter().position(Option::is_none);
        let index = free.unwrap_or(self.slots.len());
        let number = u32::try_from(index).map_err(|_| Errno::Mfile)?;
        match self.slots.get_mut(index) {
            Some(slot) => *slot = Some(descriptor),
            None => self.slots.push(Some(descriptor)),
        }
        Ok(number)
    }

    /// Adds a descriptor, or a number that is free.
    pub fn push(&mut self, descriptor: Option<Descriptor>) {
        self.slots.push(descriptor);
    }

    /// Takes a descriptor away, and its number is free.
    pub fn remove(&mut self, number: u32) -> Result<Descriptor, Errno> {
        let index = usize::try_from(number).map_err(|_| Errno::Badf)?;
        let slot = self.slots.get_mut(index).ok_or(Errno::Badf)?;
        slot.take().ok_or(Errno::Badf)
    }

    /// Gives a descriptor the number of another one, which is closed.
    pub fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        self.get(from)?;
        self.get(to)?;
        if from != to {
            let moved = self.remove(from)?;
            *self.get(to)? = moved;
        }
        Ok(())
    }

    /// All of them, and the numbers between that are free.
    pub fn iter(&self) -> impl Iterator<Item = Option<&Descriptor>> {
        self.slots.iter().map(Option::as_ref)
    }
}
