//! A context becomes bytes, and goes on from them.
//!
//! The bytes have the form of a frozen store: eight that say what they are, the
//! version, the length of the rest, a checksum of the rest, and the rest.

use std::io::{self, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

use crate::WasiCtxBuilder;
use crate::builder::Grant;
use crate::clocks::{self, Clocks};
use crate::context::{Streams, WasiCtx};
use crate::descriptors::{
    Descriptor, Descriptors, Entry, Flags, Kind, OpenDirectory, Origin,
};
use crate::functions::open::How;
use crate::random::Random;
use crate::rights::Rights;
use crate::stdio::{MemoryInputPipe, Stdin};

const MAGIC: [u8; 8] = *b"\xf5wasi p1";

/// The version of the form.
const VERSION: u32 = 1;

/// The length of what comes before the state.
const HEAD: usize = 8 + 4 + 8 + 4;

/// Why a context can't be frozen or thawed.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// The bytes don't begin as a frozen context does.
    #[error("these bytes aren't a frozen WASI context")]
    NoFrozenContext,
    /// Another version of the form.
    #[error("the context is frozen in version {0}; this is version {VERSION}")]
    Version(u32),
    /// The bytes aren't those that freezing has made; in words.
    #[error("the frozen context is damaged: {0}")]
    Damaged(String),
    /// What the bytes say can't be true of a context; in words.
    #[error("the frozen context is wrong: {0}")]
    Wrong(&'static str),
    /// A directory that the guest had isn't granted any more.
    #[error("the directory `{0}` of the guest isn't granted")]
    NotGranted(String),
    /// Something that was open can't be opened again.
    #[error("`{path}` in the guest's directory `{grant}`: {error}")]
    Open {
        /// The name of the granted directory.
        grant: String,
        /// The path from there.
        path: String,
        /// What the system says.
        #[source]
        error: io::Error,
    },
    /// The standard input is neither the process's nor in memory, and only the
    /// embedder knows how to go on with it.
    #[error("the standard input was the embedder's: it has to be given again")]
    Stdin,
}

/// All of a context but what belongs to the embedder.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    args: Vec<String>,
    env: Vec<String>,
    clocks: clocks::Frozen,
    random: Random,
    suspending: bool,
    stdin: Input,
    descriptors: Vec<Option<Frozen>>,
}

/// Where the standard input came from.
#[derive(Debug, Serialize, Deserialize)]
enum Input {
    Closed,
    Inherit,
    /// What hasn't been read.
    Memory(Vec<u8>),
    Reader,
}

#[derive(Debug, Serialize, Deserialize)]
struct Frozen {
    what: What,
    rights: Rights,
    inheriting: Rights,
    flags: Flags,
}

/// What is behind a descriptor.
#[derive(Debug, Serialize, Deserialize)]
enum What {
    Stdin,
    Stdout,
    Stderr,
    File { origin: Origin, position: u64 },
    Directory { origin: Origin, granted: bool, listing: Option<Vec<Entry>> },
}

impl WasiCtx {
    /// Makes bytes of the context: arguments, environment, descriptors with
    /// their rights and positions, clocks, random numbers, and what the guest
    /// hasn't read of an input in memory. [`WasiCtxBuilder::thaw`] goes on from
    /// them. With [`Store::freeze`](ch22_embed::Store::freeze), which makes
    /// bytes of all else, a guest may so move to another process.
    ///
    /// Files stay where they are: the bytes have their paths, not their
    /// contents.
    ///
    /// # Errors
    ///
    /// The position in a file can't be had.
    pub fn freeze(&mut self) -> Result<Vec<u8>, FreezeError> {
        let mut descriptors = Vec::new();
        for descriptor in self.descriptors.iter() {
            descriptors.push(descriptor.map(freeze).transpose()?);
        }
        let state = State {
            args: self.args.clone(),
            env: self.env.clone(),
            clocks: self.clocks.freeze(),
            random: self.random.clone(),
            suspending: self.suspending,
            stdin: match &self.streams.stdin {
                Stdin::Closed => Input::Closed,
                Stdin::Inherit => Input::Inherit,
                Stdin::Memory(pipe) => Input::Memory(pipe.rest().to_vec()),
                Stdin::Reader(_) => Input::Reader,
            },
            descriptors,
        };
        write(&state)
    }

