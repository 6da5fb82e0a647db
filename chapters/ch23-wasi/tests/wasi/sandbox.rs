//! Nothing outside the granted directory can be reached.

use std::fs;
use std::path::{Path, PathBuf};

use ch22_embed::Val;
use ch23_wasi::{DirPerms, Errno, WasiCtx};
use tempfile::TempDir;

use crate::guest::{CREATE, DIRECTORY, EVERYTHING, Guest, OUT, READ, WRITE};

const SECRET: &[u8] = b"nobody may see this";

/// `granted`, where the guest may do everything, and `outside`, where it may
/// do nothing.
pub struct Place {
    root: TempDir,
}

impl Place {
    pub fn new() -> Place {
        let root = tempfile::tempdir().expect("a directory");
        let place = Place { root };
        for folder in ["outside/deep", "granted/sub"] {
            fs::create_dir_all(place.root.path().join(folder))
                .expect("a folder");
        }
        fs::write(place.outside().join("secret"), SECRET).expect("a file");
        fs::write(place.granted().join("file"), "mine").expect("a file");
        place
    }

    pub fn granted(&self) -> PathBuf {
        self.root.path().join("granted")
    }

    pub fn outside(&self) -> PathBuf {
        self.root.path().join("outside")
    }

    pub fn guest(&self) -> Guest {
        Guest::with_dir(&self.granted(), DirPerms::ReadWrite)
    }

