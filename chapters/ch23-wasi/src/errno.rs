//! What a function of WASI answers: 0, or the number of an error.

use std::io::{Error, ErrorKind};

/// Makes the enum of one row per error: its name, its number, its name in
/// POSIX if it has one, and what it means.
macro_rules! errnos {
    ($($name:ident = $number:literal $($posix:ident)? $words:literal,)*) => {
        /// An error of WASI.
        ///
        /// Specification: WASI preview 1, *errno*.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error
        )]
        #[repr(u16)]
        pub enum Errno {
            $(
                #[doc = $words]
                #[error($words)]
                $name = $number,
            )*
        }

        impl Errno {
            /// The error that has this number.
            pub fn from_number(number: u16) -> Option<Errno> {
                match number {
                    $($number => Some(Errno::$name),)*
                    _ => None,
                }
            }
        }

        /// The error with the same name in POSIX.
        #[cfg(unix)]
        fn of_system(error: rustix::io::Errno) -> Option<Errno> {
            $($(if error == rustix::io::Errno::$posix {
                return Some(Errno::$name);
            })?)*
            None
        }
    };
}

errnos! {
    Toobig = 1 TOOBIG "the list of arguments is too long",
    Acces = 2 ACCESS "permission denied",
    Again = 6 AGAIN "nothing there yet: try again",
    Badf = 8 BADF "no such descriptor",
    Busy = 10 BUSY "the file or device is in use",
    Dquot = 19 DQUOT "the quota is used up",
    Exist = 20 EXIST "it exists already",
    Fault = 21 FAULT "a pointer out of bounds",
    Fbig = 22 FBIG "the file would be too large",
    Ilseq = 25 ILSEQ "bytes that aren't UTF-8",
    Intr = 27 INTR "a signal came between",
    Inval = 28 INVAL "an argument that makes no sense",
    Io = 29 IO "the device has failed",
    Isdir = 31 ISDIR "it is a directory",
    Loop = 32 LOOP "a symbolic link, or too many of them",
    Mfile = 33 MFILE "too many open files",
    Mlink = 34 MLINK "too many links",
    Nametoolong = 37 NAMETOOLONG "the name is too long",
    Nfile = 41 NFILE "too many open files in the system",
    Nodev = 43 NODEV "no such device",
    Noent = 44 NOENT "no such file or directory",
    Nomem = 48 NOMEM "not enough memory",
    Nospc = 51 NOSPC "the device is full",
    Nosys = 52 NOSYS "no such function here",
    Notdir = 54 NOTDIR "it is no directory",
    Notempty = 55 NOTEMPTY "the directory isn't empty",
    Notsock = 57 NOTSOCK "it is no socket",
    Notsup = 58 NOTSUP "not supported",
    Nxio = 60 NXIO "no such device or address",
    Overflow = 61 OVERFLOW "a number too large for its type",
    Perm = 63 PERM "not allowed",
    Pipe = 64 PIPE "nobody reads this any more",
    Rofs = 69 ROFS "the file system is read-only",
    Spipe = 70 SPIPE "it has no positions",
    Txtbsy = 74 TXTBSY "the program is running",
    Xdev = 75 XDEV "it is on another device",
    Notcapable = 76 "the descriptor hasn't the right to do this",
}

impl From<Error> for Errno {
    fn from(error: Error) -> Errno {
        #[cfg(unix)]
        if let Some(number) = error.raw_os_error() {
            let error = rustix::io::Errno::from_raw_os_error(number);
            return of_system(error).unwrap_or(Errno::Io);
        }
        of_kind(error.kind())
    }
}

/// What it is where the system has not given a number that we know. A path that
/// would leave its directory is one of these.
fn of_kind(kind: ErrorKind) -> Errno {
    match kind {
        ErrorKind::NotFound => Errno::Noent,
        ErrorKind::PermissionDenied => Errno::Perm,
        ErrorKind::AlreadyExists => Errno::Exist,
        ErrorKind::WouldBlock => Errno::Again,
        ErrorKind::NotADirectory => Errno::Notdir,
        ErrorKind::IsADirectory => Errno::Isdir,
        ErrorKind::DirectoryNotEmpty => Errno::Notempty,
        ErrorKind::ReadOnlyFilesystem => Errno::Rofs,
        ErrorKind::InvalidInput | ErrorKind::InvalidData => Errno::Inval,
        ErrorKind::StorageFull => Errno::Nospc,
        ErrorKind::NotSeekable => Errno::Spipe,
        ErrorKind::QuotaExceeded => Errno::Dquot,
        ErrorKind::FileTooLarge => Errno::Fbig,
        ErrorKind::ResourceBusy => Errno::Busy,
        ErrorKind::ExecutableFileBusy => Errno::Txtbsy,
        ErrorKind::CrossesDevices => Errno::Xdev,
        ErrorKind::TooManyLinks => Errno::Mlink,
        ErrorKind::BrokenPipe => Errno::Pipe,
        ErrorKind::Unsupported => Errno::Notsup,
        ErrorKind::Interrupted => Errno::Intr,
        ErrorKind::OutOfMemory => Errno::Nomem,
        _ => Errno::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_without_a_number_is_known_by_its_kind() {
        let error = Error::new(ErrorKind::PermissionDenied, "it leads outside");
        assert_eq!(Errno::from(error), Errno::Perm);
    }

    #[test]
    fn a_number_is_that_of_one_error() {
        let known: Vec<_> = (0..100)
            .filter_map(|it| Some((it, Errno::from_number(it)?)))
            .collect();
        assert!(known.iter().all(|(number, it)| *it as u16 == *number));
        assert_eq!((known.len(), Errno::from_number(0)), (37, None));
    }

    #[cfg(unix)]
    #[test]
    fn an_error_of_the_system_keeps_its_name() {
        let error = Error::from(rustix::io::Errno::LOOP);
        assert_eq!(Errno::from(error), Errno::Loop);
        let error = Error::from(rustix::io::Errno::ACCESS);
        assert_eq!(Errno::from(error), Errno::Acces);
    }
}
