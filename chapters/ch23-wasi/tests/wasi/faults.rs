//! A pointer out of bounds is `EFAULT` in each function that takes one, and
//! nothing has happened then.

use std::fs;

use ch22_embed::Val;
use ch23_wasi::{DirPerms, Errno, WasiCtx};

use crate::guest::{EVERYTHING, Guest};
use crate::signatures::FUNCTIONS;

/// An argument: a number, or a pointer and what it points to.
#[derive(Clone, Copy)]
enum Arg {
    I(i32),
    L(i64),
    /// To this many bytes, which are written.
    Out(u32),
    /// To these bytes; their length is the next argument.
    Path(&'static str),
    /// To a list of one part.
    Parts,
    /// To what `poll_oneoff` waits for: a clock, which is over at once.
    Clock,
}
use Arg::{Clock, I, L, Out, Parts, Path};

/// A call that succeeds, for each function that looks at a pointer. 3 is a
/// directory, 4 a file.
const CALLS: &[(&str, &[Arg])] = &[
    ("args_get", &[Out(8), Out(8)]),
    ("args_sizes_get", &[Out(4), Out(4)]),
    ("environ_get", &[Out(4), Out(8)]),
    ("environ_sizes_get", &[Out(4), Out(4)]),
    ("clock_res_get", &[I(0), Out(8)]),
    ("clock_time_get", &[I(0), L(0), Out(8)]),
    ("fd_fdstat_get", &[I(4), Out(24)]),
    ("fd_filestat_get", &[I(4), Out(64)]),
    ("fd_pread", &[I(4), Parts, I(1), L(0), Out(4)]),
    ("fd_prestat_get", &[I(3), Out(8)]),
    ("fd_prestat_dir_name", &[I(3), Out(1), I(1)]),
    ("fd_pwrite", &[I(4), Parts, I(1), L(0), Out(4)]),
    ("fd_read", &[I(4), Parts, I(1), Out(4)]),
    ("fd_readdir", &[I(3), Out(100), I(100), L(0), Out(4)]),
    ("fd_seek", &[I(4), L(0), I(0), Out(8)]),
    ("fd_tell", &[I(4), Out(8)]),
    ("fd_write", &[I(4), Parts, I(1), Out(4)]),
    ("path_create_directory", &[I(3), Path("new"), I(3)]),
    ("path_filestat_get", &[I(3), I(0), Path("file"), I(4), Out(64)]),
    (
        "path_filestat_set_times",
        &[I(3), I(0), Path("file"), I(4), L(0), L(0), I(0)],
    ),
    ("path_link", &[I(3), I(0), Path("file"), I(4), I(3), Path("hard"), I(4)]),
    (
        "path_open",
        &[
            I(3),
            I(0),
            Path("opened"),
            I(6),
            I(1),
            L(EVERYTHING),
            L(0),
            I(0),
            Out(4),
        ],
    ),
    ("path_readlink", &[I(3), Path("link"), I(4), Out(4), I(4), Out(4)]),
    ("path_remove_directory", &[I(3), Path("empty"), I(5)]),
    ("path_rename", &[I(3), Path("old"), I(3), I(3), Path("name"), I(4)]),
    ("path_symlink", &[Path("file"), I(4), I(3), Path("soft"), I(4)]),
    ("path_unlink_file", &[I(3), Path("gone"), I(4)]),
    ("poll_oneoff", &[Clock, Out(32), I(1), Out(4)]),
    ("random_get", &[Out(8), I(8)]),
];

/// Those that look at none. (No descriptor is a socket.)
const OTHERS: &[&str] = &[
    "fd_advise",
    "fd_allocate",
    "fd_close",
    "fd_datasync",
    "fd_fdstat_set_flags",
    "fd_fdstat_set_rights",
    "fd_filestat_set_size",
    "fd_filestat_set_times",
    "fd_renumber",
    "fd_sync",
    "proc_exit",
    "proc_raise",
    "sched_yield",
    "sock_accept",
    "sock_recv",
    "sock_send",
    "sock_shutdown",
];

/// Where the memory ends.
const END: u32 = 4 << 16;

fn guest() -> (tempfile::TempDir, Guest) {
    let dir = tempfile::tempdir().expect("a directory");
    for file in ["file", "old", "gone"] {
        fs::write(dir.path().join(file), "12345678").expect("a file");
    }
    fs::create_dir(dir.path().join("empty")).expect("a directory");
    let mut builder = WasiCtx::builder();
    builder.args(["one", "two"]).env("NAME", "it");
    let grant = DirPerms::ReadWrite;
    builder.preopened_dir(dir.path(), "/", grant).expect("it exists");
    let mut guest = Guest::new(builder.build());
    assert_eq!(guest.symlink(b"file", b"link"), 0);
    guest.open(3, b"file", 0, EVERYTHING).expect("it's there");
    (dir, guest)
}

/// What is in the directory.
fn names(dir: &tempfile::TempDir) -> Vec<String> {
    let names = fs::read_dir(dir.path()).expect("it's there");
    let mut names: Vec<String> = names
        .map(|it| it.expect("it's there").file_name().into_string())
        .map(|it| it.expect("it's text"))
        .collect();
    names.sort();
    names
}

/// How many bytes a pointer has to point to.
fn length(arg: Arg) -> Option<u32> {
    Some(match arg {
        I(_) | L(_) => return None,
        Out(length) => length,
        Path(text) => text.len() as u32,
        Parts => 8,
        Clock => 48,
    })
}

#[test]
fn a_pointer_out_of_bounds_is_a_fault_in_each_function() {
    let mut all: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
    all.extend(OTHERS);
    all.sort_unstable();
    let mut known: Vec<&str> = FUNCTIONS.iter().map(|it| it.0).collect();
    known.sort_unstable();
    assert_eq!(all, known);

    for (name, args) in CALLS {
        let (dir, mut guest) = guest();
        let mut values = Vec::new();
        for arg in *args {
            values.push(match arg {
                I(number) => Val::I32(*number),
                L(number) => Val::I64(*number),
                Out(length) => guest.put(&vec![0; *length as usize])[0].clone(),
                Path(text) => guest.put(text.as_bytes())[0].clone(),
                Parts => guest.part(4)[0].clone(),
                Clock => guest.put(&[0; 48])[0].clone(),
            });
        }
        let before = names(&dir);
        for (index, arg) in args.iter().enumerate() {
            let Some(length) = length(*arg) else { continue };
            for at in [END, END - length + 1, u32::MAX, u32::MAX - 7, 1 << 31] {
                let mut wrong = values.clone();
                wrong[index] = Val::I32(at as i32);
                guest.fails(name, &wrong, Errno::Fault);
                assert_eq!(names(&dir), before, "{name}");
            }
        }
        guest.call(name, &values);
    }
}

#[test]
fn a_part_out_of_bounds_is_a_fault_and_nothing_is_written() {
    for name in ["fd_read", "fd_write", "fd_pread", "fd_pwrite"] {
        let (dir, mut guest) = guest();
        for (at, length) in
            [(END, 1), (END - 3, 4), (8, u32::MAX), (1 << 31, 1)]
        {
            let parts = [0, 4, at, length].map(u32::to_le_bytes).concat();
            let [list, _] = guest.put(&parts);
            let mut arguments = vec![4.into(), list, 2.into()];
            if name.starts_with("fd_p") {
                arguments.push(0_i64.into());
            }
            arguments.push(64.into());
            guest.fails(name, &arguments, Errno::Fault);
        }
        let file = fs::read(dir.path().join("file")).expect("it's there");
        assert_eq!(file, b"12345678", "{name}");
        assert_eq!(guest.bytes(0, 4), [0; 4], "{name}");
    }
}
