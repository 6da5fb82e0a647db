//! Where a program works: a folder of its own, the machine that runs it, and what its runs have taken.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cpu_time::ThreadTime;

/// What can go wrong.
pub type BoxError = Box<dyn std::error::Error>;

/// The most bytes that a program may print.
pub const MOST: usize = 1 << 20;

/// A machine that runs modules with WASI: ours, or one to compare it with.
pub trait Machine {
    /// Gets a module ready to be called. The folder is its `/`.
    ///
    /// # Errors
    ///
    /// The module can't be read or instantiated.
    fn load(
        &self,
        bytes: Vec<u8>,
        arguments: &[&str],
        folder: &Path,
    ) -> Result<Box<dyn Session>, BoxError>;
}

/// A module that is ready to be called.
pub trait Session {
    /// Calls an exported function, and returns its results. A program that ends with the exit code 0 has succeeded.
    ///
    /// # Errors
    ///
    /// There is no such function, or it fails.
    fn call(&mut self, name: &str, arguments: &[i32]) -> Result<Vec<i32>, BoxError>;

    /// Writes bytes to the memory.
    ///
    /// # Errors
    ///
    /// They don't fit.
    fn write(&mut self, address: i32, bytes: &[u8]) -> Result<(), BoxError>;

    /// Reads bytes from the memory.
    ///
    /// # Errors
    ///
    /// They aren't there.
    fn read(&mut self, address: i32, length: i32) -> Result<Vec<u8>, BoxError>;

    /// What the program has printed.
    fn printed(&mut self) -> Vec<u8>;

    /// What the program has printed as errors.
    fn complaints(&mut self) -> Vec<u8>;
}

/// A folder, which programs see as `/`, and the time that they have taken.
pub struct Desk<'machine> {
    machine: &'machine dyn Machine,
    folder: tempfile::TempDir,
    /// Until modules were ready to be called: read, checked, instantiated.
    pub start_up: Duration,
    /// In their functions.
    pub running: Duration,
    /// What was checked.
    pub came_out: String,
}

impl Desk<'_> {
    /// An empty folder.
    ///
    /// # Errors
    ///
    /// There is no place for it.
    pub fn new(machine: &dyn Machine) -> Result<Desk<'_>, BoxError> {
        let (start_up, running) = (Duration::ZERO, Duration::ZERO);
        let folder = tempfile::tempdir()?;
        Ok(Desk { machine, folder, start_up, running, came_out: String::new() })
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

    /// Gets a module ready to be called, with arguments and the folder.
    ///
    /// # Errors
    ///
    /// It can't be read or instantiated.
    pub fn load(
        &mut self,
        module: PathBuf,
        arguments: &[&str],
    ) -> Result<Box<dyn Session>, BoxError> {
        let shown = module.display().to_string();
        let bytes = fs::read(module).map_err(|error| format!("{shown}: {error}"))?;
        let start = ThreadTime::now();
        let session = self.machine.load(bytes, arguments, self.folder.path());
        self.start_up += start.elapsed();
        session
    }

    /// Calls a function, and returns its results.
    ///
    /// # Errors
    ///
    /// There is no such function, or it fails.
    pub fn call(
        &mut self,
        session: &mut Box<dyn Session>,
        name: &str,
        arguments: &[i32],
    ) -> Result<Vec<i32>, BoxError> {
        let start = ThreadTime::now();
        let outcome = session.call(name, arguments);
        self.running += start.elapsed();
        outcome.map_err(|error| {
            let complaints = session.complaints();
            format!("{error}\n{}", String::from_utf8_lossy(&complaints)).into()
        })
    }

    /// Runs a program to its end, and returns what it has printed.
    ///
    /// # Errors
    ///
    /// It fails, its exit code isn't 0, or it doesn't print text.
    pub fn run(&mut self, module: PathBuf, arguments: &[&str]) -> Result<String, BoxError> {
        let mut session = self.load(module, arguments)?;
        self.call(&mut session, "_start", &[])?;
        Ok(String::from_utf8(session.printed())?)
    }
}