    /// Nothing outside has changed: names, contents, lengths, times of writing,
    /// and how many names a file has.
    pub fn check(&self) {
        let names = |path: &Path| -> Vec<_> {
            let entries = fs::read_dir(path).expect("it's there");
            let mut names: Vec<_> =
                entries.map(|it| it.expect("an entry").file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(names(self.root.path()), ["granted", "outside"]);
        assert_eq!(names(&self.outside()), ["deep", "secret"]);
        assert!(names(&self.outside().join("deep")).is_empty());
        let secret = self.outside().join("secret");
        assert_eq!(fs::read(&secret).expect("it's there"), SECRET);
        let metadata = fs::metadata(&secret).expect("it's there");
        let age = metadata.modified().expect("a time").elapsed();
        assert!(age.expect("in the past").as_secs() < 24 * 3600);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            assert_eq!(metadata.nlink(), 1, "a hard link leads inside");
        }
    }

    #[cfg(unix)]
    fn link(&self, target: impl AsRef<Path>, link: &str) {
        let link = self.granted().join(link);
        std::os::unix::fs::symlink(target, link).expect("a link");
    }
}

/// Does with a path whatever there is to do, and none of it succeeds.
fn all_fail(guest: &mut Guest, path: &[u8]) {
    let shown = String::from_utf8_lossy(path).into_owned();
    let open = |guest: &mut Guest, how, rights| {
        let opened = guest.open(3, path, how, rights);
        assert!(opened.is_err(), "{shown} was opened");
    };
    open(guest, 0, READ);
    open(guest, 0, WRITE);
    open(guest, CREATE, READ | WRITE);
    open(guest, DIRECTORY, EVERYTHING);
    for name in
        ["path_create_directory", "path_remove_directory", "path_unlink_file"]
    {
        assert_ne!(guest.at(name, 3, path), 0, "{name} {shown}");
    }
    for name in ["path_rename", "path_link"] {
        assert_ne!(guest.rename(name, path, b"in"), 0, "{name} {shown}");
        assert_ne!(guest.rename(name, b"file", path), 0, "{name} {shown}");
    }
    assert_ne!(guest.symlink(b"file", path), 0, "symlink {shown}");
    assert_ne!(guest.stat(1, path), 0, "stat {shown}");
    let [at, length] = guest.put(path);
    let arguments = [
        3.into(),
        1.into(),
        at.clone(),
        length.clone(),
        0_i64.into(),
        0_i64.into(),
        10.into(),
    ];
    let answer = guest.try_call("path_filestat_set_times", &arguments);
    assert_ne!(answer.expect("it returns"), 0, "set_times {shown}");
    let arguments =
        [3.into(), at, length, 0x10000.into(), 100.into(), OUT.into()];
    let answer = guest.try_call("path_readlink", &arguments);
    assert_ne!(answer.expect("it returns"), 0, "readlink {shown}");
    guest.forget();
}

#[test]
fn two_dots_lead_nowhere() {
    let place = Place::new();
    let mut guest = place.guest();
    for path in [
        "..",
        "../",
        "../outside",
        "../outside/secret",
        "../outside/new",
        "sub/../../outside/secret",
        "sub/../..",
        "./.././outside/secret",
        "../granted/file",
        "sub/../sub/../../granted/file",
    ] {
        all_fail(&mut guest, path.as_bytes());
        let answer = guest.open(3, path.as_bytes(), 0, READ);
        assert_eq!(answer, Err(Errno::Perm as i32), "{path}");
    }
    guest.open(3, b"sub/../file", 0, READ).expect("this stays inside");
    let sub = guest.open(3, b"sub", DIRECTORY, EVERYTHING).expect("it's there");
    let outside = guest.open(sub, b"../file", 0, READ);
    assert_eq!(outside, Err(Errno::Perm as i32), "`sub` is a place of its own");
    place.check();
}

#[test]
fn absolute_paths_lead_nowhere() {
    let place = Place::new();
    let mut guest = place.guest();
    let secret = place.outside().join("secret");
    let own = place.granted().join("file");
    for path in [
        "/",
        "//",
        "/etc/passwd",
        "//etc/passwd",
        "/proc/self/root/etc/passwd",
        "/file",
        secret.to_str().expect("UTF-8"),
        own.to_str().expect("UTF-8"),
    ] {
        all_fail(&mut guest, path.as_bytes());
    }
    place.check();
}

#[cfg(unix)]
#[test]
fn symbolic_links_and_chains_of_them_lead_nowhere() {
    let place = Place::new();
    place.link(place.outside().join("secret"), "absolute");
    place.link("../outside/secret", "relative");
    place.link("../outside", "folder");
    place.link("../outside/new", "dangling");
    place.link("one", "chain");
    place.link("sub/two", "one");
    place.link("../three", "sub/two");
    place.link("../outside/secret", "three");
    place.link("folder/deep/../secret", "mixed");
    place.link("/proc/self/cwd", "magic");
    place.link("/", "root");
    let mut guest = place.guest();
    for path in [
        "absolute",
        "relative",
        "folder/secret",
        "folder/new",
        "folder/deep/new",
        "folder/../file",
        "chain",
        "sub/two",
        "mixed",
        "magic/Cargo.toml",
        "root/etc/passwd",
    ] {
        let opened = guest.open(3, path.as_bytes(), 0, READ);
        assert!(opened.is_err(), "{path} was opened");
        assert!(guest.open(3, path.as_bytes(), CREATE, WRITE).is_err());
        assert_ne!(guest.stat(1, path.as_bytes()), 0, "{path}");
        guest.forget();
    }
    for path in ["folder/secret", "folder/new", "root/etc/passwd"] {
        all_fail(&mut guest, path.as_bytes());
    }
    assert!(guest.open(3, b"dangling", CREATE, WRITE).is_err());
    assert!(guest.open(3, b"folder", DIRECTORY, EVERYTHING).is_err());
    place.check();
}

#[test]
fn links_that_a_guest_makes_lead_nowhere() {
    let place = Place::new();
    let mut guest = place.guest();
    assert_eq!(guest.symlink(b"/etc", b"etc"), Errno::Perm as i32);
    guest.symlink(b"../outside", b"out");
    guest.symlink(b"out/secret", b"chain");
    guest.symlink(b"../../outside", b"sub/out");
    for path in ["out/secret", "chain/x", "sub/out/secret", "sub/out/new"] {
        all_fail(&mut guest, path.as_bytes());
    }
    assert!(guest.open(3, b"chain", 0, READ).is_err());
    // A link that is harmless where it is made, and is then moved.
    assert_eq!(guest.at("path_create_directory", 3, b"sub/a"), 0);
    assert_eq!(guest.at("path_create_directory", 3, b"outside"), 0);
    assert_eq!(guest.symlink(b"../outside", b"sub/moved"), 0);
    assert_eq!(guest.rename("path_rename", b"sub/moved", b"moved"), 0);
    all_fail(&mut guest, b"moved/secret");
    place.check();
}

#[cfg(unix)]
#[test]
fn whoever_follows_no_link_opens_none() {
    let place = Place::new();
    let mut guest = place.guest();
    assert_eq!(guest.symlink(b"file", b"to_file"), 0);
    assert_eq!(guest.symlink(b"sub", b"to_sub"), 0);
    for (link, how) in [(&b"to_file"[..], 0), (b"to_sub", DIRECTORY)] {
        for (follow, opens) in [(1, true), (0, false)] {
            let [at, length] = guest.put(link);
            let path = [3.into(), follow.into(), at, length, how.into()];
            let rest = [READ.into(), 0_i64.into(), 0.into(), Val::from(OUT)];
            let list = [&path[..], &rest].concat();
            let answer = guest.try_call("path_open", &list);
            assert_eq!(answer.expect("it returns") == 0, opens, "{follow}");
        }
    }
}

#[test]
fn hard_links_lead_nowhere() {
    let place = Place::new();
    let mut guest = place.guest();
    guest.symlink(b"../outside/secret", b"soft");
    for old in [&b"../outside/secret"[..], b"soft/../secret", b"/etc/passwd"] {
        assert_ne!(guest.rename("path_link", old, b"hard"), 0);
        assert_ne!(guest.rename("path_link", b"file", old), 0);
    }
    // A link to the link itself is only a link.
    guest.rename("path_link", b"soft", b"hard");
    assert!(guest.open(3, b"hard", 0, READ).is_err());
    let [old, old_length] = guest.put(b"soft");
    let [new, length] = guest.put(b"followed");
    let arguments =
        [3.into(), 1.into(), old, old_length, 3.into(), new, length];
    guest.fails("path_link", &arguments, Errno::Inval);
    place.check();
}

#[test]
fn a_link_does_not_carry_a_file_out_of_a_read_only_directory() {
    let place = Place::new();
    let wasi = WasiCtx::builder()
        .preopened_dir(place.granted(), "/rw", DirPerms::ReadWrite)
        .expect("it's there")
        .preopened_dir(place.outside(), "/ro", DirPerms::ReadOnly)
        .expect("it's there")
        .build();
    let mut guest = Guest::new(wasi);
    let [old, old_length] = guest.put(b"secret");
    let [new, length] = guest.put(b"mine");
    let link: [Val; 7] = [
        4.into(),
        0.into(),
        old.clone(),
        old_length.clone(),
        3.into(),
        new.clone(),
        length.clone(),
    ];
    guest.fails("path_link", &link, Errno::Notcapable);
    let rename = [4.into(), old, old_length, 3.into(), new, length];
    guest.fails("path_rename", &rename, Errno::Notcapable);
    place.check();
}

#[test]
fn a_read_only_directory_is_only_read() {
    let place = Place::new();
    let mut guest = Guest::with_dir(&place.granted(), DirPerms::ReadOnly);
    let denied = Errno::Notcapable as i32;
    assert_eq!(guest.open(3, b"file", 0, WRITE), Err(denied));
    assert_eq!(guest.open(3, b"new", CREATE, READ), Err(denied));
    assert_eq!(guest.open(3, b"file", 8, READ), Err(denied));
    for name in
        ["path_create_directory", "path_remove_directory", "path_unlink_file"]
    {
        assert_eq!(guest.at(name, 3, b"sub"), denied, "{name}");
    }
    for name in ["path_rename", "path_link"] {
        assert_eq!(guest.rename(name, b"file", b"new"), denied, "{name}");
    }
    assert_eq!(guest.symlink(b"file", b"new"), denied);
    let [at, length] = guest.put(b"file");
    let times =
        [3.into(), 0.into(), at, length, 0_i64.into(), 0_i64.into(), 10.into()];
    guest.fails("path_filestat_set_times", &times, Errno::Notcapable);
    let times =
        |number: i32| [number.into(), 0_i64.into(), 0_i64.into(), 10.into()];
    guest.fails("fd_filestat_set_times", &times(3), Errno::Notcapable);
    // The same for what is opened there, and in a directory that is.
    let reading = EVERYTHING & !WRITE;
    let sub = guest.open(3, b"sub", DIRECTORY, reading).expect("it's there");
    assert_eq!(guest.at("path_create_directory", sub, b"new"), denied);
    assert_eq!(guest.open(sub, b"new", CREATE, READ), Err(denied));
    fs::write(place.granted().join("sub/below"), "mine").expect("a file");
    guest.open(sub, b"below", 0, READ).expect("it's there");
    assert_eq!(guest.open(sub, b"below", 0, WRITE), Err(denied));
    let file = guest.open(3, b"file", 0, reading).expect("it's there");
    assert_eq!(guest.read(file, 10), b"mine");
    assert_eq!(guest.write(file, b"x"), Err(denied));
    let [list, count] = guest.part(1);
    let write = [file.into(), list, count, 0_i64.into(), OUT.into()];
    guest.fails("fd_pwrite", &write, Errno::Notcapable);
    let size = [file.into(), 1_i64.into()];
    guest.fails("fd_filestat_set_size", &size, Errno::Notcapable);
    let allocate = [file.into(), 0_i64.into(), 100_i64.into()];
    guest.fails("fd_allocate", &allocate, Errno::Notcapable);
    guest.fails("fd_filestat_set_times", &times(file), Errno::Notcapable);
    assert_eq!(fs::read(place.granted().join("file")).expect("it"), b"mine");
}

#[test]
fn slashes_at_the_end_ask_for_a_directory() {
    let place = Place::new();
    let mut guest = place.guest();
    for path in [&b"file/"[..], b"file//", b"file/.", b"file/..", b"file/x"] {
        all_fail(&mut guest, path);
    }
    for path in [&b"sub/"[..], b"sub//", b"sub/.", b"sub/./"] {
        guest.open(3, path, DIRECTORY, EVERYTHING).expect("it's there");
        assert_eq!(guest.stat(0, path), 0);
    }
    assert!(guest.open(3, b"new/", CREATE, WRITE).is_err());
    assert!(!place.granted().join("new").exists());
    assert_eq!(guest.at("path_create_directory", 3, b"made/"), 0);
    assert_eq!(guest.at("path_remove_directory", 3, b"made/"), 0);
    guest.symlink(b"../outside/", b"out");
    for path in [&b"out/"[..], b"out/.", b"out//secret"] {
        assert!(guest.open(3, path, DIRECTORY, EVERYTHING).is_err());
        assert_ne!(guest.stat(1, path), 0, "{}", path.escape_ascii());
        assert_ne!(guest.stat(0, path), 0, "{}", path.escape_ascii());
        assert_ne!(guest.at("path_unlink_file", 3, path), 0);
        assert_ne!(guest.rename("path_rename", path, b"in"), 0);
    }
    place.check();
}

#[test]
fn zero_bytes_and_bytes_that_are_not_utf_8_are_no_names() {
    let place = Place::new();
    let mut guest = place.guest();
    for path in [&b"file\0"[..], b"\0", b"sub/\0/x", b"file\0/../../outside"] {
        all_fail(&mut guest, path);
        let answer = guest.open(3, path, 0, READ);
        assert_eq!(answer, Err(Errno::Inval as i32));
    }
    for path in
        [&b"\xff"[..], b"file\x80", b"sub/\xc0\xae\xc0\xae", b"\xed\xa0\x80"]
    {
        all_fail(&mut guest, path);
        let answer = guest.open(3, path, 0, READ);
        assert_eq!(answer, Err(Errno::Ilseq as i32));
    }
    all_fail(&mut guest, b"");
    assert_eq!(guest.open(3, b"", 0, READ), Err(Errno::Noent as i32));
    for length in [300, 5000] {
        let answer = guest.open(3, &vec![b'x'; length], 0, READ);
        assert_eq!(answer, Err(Errno::Nametoolong as i32));
    }
    let long = [3.into(), 0.into(), 0x20000.into()];
    let answer = guest.try_call("path_unlink_file", &long);
    assert_eq!(answer.expect("it returns"), Errno::Nametoolong as i32);
    place.check();
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_of_the_host_that_is_not_utf_8_is_left_out_of_a_list() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    let name = OsStr::from_bytes(b"\xff\xfe");
    fs::write(place.granted().join(name), "").expect("a file");
    place.link(name, "link");
    let mut guest = place.guest();
    let arguments =
        [3.into(), 0x10000.into(), 1000.into(), 0_i64.into(), OUT.into()];
    guest.call("fd_readdir", &arguments);
    let list = guest.bytes(0x10000, guest.u32(OUT) as usize);
    assert!(list.windows(4).any(|it| it == b"file"));
    assert!(!list.contains(&0xfe));
    let [at, length] = guest.put(b"link");
    let arguments =
        [3.into(), at, length, 0x10000.into(), 100.into(), OUT.into()];
    guest.fails("path_readlink", &arguments, Errno::Ilseq);
}

#[cfg(unix)]
#[test]
fn a_named_pipe_does_not_block_whoever_opens_it() {
    let place = Place::new();
    let pipe = place.granted().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("there is `mkfifo`").success());
    let mut guest = place.guest();
    let end = guest.open(3, b"pipe", 0, READ).expect("the other may come");
    guest.call("fd_close", &[end.into()]);
    let answer = guest.open(3, b"pipe", 0, WRITE);
    assert_eq!(answer, Err(Errno::Nxio as i32), "nobody reads");
}

