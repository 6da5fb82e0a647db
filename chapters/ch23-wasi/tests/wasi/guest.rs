//! A guest that exports a function for each of the functions that it imports,
//! which only calls it.

use std::path::Path;

use ch22_embed::{
    Engine, Error, Func, Instance, Linker, Memory, Module, Store, Val,
};
use ch23_wasi::{DirPerms, Errno, WasiCtx, add_to_linker};

use crate::signatures::FUNCTIONS;

pub struct Guest {
    pub store: Store<WasiCtx>,
    pub instance: Instance,
    pub memory: Memory,
    /// Where the next bytes are put.
    next: u32,
}

/// What can be opened, as a bit each: *oflags*.
pub const CREATE: i32 = 1;
pub const DIRECTORY: i32 = 2;
pub const EXCLUSIVE: i32 = 4;
pub const TRUNCATE: i32 = 8;

/// Rights.
pub const READ: i64 = 1 << 1;
pub const WRITE: i64 = 1 << 6;
pub const EVERYTHING: i64 = (1 << 30) - 1;

/// Where a function writes what it returns.
pub const OUT: i32 = 64;

fn text(module: &str) -> String {
    let types = |letters: &str| -> String {
        let one = |it| if it == 'i' { " i32" } else { " i64" };
        letters.chars().map(one).collect()
    };
    let mut imports = String::new();
    let mut functions = String::new();
    for (name, params, results) in FUNCTIONS {
        let ty = format!("(param{}) (result{})", types(params), types(results));
        imports +=
            &format!("(import \"{module}\" \"{name}\" (func ${name} {ty}))\n");
        let gets: String =
            (0..params.len()).map(|it| format!("(local.get {it})")).collect();
        functions +=
            &format!("(func (export \"{name}\") {ty} (call ${name} {gets}))\n");
    }
    format!("(module {imports} (memory (export \"memory\") 4) {functions})")
}

pub fn linker(engine: &Engine) -> Linker<WasiCtx> {
    let mut linker = Linker::new(engine);
    add_to_linker(&mut linker, |wasi: &mut WasiCtx| wasi)
        .expect("no name is taken");
    linker
}

impl Guest {
    pub fn new(wasi: WasiCtx) -> Guest {
        Guest::of_version(wasi, "wasi_snapshot_preview1")
    }

    pub fn of_version(wasi: WasiCtx, version: &str) -> Guest {
        let engine = Engine::default();
        let module = Module::new(&engine, text(version)).expect("it's valid");
        let mut store = Store::new(&engine, wasi);
        let instance = linker(&engine)
            .instantiate(&mut store, &module)
            .expect("all imports are there");
        Guest::of(store, instance)
    }

    pub fn of(store: Store<WasiCtx>, instance: Instance) -> Guest {
        let memory =
            instance.get_memory(&store, "memory").expect("it's exported");
        Guest { store, instance, memory, next: 1024 }
    }

    /// A guest with one directory, which is descriptor 3.
    pub fn with_dir(dir: &Path, perms: DirPerms) -> Guest {
        let wasi = WasiCtx::builder()
            .preopened_dir(dir, "/", perms)
            .expect("the directory exists")
            .build();
        Guest::new(wasi)
    }

    pub fn function(&mut self, name: &str) -> Func {
        self.instance.get_func(&self.store, name).expect("it's exported")
    }

    pub fn try_call(
        &mut self,
        name: &str,
        arguments: &[Val],
    ) -> Result<i32, Error> {
        let function = self.function(name);
        let count = function.ty(&self.store).results().len();
        let mut results = vec![Val::I32(0); count];
        function.call(&mut self.store, arguments, &mut results)?;
        Ok(results[0].i32().expect("an error's number"))
    }

    /// Calls a function, which answers with this error.
    pub fn fails(&mut self, name: &str, arguments: &[Val], errno: Errno) {
        let answer = self.try_call(name, arguments).expect("it returns");
        assert_eq!(answer, errno as i32, "{name}: {errno:?} expected");
    }

    /// Calls a function, which succeeds.
    pub fn call(&mut self, name: &str, arguments: &[Val]) {
        let answer = self.try_call(name, arguments).expect("it returns");
        assert_eq!(answer, 0, "{name}");
    }

