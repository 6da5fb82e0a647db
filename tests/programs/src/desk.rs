//! Where a program works: a folder of its own, and what its runs have taken.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use ch22_embed::{Engine, Error, Instance, Linker, Module, Store, Val};
use ch23_wasi::{DirPerms, I32Exit, MemoryInputPipe, MemoryOutputPipe, WasiCtx, add_to_linker};
use cpu_time::ThreadTime;

use crate::emscripten;

/// What can go wrong.
pub type BoxError = Box<dyn std::error::Error>;

/// A folder, which programs see as `/`, and the time that they have taken.
pub struct Desk {
    folder: tempfile::TempDir,
    /// Until modules were ready to be called: read, checked, instantiated.
    pub start_up: Duration,
    /// In their functions.
    pub running: Duration,
    /// What was checked.
    pub came_out: String,
}

/// A module that is ready to be called.
pub struct Session {
    store: Store<WasiCtx>,
    instance: Instance,
    output: MemoryOutputPipe,
    errors: MemoryOutputPipe,
}

/// The most bytes that a program may print.
const MOST: usize = 1 << 20;

impl Desk {
    /// An empty folder.
    ///
    /// # Errors
    ///
    /// There is no place for it.
    pub fn new() -> Result<Desk, BoxError> {
        let (start_up, running) = (Duration::ZERO, Duration::ZERO);
        Ok(Desk { folder: tempfile::tempdir()?, start_up, running, came_out: String::new() })
    }

    /// Where a file of the folder is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders that it needs.
    ///
    /// # Errors
    ///
    /// It can't be written.
    pub fn write(&self, name: &str, text: &str) -> Result<(), BoxError> {
        let path = self.path(name);
        fs::create_dir_all(path.parent().ok_or("a file is in a folder")?)?;
        Ok(fs::write(path, text)?)
    }

    /// Fails if something else has come out of a program than must.
    ///
    /// # Errors
    ///
    /// That, with both texts.
    pub fn expect(&mut self, found: &str, expected: &str) -> Result<(), BoxError> {
        self.came_out.push_str(found);
        match found == expected {
            true => Ok(()),
            false => Err(format!("expected:\n{expected}\nfound:\n{found}").into()),
        }
    }

    /// Loads a module, with arguments, an input, and the folder.
    ///
    /// # Errors
    ///
    /// It can't be read or instantiated.
    pub fn load(
        &mut self,
        module: PathBuf,
        arguments: &[&str],
        input: &str,
    ) -> Result<Session, BoxError> {
        let shown = module.display().to_string();
        let bytes = fs::read(module).map_err(|error| format!("{shown}: {error}"))?;
        let (output, errors) = (MemoryOutputPipe::new(MOST), MemoryOutputPipe::new(MOST));
        let wasi = WasiCtx::builder()
            .args(arguments.iter().copied())
            .stdin(MemoryInputPipe::new(input))
            .stdout(output.clone())
            .stderr(errors.clone())
            .preopened_dir(self.folder.path(), "/", DirPerms::ReadWrite)?
            .build();
        let start = ThreadTime::now();
        let engine = Engine::default();
        let module = Module::from_shared(&engine, bytes.into())?;
        let mut store = Store::new(&engine, wasi);
        let mut linker = Linker::new(&engine);
        add_to_linker(&mut linker, |wasi| wasi)?;
        let instance = match module.imports().any(|it| it.name().starts_with("invoke_")) {
            true => emscripten::instantiate(&mut store, &mut linker, &module)?,
            false => {
                linker.define_unknown_imports_as_traps(&module)?;
                linker.instantiate(&mut store, &module)?
            }
        };
        self.start_up += start.elapsed();
        Ok(Session { store, instance, output, errors })
    }

    /// Calls a function, and returns its results.
    ///
    /// # Errors
    ///
    /// There is no such function, or it fails.
    pub fn call(
        &mut self,
        session: &mut Session,
        name: &str,
        arguments: &[i32],
    ) -> Result<Vec<i32>, BoxError> {
        let Session { store, instance, .. } = session;
        let function = instance.get_func(&*store, name);
        let function = function.ok_or_else(|| format!("there is no function `{name}`"))?;
        let arguments: Vec<Val> = arguments.iter().map(|&it| it.into()).collect();
        let mut results = vec![Val::I32(0); function.ty(&*store).results().len()];
        let start = ThreadTime::now();
        let outcome = function.call(&mut *store, &arguments, &mut results);
        self.running += start.elapsed();
        match outcome {
            Err(error) if !is_success(&error) => {
                let said = session.errors.contents();
                Err(format!("{error}\n{}", String::from_utf8_lossy(&said)).into())
            }
            _ => Ok(results.iter().filter_map(Val::i32).collect()),
        }
    }

    /// Runs a program to its end, and returns what it has printed.
    ///
    /// # Errors
    ///
    /// It fails, or its exit code isn't 0.
    pub fn run(
        &mut self,
        module: PathBuf,
        arguments: &[&str],
        input: &str,
    ) -> Result<String, BoxError> {
        let mut session = self.load(module, arguments, input)?;
        self.call(&mut session, "_start", &[])?;
        session.printed()
    }
}

fn is_success(error: &Error) -> bool {
    error.downcast_ref() == Some(&I32Exit(0))
}

impl Session {
    /// What the program has printed.
    ///
    /// # Errors
    ///
    /// It isn't text.
    pub fn printed(&mut self) -> Result<String, BoxError> {
        Ok(String::from_utf8(self.output.take())?)
    }

    /// Writes bytes to the memory.
    ///
    /// # Errors
    ///
    /// They don't fit.
    pub fn write(&mut self, address: i32, bytes: &[u8]) -> Result<(), BoxError> {
        let memory = self.instance.get_memory(&self.store, "memory").ok_or("there is no memory")?;
        Ok(memory.write(&mut self.store, address as u32 as usize, bytes)?)
    }

    /// Reads text from the memory.
    ///
    /// # Errors
    ///
    /// It isn't there, or isn't text.
    pub fn read(&mut self, address: i32, length: i32) -> Result<String, BoxError> {
        let memory = self.instance.get_memory(&self.store, "memory").ok_or("there is no memory")?;
        let mut bytes = vec![0; length as u32 as usize];
        memory.read(&self.store, address as u32 as usize, &mut bytes)?;
        Ok(String::from_utf8(bytes)?)
    }
}