/// While the guest walks a path, somebody replaces a directory on it by a link
/// that leads outside, and back again.
#[cfg(unix)]
#[test]
fn a_rename_while_a_path_is_walked_leads_nowhere() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let place = Place::new();
    let granted = place.granted();
    fs::write(granted.join("sub/secret"), "mine").expect("a file");
    place.link("../outside", "link");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let at = |name: &str| granted.join(name);
            while !stop.load(Ordering::Relaxed) {
                for (from, to) in [
                    ("sub", "away"),
                    ("link", "sub"),
                    ("sub", "link"),
                    ("away", "sub"),
                ] {
                    fs::rename(at(from), at(to)).expect("it's renamed");
                }
            }
        });
        let mut guest = place.guest();
        let mut seen = 0;
        for round in 0..3000 {
            let path = &b"sub/secret"[..];
            if let Ok(file) = guest.open(3, path, 0, READ) {
                assert_eq!(guest.read(file, 100), b"mine");
                guest.call("fd_close", &[file.into()]);
                seen += 1;
            }
            let new = format!("sub/new{round}");
            if let Ok(file) = guest.open(3, new.as_bytes(), CREATE, WRITE) {
                guest.call("fd_close", &[file.into()]);
            }
            guest.at("path_create_directory", 3, b"sub/folder");
            guest.rename("path_rename", b"file", b"sub/moved");
            guest.rename("path_rename", b"sub/moved", b"file");
            guest.forget();
        }
        stop.store(true, Ordering::Relaxed);
        assert!(seen > 0, "sometimes the directory is there");
    });
    place.check();
}