    /// The frozen context that some bytes begin with, and what follows it. So
    /// a context and its store can share a file. `None` if they don't begin
    /// with one.
    pub fn split_frozen(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        let head = bytes.strip_prefix(&MAGIC)?;
        let length = head.get(4..12).and_then(|it| it.try_into().ok());
        let length = u64::from_le_bytes(length.unwrap_or_default());
        let end = usize::try_from(length).ok();
        let end = end.and_then(|length| length.checked_add(HEAD));
        // Whoever thaws it says what's wrong with it.
        Some(
            bytes.split_at(end.map_or(bytes.len(), |end| end.min(bytes.len()))),
        )
    }
}

fn freeze(descriptor: &Descriptor) -> Result<Frozen, FreezeError> {
    let Descriptor { kind, rights, inheriting, flags } = descriptor;
    let what = match kind {
        Kind::Stdin => What::Stdin,
        Kind::Stdout => What::Stdout,
        Kind::Stderr => What::Stderr,
        Kind::File(open) => {
            let position = (&open.file).stream_position();
            let position = position.map_err(|error| of(&open.origin, error))?;
            What::File { origin: open.origin.clone(), position }
        }
        Kind::Directory(open) => What::Directory {
            origin: open.origin.clone(),
            granted: open.preopen.is_some(),
            listing: open.listing.clone(),
        },
    };
    let (rights, inheriting, flags) = (*rights, *inheriting, *flags);
    Ok(Frozen { what, rights, inheriting, flags })
}

impl WasiCtxBuilder {
    /// Goes on with a context that was frozen. Outputs, granted directories and
    /// the most descriptors are the builder's; so are standard input, clocks
    /// and random numbers, if something was said about them. All else is what
    /// it was.
    ///
    /// A directory is found again by its name for the guest, and what was open
    /// in it by its path. Nothing has more rights than the directory is granted
    /// with now, whatever the bytes say.
    ///
    /// # Errors
    ///
    /// The bytes aren't a frozen context, or something can't be opened again:
    /// the error names it.
    ///
    /// ```
    /// use ch23_wasi::{DirPerms, WasiCtx};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut wasi = WasiCtx::builder()
    ///     .arg("count")
    ///     .preopened_dir(".", "/data", DirPerms::ReadOnly)?
    ///     .build();
    /// let bytes = wasi.freeze()?;
    /// // … in another process …
    /// let wasi = WasiCtx::builder()
    ///     .inherit_stdio()
    ///     .preopened_dir(".", "/data", DirPerms::ReadOnly)?
    ///     .thaw(&bytes)?;
    /// # drop(wasi);
    /// # Ok(())
    /// # }
    /// ```
    pub fn thaw(&mut self, bytes: &[u8]) -> Result<WasiCtx, FreezeError> {
        let builder = std::mem::take(self);
        let state = read(bytes)?;
        if state.descriptors.len() > builder.most {
            return Err(FreezeError::Wrong("too many descriptors"));
        }
        let mut descriptors = Descriptors::new(builder.most);
        for frozen in state.descriptors {
            let thaw = |frozen: Frozen| frozen.thaw(&builder.grants);
            descriptors.push(frozen.map(thaw).transpose()?);
        }
        let stdin = match (builder.stdin, state.stdin) {
            (Some(stdin), _) => stdin,
            (None, Input::Closed) => Stdin::Closed,
            (None, Input::Inherit) => Stdin::Inherit,
            (None, Input::Memory(rest)) => MemoryInputPipe::new(rest).into(),
            (None, Input::Reader) => return Err(FreezeError::Stdin),
        };
        let (stdout, stderr) = (builder.stdout, builder.stderr);
        let thawed = || Clocks::thaw(state.clocks);
        Ok(WasiCtx {
            args: state.args,
            env: state.env,
            streams: Streams { stdin, stdout, stderr },
            descriptors,
            clocks: builder.clocks.unwrap_or_else(thawed),
            random: builder.random.unwrap_or(state.random),
            suspending: state.suspending,
        })
    }
}

