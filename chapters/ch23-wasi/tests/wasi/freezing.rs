//! A guest moves to another process, with its files.

use std::fs;
use std::time::Duration;

use ch22_embed::{Engine, Error, ResumableCall, Store, Thawed};
use ch23_wasi::{
    Clocks, DirPerms, Errno, FreezeError, MemoryInputPipe, MemoryOutputPipe,
    Random, Sleep, Stdin, WasiCtx, WasiCtxBuilder,
};
use tempfile::TempDir;

use crate::guest::{
    CREATE, DIRECTORY, EVERYTHING, Guest, OUT, READ, WRITE, linker,
};

fn folder() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    fs::create_dir(dir.path().join("sub")).expect("a directory");
    fs::write(dir.path().join("sub/digits"), "0123456789").expect("a file");
    dir
}

fn granting(dir: &TempDir, perms: DirPerms) -> WasiCtxBuilder {
    let mut builder = WasiCtx::builder();
    builder.preopened_dir(dir.path(), "/data", perms).expect("it's there");
    builder
}

/// Freezes the guest's store and its context, and thaws them.
fn moved(mut guest: Guest, mut builder: WasiCtxBuilder) -> Guest {
    let store = guest.store.freeze(&[]).expect("it can be frozen");
    let wasi = guest.store.data_mut().freeze().expect("it can be frozen");
    drop(guest);
    let wasi = builder.thaw(&wasi).expect("it can be thawed");
    let engine = Engine::default();
    let Thawed { store, instances, .. } =
        Store::thaw(&engine, wasi, &linker(&engine), &store)
            .expect("it can be thawed");
    Guest::of(store, instances[0])
}

#[test]
fn files_and_their_positions_are_found_again() {
    let dir = folder();
    let mut guest = Guest::new(granting(&dir, DirPerms::ReadWrite).build());
    let sub = guest.open(3, b"sub", DIRECTORY, EVERYTHING).expect("it's there");
    let file = guest.open(sub, b"digits", 0, EVERYTHING).expect("it's there");
    let log = guest.open(sub, b"log", CREATE, EVERYTHING).expect("it's made");
    guest.call("fd_fdstat_set_flags", &[log.into(), 1.into()]);
    guest.call("fd_close", &[sub.into()]);
    assert_eq!(guest.read(file, 4), b"0123");
    guest.write(log, b"before ").expect("it's written");

    let mut guest = moved(guest, granting(&dir, DirPerms::ReadWrite));
    assert_eq!(guest.read(file, 4), b"4567");
    // Somebody else has appended meanwhile.
    let path = dir.path().join("sub/log");
    fs::write(&path, "before and ").expect("it's there");
    guest.write(log, b"after").expect("it's written");
    let contents = fs::read(path).expect("it's there");
    assert_eq!(contents, b"before and after");
    guest.fails("fd_close", &[sub.into()], Errno::Badf);
    guest.call("fd_fdstat_get", &[log.into(), OUT.into()]);
    assert_eq!(guest.bytes(OUT + 2, 1), [1], "it appends");
    assert_eq!(guest.open(3, b"sub/digits", 0, READ), Ok(sub));
}

#[test]
fn a_context_and_its_store_can_share_a_file() {
    let mut bytes = WasiCtx::builder().arg("one").build().freeze().unwrap();
    let alone = bytes.clone();
    assert_eq!(WasiCtx::split_frozen(&alone), Some((&alone[..], &b""[..])));
    bytes.extend(b"a store");
    let (context, rest) = WasiCtx::split_frozen(&bytes).expect("it's one");
    assert_eq!((context, rest), (&alone[..], &b"a store"[..]));
    assert_eq!(WasiCtx::split_frozen(b"a store"), None);
    // Of one that's cut, all is said to belong to it.
    for end in 8..alone.len() {
        let (context, _) = WasiCtx::split_frozen(&alone[..end]).expect("begun");
        assert!(WasiCtx::builder().thaw(context).is_err(), "{end}");
    }
}

#[test]
fn a_list_that_is_half_read_is_kept() {
    let dir = folder();
    let mut guest = Guest::new(granting(&dir, DirPerms::ReadOnly).build());
    let reading = EVERYTHING & !WRITE;
    let sub = guest.open(3, b"sub", DIRECTORY, reading).expect("it's there");
    let list = |cookie: i64| {
        [sub.into(), 0x10000.into(), 1000.into(), cookie.into(), OUT.into()]
    };
    guest.call("fd_readdir", &list(0));
    fs::write(dir.path().join("sub/a"), "").expect("a file");
    let mut guest = moved(guest, granting(&dir, DirPerms::ReadOnly));
    guest.call("fd_readdir", &list(2));
    assert_eq!(guest.u32(OUT), 24 + 6);
    assert_eq!(guest.bytes(0x10000 + 24, 6), b"digits");
}