    /// Forgets what was put into the memory.
    pub fn forget(&mut self) {
        self.next = 1024;
    }

    /// Puts bytes somewhere; where they are, and how long.
    pub fn put(&mut self, bytes: &[u8]) -> [Val; 2] {
        let (at, length) = (self.next, bytes.len() as u32);
        self.memory
            .write(&mut self.store, at as usize, bytes)
            .expect("there is room");
        self.next += length.next_multiple_of(8);
        assert!(self.next <= 0x10000, "the test uses too much");
        [Val::I32(at as i32), Val::I32(length as i32)]
    }

    /// A list of one part, which is at 0x10000; where it is, and its length.
    pub fn part(&mut self, length: u32) -> [Val; 2] {
        let mut list = 0x10000_u32.to_le_bytes().to_vec();
        list.extend(length.to_le_bytes());
        [self.put(&list)[0].clone(), Val::I32(1)]
    }

    pub fn bytes(&self, at: i32, length: usize) -> Vec<u8> {
        self.memory.data(&self.store)[at as usize..][..length].to_vec()
    }

    pub fn u32(&self, at: i32) -> u32 {
        u32::from_le_bytes(self.bytes(at, 4).try_into().expect("four"))
    }

    pub fn u64(&self, at: i32) -> u64 {
        u64::from_le_bytes(self.bytes(at, 8).try_into().expect("eight"))
    }

    /// Opens a path beneath a directory; the error's number, or the descriptor.
    pub fn open(
        &mut self,
        dir: i32,
        path: &[u8],
        how: i32,
        rights: i64,
    ) -> Result<i32, i32> {
        let [at, length] = self.put(path);
        let arguments = [
            dir.into(),
            1.into(),
            at,
            length,
            how.into(),
            rights.into(),
            EVERYTHING.into(),
            0.into(),
            OUT.into(),
        ];
        match self.try_call("path_open", &arguments).expect("it returns") {
            0 => Ok(self.u32(OUT) as i32),
            errno => Err(errno),
        }
    }

    /// Reads from a descriptor.
    pub fn read(&mut self, number: i32, length: u32) -> Vec<u8> {
        let [list, count] = self.part(length);
        self.call("fd_read", &[number.into(), list, count, OUT.into()]);
        self.bytes(0x10000, self.u32(OUT) as usize)
    }

    /// Writes to a descriptor; how many bytes it has taken.
    pub fn write(&mut self, number: i32, bytes: &[u8]) -> Result<u32, i32> {
        let [at, length] = self.put(bytes);
        let number_of = |it: &Val| it.i32().expect("an address").to_le_bytes();
        let list = [number_of(&at), number_of(&length)].concat();
        let [list, _] = self.put(&list);
        let arguments = [number.into(), list, 1.into(), OUT.into()];
        match self.try_call("fd_write", &arguments).expect("it returns") {
            0 => Ok(self.u32(OUT)),
            errno => Err(errno),
        }
    }

    /// Calls a function that takes a directory and a path.
    pub fn at(&mut self, name: &str, dir: i32, path: &[u8]) -> i32 {
        let [at, length] = self.put(path);
        self.try_call(name, &[dir.into(), at, length]).expect("it returns")
    }

    /// Gives a file another name, or one more.
    pub fn rename(&mut self, name: &str, old: &[u8], new: &[u8]) -> i32 {
        let [old, old_length] = self.put(old);
        let [new, new_length] = self.put(new);
        let mut arguments = vec![3.into()];
        if name == "path_link" {
            arguments.push(0.into());
        }
        arguments.extend([old, old_length, 3.into(), new, new_length]);
        self.try_call(name, &arguments).expect("it returns")
    }

    /// Makes a symbolic link.
    pub fn symlink(&mut self, target: &[u8], link: &[u8]) -> i32 {
        let [target, target_length] = self.put(target);
        let [link, length] = self.put(link);
        let arguments = [target, target_length, 3.into(), link, length];
        self.try_call("path_symlink", &arguments).expect("it returns")
    }

    /// Asks about a path.
    pub fn stat(&mut self, follow: i32, path: &[u8]) -> i32 {
        let [at, length] = self.put(path);
        let arguments = [3.into(), follow.into(), at, length, OUT.into()];
        self.try_call("path_filestat_get", &arguments).expect("it returns")
    }
}