impl Frozen {
    fn thaw(self, grants: &[Grant]) -> Result<Descriptor, FreezeError> {
        let Frozen { what, rights, inheriting, flags } = self;
        let (kind, most, below) = match what {
            What::Stdin => (Kind::Stdin, Rights::OF_INPUT, Rights::NONE),
            What::Stdout => (Kind::Stdout, Rights::OF_OUTPUT, Rights::NONE),
            What::Stderr => (Kind::Stderr, Rights::OF_OUTPUT, Rights::NONE),
            What::File { origin, position } => {
                let most = find(grants, &origin)?.perms.rights();
                let rights = rights & most;
                let file = file(grants, origin, rights, flags, position)?;
                (file, most & Rights::OF_FILES, Rights::NONE)
            }
            What::Directory { origin, granted, listing } => {
                let most = find(grants, &origin)?.perms.rights();
                let dir = directory(grants, origin, granted, listing)?;
                (dir, most & Rights::OF_DIRECTORIES, most)
            }
        };
        let (rights, inheriting) = (rights & most, inheriting & below);
        Ok(Descriptor { kind, rights, inheriting, flags })
    }
}

/// A file that was open, at the position where it was.
fn file(
    grants: &[Grant],
    origin: Origin,
    rights: Rights,
    flags: Flags,
    position: u64,
) -> Result<Kind, FreezeError> {
    let mut kind = open(grants, &origin, How::again(false, rights))?;
    let Kind::File(open) = &mut kind else {
        return Err(of(&origin, io::ErrorKind::IsADirectory.into()));
    };
    let again = flags.apply(&open.file);
    let again = again.and_then(|()| open.file.seek(SeekFrom::Start(position)));
    again.map_err(|error| of(&origin, error))?;
    Ok(kind)
}

/// A directory that was open, or granted.
fn directory(
    grants: &[Grant],
    origin: Origin,
    granted: bool,
    listing: Option<Vec<Entry>>,
) -> Result<Kind, FreezeError> {
    if !granted {
        let mut kind = open(grants, &origin, How::again(true, Rights::NONE))?;
        if let Kind::Directory(open) = &mut kind {
            open.listing = listing;
        }
        return Ok(kind);
    }
    let dir = find(grants, &origin)?.dir.try_clone();
    let dir = dir.map_err(|error| of(&origin, error))?;
    let preopen = Some(origin.grant.clone());
    Ok(Kind::Directory(OpenDirectory { dir, origin, preopen, listing }))
}

fn open(
    grants: &[Grant],
    origin: &Origin,
    how: How,
) -> Result<Kind, FreezeError> {
    let dir = &find(grants, origin)?.dir;
    let kind = how.open(dir, &origin.path, origin.clone());
    kind.map_err(|error| of(origin, error))
}

fn find<'a>(
    grants: &'a [Grant],
    origin: &Origin,
) -> Result<&'a Grant, FreezeError> {
    let grant = grants.iter().find(|grant| grant.guest == origin.grant);
    grant.ok_or_else(|| FreezeError::NotGranted(origin.grant.clone()))
}

/// What has gone wrong with something that was open.
fn of(origin: &Origin, error: io::Error) -> FreezeError {
    let Origin { grant, path } = origin.clone();
    FreezeError::Open { grant, path, error }
}

fn write(state: &State) -> Result<Vec<u8>, FreezeError> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(VERSION.to_le_bytes());
    bytes.resize(HEAD, 0);
    let mut bytes = postcard::to_extend(state, bytes)
        .map_err(|error| FreezeError::Damaged(error.to_string()))?;
    let (length, sum) = (bytes.len() - HEAD, crc32fast::hash(&bytes[HEAD..]));
    bytes[12..20].copy_from_slice(&(length as u64).to_le_bytes());
    bytes[20..HEAD].copy_from_slice(&sum.to_le_bytes());
    Ok(bytes)
}

fn read(bytes: &[u8]) -> Result<State, FreezeError> {
    let damaged = |what: &str| FreezeError::Damaged(what.to_owned());
    let rest = bytes.strip_prefix(&MAGIC);
    let rest = rest.ok_or(FreezeError::NoFrozenContext)?;
    let short = || damaged("its end is missing");
    let (version, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let version = u32::from_le_bytes(*version);
    if version != VERSION {
        return Err(FreezeError::Version(version));
    }
    let (length, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let (sum, state) = rest.split_first_chunk().ok_or_else(short)?;
    if u64::from_le_bytes(*length) != state.len() as u64 {
        return Err(damaged("its length is another one"));
    }
    if u32::from_le_bytes(*sum) != crc32fast::hash(state) {
        return Err(damaged("its checksum is another one"));
    }
    let read = postcard::take_from_bytes(state);
    let (state, rest) = read.map_err(|error| damaged(&error.to_string()))?;
    match rest {
        [] => Ok(state),
        _ => Err(damaged("there is something after its end")),
    }
}