#[test]
fn arguments_inputs_clocks_and_random_numbers_go_on() {
    let mut builder = WasiCtx::builder();
    let second = Duration::from_secs(1);
    builder
        .args(["one", "two"])
        .env("NAME", "value")
        .stdin(MemoryInputPipe::new("abcdef"))
        .clocks(Clocks::predictable(second, second))
        .random(Random::seeded(3));
    let mut guest = Guest::new(builder.build());
    let clock = [1.into(), 0_i64.into(), OUT.into()];
    guest.call("clock_time_get", &clock);
    guest.call("random_get", &[100.into(), 8.into()]);
    assert_eq!(guest.read(0, 2), b"ab");
    let mut other = Guest::new({
        let mut builder = WasiCtx::builder();
        builder.random(Random::seeded(3));
        builder.build()
    });
    other.call("random_get", &[100.into(), 8.into()]);
    other.call("random_get", &[100.into(), 8.into()]);

    let output = MemoryOutputPipe::new(100);
    let mut builder = WasiCtx::builder();
    builder.stdout(output.clone());
    let mut guest = moved(guest, builder);
    guest.call("clock_time_get", &clock);
    assert_eq!(guest.u64(OUT), 1_000_000_000);
    guest.call("random_get", &[100.into(), 8.into()]);
    assert_eq!(guest.bytes(100, 8), other.bytes(100, 8));
    assert_eq!(guest.read(0, 9), b"cdef");
    guest.write(1, b"here").expect("it's written");
    assert_eq!(output.contents(), b"here");
    guest.call("args_sizes_get", &[64.into(), 68.into()]);
    assert_eq!((guest.u32(64), guest.u32(68)), (2, 8));
    guest.call("environ_sizes_get", &[64.into(), 68.into()]);
    assert_eq!((guest.u32(64), guest.u32(68)), (1, 11));
}

#[test]
fn a_call_that_sleeps_is_woken_elsewhere() -> Result<(), Error> {
    let mut builder = WasiCtx::builder();
    let mut guest = Guest::new(builder.suspending(true).build());
    // One clock: identity 0, monotonic, relative, 5 s.
    let mut entry = [0; 48];
    entry[16] = 1;
    entry[24..32].copy_from_slice(&5_000_000_000_u64.to_le_bytes());
    let [at, _] = guest.put(&entry);
    let poll = guest.function("poll_oneoff");
    let arguments = [at, 0x10000.into(), 1.into(), OUT.into()];
    let call = poll.call_resumable(&mut guest.store, &arguments)?;
    let paused = call.paused().expect("it sleeps");
    let bytes = guest.store.freeze(&[&paused])?;
    let wasi = guest.store.data_mut().freeze().expect("it can be frozen");

    let wasi = WasiCtx::builder().thaw(&wasi).expect("it can be thawed");
    assert!(wasi.suspending());
    let engine = Engine::default();
    let thawed = Store::thaw(&engine, wasi, &linker(&engine), &bytes)?;
    let Thawed { mut store, mut calls, .. } = thawed;
    let paused = calls.remove(0);
    let sleep = Sleep::of(&paused).expect("it still sleeps");
    assert_eq!(sleep.time(), Duration::from_secs(5));
    match Sleep::wake(paused, &mut store)? {
        ResumableCall::Finished(results) => {
            assert_eq!(results[0].i32(), Some(0));
        }
        ResumableCall::Paused(_) => panic!("nothing is left to do"),
    }
    Ok(())
}

/// Bytes of a guest that has a file open.
fn with_file(dir: &TempDir) -> Vec<u8> {
    let mut guest = Guest::new(granting(dir, DirPerms::ReadWrite).build());
    guest.open(3, b"sub/digits", 0, EVERYTHING).expect("it's there");
    guest.store.data_mut().freeze().expect("it can be frozen")
}

