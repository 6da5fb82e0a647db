//! What a descriptor may be used for: one bit for each thing.

use std::ops::{BitAnd, BitOr};

use serde::{Deserialize, Serialize};

/// A set of rights.
///
/// Specification: WASI preview 1, *rights*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rights(pub u64);

/// Makes a constant of each row: the name of a right, and its bit.
macro_rules! rights {
    ($($name:ident = $bit:literal,)*) => {
        impl Rights {
            $(pub const $name: Rights = Rights(1 << $bit);)*

            /// All of them.
            pub const ALL: Rights = Rights(0 $(| 1 << $bit)*);
        }
    };
}

rights! {
    FD_DATASYNC = 0,
    FD_READ = 1,
    FD_SEEK = 2,
    FD_FDSTAT_SET_FLAGS = 3,
    FD_SYNC = 4,
    FD_TELL = 5,
    FD_WRITE = 6,
    FD_ADVISE = 7,
    FD_ALLOCATE = 8,
    PATH_CREATE_DIRECTORY = 9,
    PATH_CREATE_FILE = 10,
    PATH_LINK_SOURCE = 11,
    PATH_LINK_TARGET = 12,
    PATH_OPEN = 13,
    FD_READDIR = 14,
    PATH_READLINK = 15,
    PATH_RENAME_SOURCE = 16,
    PATH_RENAME_TARGET = 17,
    PATH_FILESTAT_GET = 18,
    PATH_FILESTAT_SET_SIZE = 19,
    PATH_FILESTAT_SET_TIMES = 20,
    FD_FILESTAT_GET = 21,
    FD_FILESTAT_SET_SIZE = 22,
    FD_FILESTAT_SET_TIMES = 23,
    PATH_SYMLINK = 24,
    PATH_REMOVE_DIRECTORY = 25,
    PATH_UNLINK_FILE = 26,
    POLL_FD_READWRITE = 27,
    SOCK_SHUTDOWN = 28,
    SOCK_ACCEPT = 29,
}

impl Rights {
    /// No right at all.
    pub const NONE: Rights = Rights(0);

    /// What changes something that is in a directory. The source of a hard link
    /// is among them: under its new name, the file could be written.
    pub const WRITING: Rights = Rights(
        Rights::FD_WRITE.0
            | Rights::FD_ALLOCATE.0
            | Rights::PATH_CREATE_DIRECTORY.0
            | Rights::PATH_CREATE_FILE.0
            | Rights::PATH_LINK_SOURCE.0
            | Rights::PATH_LINK_TARGET.0
            | Rights::PATH_RENAME_SOURCE.0
            | Rights::PATH_RENAME_TARGET.0
            | Rights::PATH_FILESTAT_SET_SIZE.0
            | Rights::PATH_FILESTAT_SET_TIMES.0
            | Rights::FD_FILESTAT_SET_SIZE.0
            | Rights::FD_FILESTAT_SET_TIMES.0
            | Rights::PATH_SYMLINK.0
            | Rights::PATH_REMOVE_DIRECTORY.0
            | Rights::PATH_UNLINK_FILE.0,
    );

    /// What can be done with a file.
    pub const OF_FILES: Rights = Rights(
        Rights::FD_DATASYNC.0
            | Rights::FD_READ.0
            | Rights::FD_SEEK.0
            | Rights::FD_FDSTAT_SET_FLAGS.0
            | Rights::FD_SYNC.0
            | Rights::FD_TELL.0
            | Rights::FD_WRITE.0
            | Rights::FD_ADVISE.0
            | Rights::FD_ALLOCATE.0
            | Rights::FD_FILESTAT_GET.0
            | Rights::FD_FILESTAT_SET_SIZE.0
            | Rights::FD_FILESTAT_SET_TIMES.0
            | Rights::POLL_FD_READWRITE.0,
    );

    /// What can be done with a directory.
    pub const OF_DIRECTORIES: Rights = Rights(
        Rights::ALL.0 & !Rights::OF_FILES.0 & !Rights::OF_SOCKETS.0
            | Rights::FD_FDSTAT_SET_FLAGS.0
            | Rights::FD_SYNC.0
            | Rights::FD_DATASYNC.0
            | Rights::FD_FILESTAT_GET.0
            | Rights::FD_FILESTAT_SET_TIMES.0,
    );

    /// What can be done with a socket.
    const OF_SOCKETS: Rights =
        Rights(Rights::SOCK_SHUTDOWN.0 | Rights::SOCK_ACCEPT.0);

    /// What can be done with a standard input.
    pub const OF_INPUT: Rights = Rights(
        Rights::FD_READ.0
            | Rights::FD_FDSTAT_SET_FLAGS.0
            | Rights::FD_FILESTAT_GET.0
            | Rights::POLL_FD_READWRITE.0,
    );

    /// What can be done with a standard output.
    pub const OF_OUTPUT: Rights = Rights(
        Rights::FD_WRITE.0
            | Rights::FD_DATASYNC.0
            | Rights::FD_SYNC.0
            | Rights::FD_FDSTAT_SET_FLAGS.0
            | Rights::FD_FILESTAT_GET.0
            | Rights::POLL_FD_READWRITE.0,
    );

    /// Whether all of these are there.
    pub fn has(self, others: Rights) -> bool {
        self.0 & others.0 == others.0
    }

    /// Those that aren't among these.
    pub fn without(self, others: Rights) -> Rights {
        Rights(self.0 & !others.0)
    }
}

impl BitAnd for Rights {
    type Output = Rights;

    fn bitand(self, other: Rights) -> Rights {
        Rights(self.0 & other.0)
    }
}

impl BitOr for Rights {
    type Output = Rights;

    fn bitor(self, other: Rights) -> Rights {
        Rights(self.0 | other.0)
    }
}
