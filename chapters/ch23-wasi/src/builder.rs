//! Saying what a guest gets.

use std::io;
use std::path::Path;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::clocks::Clocks;
use crate::context::{Streams, WasiCtx};
use crate::descriptors::{
    Descriptor, Descriptors, Flags, Kind, OpenDirectory, Origin,
};
use crate::random::Random;
use crate::rights::Rights;
use crate::stdio::{Stdin, Stdout};

/// Says what a guest gets, one thing after the other. It begins with nothing:
/// no arguments, no directories, an input that has ended, outputs that go
/// nowhere; but with the system's clocks and random numbers.
///
/// ```
/// use ch23_wasi::{DirPerms, WasiCtx};
///
/// # fn main() -> std::io::Result<()> {
/// let wasi = WasiCtx::builder()
///     .args(["greet", "--loud"])
///     .env("LANG", "C")
///     .inherit_stdio()
///     .preopened_dir(".", "/", DirPerms::ReadOnly)?
///     .build();
/// # drop(wasi);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct WasiCtxBuilder {
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<String>,
    pub(crate) stdin: Option<Stdin>,
    pub(crate) stdout: Stdout,
    pub(crate) stderr: Stdout,
    pub(crate) grants: Vec<Grant>,
    pub(crate) clocks: Option<Clocks>,
    pub(crate) random: Option<Random>,
    pub(crate) suspending: bool,
    pub(crate) most: usize,
}

/// What a guest may do with a directory and with everything below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirPerms {
    /// Look and read.
    ReadOnly,
    /// Everything.
    ReadWrite,
}

impl DirPerms {
    pub(crate) fn rights(self) -> Rights {
        match self {
            DirPerms::ReadOnly => Rights::ALL.without(Rights::WRITING),
            DirPerms::ReadWrite => Rights::ALL,
        }
    }
}

/// A directory that was granted.
#[derive(Debug)]
pub(crate) struct Grant {
    pub guest: String,
    pub dir: Dir,
    pub perms: DirPerms,
}

/// How many descriptors a guest may have, if nothing else is said.
const MOST_DESCRIPTORS: usize = 1024;

impl WasiCtxBuilder {
    /// Nothing, up to now.
    pub fn new() -> WasiCtxBuilder {
        WasiCtxBuilder {
            args: Vec::new(),
            env: Vec::new(),
            stdin: None,
            stdout: Stdout::default(),
            stderr: Stdout::default(),
            grants: Vec::new(),
            clocks: None,
            random: None,
            suspending: false,
            most: MOST_DESCRIPTORS,
        }
    }

    /// One more argument. The first one is the program's name.
    pub fn arg(&mut self, arg: impl Into<String>) -> &mut WasiCtxBuilder {
        self.args.push(arg.into());
        self
    }

    /// More arguments.
    pub fn args<A: Into<String>>(
        &mut self,
        args: impl IntoIterator<Item = A>,
    ) -> &mut WasiCtxBuilder {
        self.args.extend(args.into_iter().map(A::into));
        self
    }

    /// A variable of the environment.
    pub fn env(&mut self, name: &str, value: &str) -> &mut WasiCtxBuilder {
        self.env.push(format!("{name}={value}"));
        self
    }

    /// The standard input, and both outputs, of this process.
    pub fn inherit_stdio(&mut self) -> &mut WasiCtxBuilder {
        self.inherit_output().stdin(Stdin::Inherit)
    }

    /// Both outputs of this process.
    pub fn inherit_output(&mut self) -> &mut WasiCtxBuilder {
        self.stdout(Stdout::Inherit).stderr(Stdout::Inherit)
    }

    /// Where the standard input comes from.
    pub fn stdin(&mut self, stdin: impl Into<Stdin>) -> &mut WasiCtxBuilder {
        self.stdin = Some(stdin.into());
        self
    }

    /// Where the standard output goes to.
    pub fn stdout(&mut self, stdout: impl Into<Stdout>) -> &mut WasiCtxBuilder {
        self.stdout = stdout.into();
        self
    }

    /// Where the standard error goes to.
    pub fn stderr(&mut self, stderr: impl Into<Stdout>) -> &mut WasiCtxBuilder {
        self.stderr = stderr.into();
        self
    }

    /// Grants a directory of the host, and everything below, under a name.
    /// Nothing outside can be reached through it, not by symbolic links either.
    /// What a directory holds that isn't below, say by a mount, is its own: if
    /// two grants overlap, each of them gives what it gives.
    ///
    /// # Errors
    ///
    /// There is no such directory, it can't be opened, or something is granted
    /// under this name already.
    pub fn preopened_dir(
        &mut self,
        host: impl AsRef<Path>,
        guest: impl Into<String>,
        perms: DirPerms,
    ) -> io::Result<&mut WasiCtxBuilder> {
        let dir = Dir::open_ambient_dir(host, ambient_authority())?;
        let guest = guest.into();
        if self.grants.iter().any(|grant| grant.guest == guest) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.grants.push(Grant { guest, dir, perms });
        Ok(self)
    }

    /// The clocks.
    pub fn clocks(&mut self, clocks: Clocks) -> &mut WasiCtxBuilder {
        self.clocks = Some(clocks);
        self
    }

    /// The random numbers.
    pub fn random(&mut self, random: Random) -> &mut WasiCtxBuilder {
        self.random = Some(random);
        self
    }

    /// Whether `poll_oneoff` and `sched_yield` suspend the call instead of
    /// blocking its thread. The embedder finds a [`Sleep`](crate::Sleep) with
    /// the paused call.
    pub fn suspending(&mut self, suspending: bool) -> &mut WasiCtxBuilder {
        self.suspending = suspending;
        self
    }

    /// How many descriptors there may be; 1024, if nothing else is said.
    pub fn most_descriptors(&mut self, most: usize) -> &mut WasiCtxBuilder {
        self.most = most;
        self
    }

    /// The context. Nothing is left in the builder.
    pub fn build(&mut self) -> WasiCtx {
        let builder = std::mem::take(self);
        let mut descriptors = Descriptors::new(builder.most);
        WasiCtx::add_streams(&mut descriptors);
        for grant in builder.grants {
            descriptors.push(Some(grant.descriptor()));
        }
        WasiCtx {
            args: builder.args,
            env: builder.env,
            streams: Streams {
                stdin: builder.stdin.unwrap_or_default(),
                stdout: builder.stdout,
                stderr: builder.stderr,
            },
            descriptors,
            clocks: builder.clocks.unwrap_or_default(),
            random: builder.random.unwrap_or_default(),
            suspending: builder.suspending,
        }
    }
}

impl Default for WasiCtxBuilder {
    fn default() -> WasiCtxBuilder {
        WasiCtxBuilder::new()
    }
}

impl Grant {
    fn descriptor(self) -> Descriptor {
        let inheriting = self.perms.rights();
        let (grant, path) = (self.guest.clone(), String::new());
        let kind = Kind::Directory(OpenDirectory {
            dir: self.dir,
            origin: Origin { grant, path },
            preopen: Some(self.guest),
            listing: None,
        });
        let rights = inheriting & Rights::OF_DIRECTORIES;
        Descriptor { kind, rights, inheriting, flags: Flags::NONE }
    }
}