#[test]
fn what_cannot_be_opened_again_is_named() {
    let dir = folder();
    let bytes = with_file(&dir);
    let error = WasiCtx::builder().thaw(&bytes).expect_err("no directory");
    assert_eq!(
        error.to_string(),
        "the directory `/data` of the guest isn't granted"
    );
    fs::remove_file(dir.path().join("sub/digits")).expect("it's there");
    let error =
        granting(&dir, DirPerms::ReadWrite).thaw(&bytes).expect_err("no file");
    let words = error.to_string();
    let begin = "`sub/digits` in the guest's directory `/data`: ";
    assert!(words.starts_with(begin), "{words}");
    fs::create_dir(dir.path().join("sub/digits")).expect("it's free");
    let error =
        granting(&dir, DirPerms::ReadWrite).thaw(&bytes).expect_err("no file");
    assert!(error.to_string().starts_with(begin), "{error}");
}

#[test]
fn a_directory_that_is_now_read_only_takes_rights_away() {
    let dir = folder();
    let bytes = with_file(&dir);
    let thawed = granting(&dir, DirPerms::ReadOnly).thaw(&bytes);
    let mut guest = Guest::new(thawed.expect("it's readable"));
    let denied = Errno::Notcapable as i32;
    assert_eq!(guest.read(4, 3), b"012");
    assert_eq!(guest.write(4, b"x"), Err(denied));
    assert_eq!(guest.open(3, b"new", CREATE, READ), Err(denied));
    assert_eq!(guest.open(3, b"sub/digits", 0, WRITE), Err(denied));
}

/// Not even the system would let us write it then.
#[cfg(target_os = "linux")]
#[test]
fn a_file_is_opened_again_for_no_more_than_is_granted_now() {
    let dir = folder();
    let bytes = with_file(&dir);
    let path = dir.path().join("sub/digits").canonicalize();
    let path = path.expect("it's there");
    for (perms, mode) in [(DirPerms::ReadOnly, 0), (DirPerms::ReadWrite, 2)] {
        let thawed = granting(&dir, perms).thaw(&bytes).expect("it's there");
        let all = fs::read_dir("/proc/self/fd").expect("it's Linux");
        let modes: Vec<_> = all
            .map(|it| it.expect("an entry"))
            .filter(|it| fs::read_link(it.path()).is_ok_and(|it| it == path))
            .map(|it| {
                let about =
                    format!("/proc/self/fdinfo/{}", it.file_name().display());
                let about = fs::read_to_string(about).expect("it's open");
                let flags = about
                    .lines()
                    .find_map(|it| it.strip_prefix("flags:").map(str::trim));
                let flags = flags.expect("they are there");
                i32::from_str_radix(flags, 8).expect("a number") & 3
            })
            .collect();
        assert_eq!(modes, [mode], "{perms:?}");
        drop(thawed);
    }
}

#[cfg(unix)]
#[test]
fn a_path_in_the_bytes_leads_no_further_than_a_guest() {
    let dir = folder();
    let bytes = with_file(&dir);
    let outside = folder();
    fs::remove_file(dir.path().join("sub/digits")).expect("it's there");
    let target = outside.path().join("sub/digits");
    std::os::unix::fs::symlink(target, dir.path().join("sub/digits"))
        .expect("a link");
    let thawed = granting(&dir, DirPerms::ReadWrite).thaw(&bytes);
    assert!(matches!(thawed, Err(FreezeError::Open { .. })));
}

#[test]
fn an_input_of_the_embedder_has_to_be_given_again() {
    let input = || Stdin::Reader(Box::new(&b"abc"[..]));
    let mut wasi = WasiCtx::builder().stdin(input()).build();
    let bytes = wasi.freeze().expect("it can be frozen");
    let thawed = WasiCtx::builder().thaw(&bytes);
    assert!(matches!(thawed, Err(FreezeError::Stdin)));
    let thawed = WasiCtx::builder().stdin(input()).thaw(&bytes);
    let mut guest = Guest::new(thawed.expect("it's given"));
    assert_eq!(guest.read(0, 9), b"abc");
}

#[test]
fn damaged_bytes_are_found() {
    let dir = folder();
    let bytes = with_file(&dir);
    let thaw = |bytes: &[u8]| granting(&dir, DirPerms::ReadWrite).thaw(bytes);
    thaw(&bytes).expect("they are whole");
    for length in 0..bytes.len() {
        assert!(thaw(&bytes[..length]).is_err(), "{length}");
    }
    for index in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[index] ^= 1;
        assert!(thaw(&bytes).is_err(), "byte {index}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(matches!(thaw(&longer), Err(FreezeError::Damaged(_))));
    let mut other = bytes.clone();
    other[8] = 9;
    assert!(matches!(thaw(&other), Err(FreezeError::Version(9))));
    let few =
        granting(&dir, DirPerms::ReadWrite).most_descriptors(4).thaw(&bytes);
    assert!(matches!(few, Err(FreezeError::Wrong(_))));
}
