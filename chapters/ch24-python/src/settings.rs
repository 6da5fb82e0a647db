//! What a Python gets of the world.

use std::io::{self, Write};
use std::path::Path;

use ch23_wasi::{DirPerms, Stdin, WasiCtx, WasiCtxBuilder};

/// What a Python gets: arguments, input and output, directories, and how much
/// room. It begins with nothing.
pub struct Settings {
    pub(crate) wasi: WasiCtxBuilder,
    pub(crate) output: Box<dyn Write + Send>,
    pub(crate) arguments: Vec<String>,
    /// The names of the directories, in the order of their descriptors.
    pub(crate) directories: Vec<String>,
    pub(crate) heap: u32,
}

impl Settings {
    /// Nothing, up to now: no input, output that goes nowhere, no files, a heap
    /// of 1 MiB.
    pub fn new() -> Settings {
        Settings {
            wasi: WasiCtx::builder(),
            output: Box::new(io::sink()),
            arguments: Vec::new(),
            directories: Vec::new(),
            heap: 1 << 20,
        }
    }

    /// Where `print` goes to, at once.
    #[must_use]
    pub fn output(mut self, output: impl Write + Send + 'static) -> Settings {
        self.output = Box::new(output);
        self
    }

    /// Where `input` comes from.
    #[must_use]
    pub fn input(mut self, input: impl Into<Stdin>) -> Settings {
        self.wasi.stdin(input);
        self
    }

    /// `sys.argv`.
    #[must_use]
    pub fn arguments<A: Into<String>>(
        mut self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Settings {
        self.arguments = arguments.into_iter().map(A::into).collect();
        self
    }

    /// How many bytes Python has for its objects.
    #[must_use]
    pub fn heap(mut self, bytes: u32) -> Settings {
        self.heap = bytes;
        self
    }

    /// Grants a directory of this machine under an absolute path of Python's.
    ///
    /// # Errors
    ///
    /// There is no such directory, it can't be opened, or something is granted
    /// under this path already.
    pub fn directory(
        mut self,
        host: impl AsRef<Path>,
        guest: &str,
        perms: DirPerms,
    ) -> io::Result<Settings> {
        let guest = format!("/{}", guest.trim_matches('/'));
        self.wasi.preopened_dir(host, guest.clone(), perms)?;
        self.directories.push(guest);
        Ok(self)
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings::new()
    }
}
