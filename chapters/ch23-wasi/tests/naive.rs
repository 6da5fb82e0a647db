//! The tempting way to keep a path inside of a directory, how it's escaped, and
//! what the walk says to the same paths.
#![cfg(unix)]

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::symlink;
use std::path::Path;

use ch22_embed::{Engine, Linker, Module, Store};
use ch23_wasi::{
    DirPerms, Errno, I32Exit, MemoryOutputPipe, WasiCtx, add_to_linker,
};

/// Reads a file below `granted`: joins the texts, resolves the dots, and looks
/// at the beginning of what comes of it.
fn read_below(granted: &Path, path: &str) -> io::Result<String> {
    let mut whole = granted.to_path_buf();
    for name in path.split('/') {
        match name {
            ".." => {
                whole.pop();
            }
            name => whole.push(name),
        }
    }
    if !whole.starts_with(granted) {
        return Err(ErrorKind::PermissionDenied.into());
    }
    fs::read_to_string(whole)
}

/// `granted` and `private`, side by side, and a link from one to the other.
fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let at = |path: &str| place.path().join(path);
    fs::create_dir(at("granted")).unwrap();
    fs::create_dir(at("private")).unwrap();
    fs::write(at("granted/note.txt"), "anyone may read this").unwrap();
    fs::write(at("private/secret"), "nobody may read this").unwrap();
    symlink("../private", at("granted/link")).unwrap();
    place
}

const PATHS: [&str; 3] = ["note.txt", "../private/secret", "link/secret"];

#[test]
fn a_link_gets_past_the_prefix() {
    let place = place();
    let lines = PATHS.map(|path| {
        let read = read_below(&place.path().join("granted"), path);
        let words = read.unwrap_or_else(|error| error.to_string());
        format!("{path:<18} {words}\n")
    });
    insta::assert_snapshot!(lines.concat());
}

#[test]
fn a_link_does_not_get_past_the_walk() {
    let place = place();
    let lines = PATHS.map(|path| {
        format!("{path:<18} {}\n", cat(&place.path().join("granted"), path))
    });
    insta::assert_snapshot!(lines.concat());
}

/// What `cat` writes, or the error in words.
fn cat(granted: &Path, path: &str) -> String {
    let output = MemoryOutputPipe::new(1000);
    let wasi = WasiCtx::builder()
        .args(["cat", path])
        .stdout(output.clone())
        .preopened_dir(granted, "/", DirPerms::ReadOnly)
        .unwrap()
        .build();
    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    add_to_linker(&mut linker, |wasi| wasi).unwrap();
    let mut store = Store::new(&engine, wasi);
    let text = include_str!("../programs/cat.wat");
    let module = Module::new(&engine, text).unwrap();
    let instance = linker.instantiate(&mut store, &module).unwrap();
    let start =
        instance.get_typed_func::<(), ()>(&mut store, "_start").unwrap();
    match start.call(&mut store, ()) {
        Ok(()) => String::from_utf8(output.take()).unwrap(),
        Err(error) => {
            let I32Exit(code) = error.downcast().unwrap();
            let errno = u16::try_from(code).ok().and_then(Errno::from_number);
            format!("error {code}, {}", errno.unwrap())
        }
    }
}
