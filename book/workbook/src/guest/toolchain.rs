//! Who can compile for WebAssembly here, and how.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, error, fmt};

/// The target of the guest.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Everything that a build of the guest needs.
pub struct Toolchain {
    /// The compiler.
    pub compiler: Compiler,
    /// Where the compiler finds `core` for the target.
    pub core: Core,
    /// The version of `wasm-opt`, in its own words.
    pub wasm_opt: String,
}

/// Where `core` for the target comes from.
pub enum Core {
    /// It is installed, as `rustup target add` does it.
    Installed,
    /// It is built from its source and linked by `linker`: the way of those whose packages do not hold the target.
    FromSource {
        /// A `rust-lld` or a `wasm-ld`.
        linker: PathBuf,
    },
}

/// A cargo and the rustc that belongs to it.
pub struct Compiler {
    /// The program `cargo`.
    pub cargo: PathBuf,
    /// The program `rustc`.
    pub rustc: PathBuf,
}

/// What has to be installed first.
#[derive(Debug, PartialEq, Eq)]
pub enum Missing {
    /// A compiler for the target.
    Target,
    /// The optimiser.
    WasmOpt,
}

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target => write!(
                formatter,
                "there is no compiler for {TARGET}; run `rustup target add {TARGET}`, or on Debian without rustup \
                 `apt-get install rustc-web cargo-web rust-web-src lld`"
            ),
            Self::WasmOpt => {
                write!(
                    formatter,
                    "there is no `wasm-opt`; install binaryen, on Debian by `apt-get install binaryen`"
                )
            }
        }
    }
}

impl error::Error for Missing {}

impl Toolchain {
    /// The best toolchain at hand: an installed target is better than one that has to be built.
    pub fn find() -> Result<Self, Missing> {
        let compilers = [Compiler::current(), Compiler::of_the_system()];
        let (compiler, core) = Self::choose(compilers).ok_or(Missing::Target)?;
        let wasm_opt = say("wasm-opt", &["--version"]).ok_or(Missing::WasmOpt)?;
        Ok(Self { compiler, core, wasm_opt })
    }

    fn choose(compilers: [Compiler; 2]) -> Option<(Compiler, Core)> {
        let linker = compilers.iter().find_map(Compiler::linker).or_else(|| {
            say("wasm-ld", &["--version"])?;
            Some("wasm-ld".into())
        });
        let [current, system] = compilers;
        if current.has_target() {
            Some((current, Core::Installed))
        } else if system.has_target() {
            Some((system, Core::Installed))
        } else {
            let compiler = [current, system].into_iter().find(Compiler::has_source)?;
            Some((compiler, Core::FromSource { linker: linker? }))
        }
    }
}

impl Core {
    /// Where `core` comes from, for the record.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::FromSource { .. } => "from source",
        }
    }

    /// The linker, for the record.
    pub fn linker(&self) -> String {
        let Self::FromSource { linker } = self else {
            return "rustc's own".into();
        };
        let flavor: &[&str] = if linker.file_stem() == Some(OsStr::new("rust-lld")) {
            &["-flavor", "wasm"]
        } else {
            &[]
        };
        let version = say(linker, &[flavor, &["--version"]].concat()).unwrap_or_default();
        // Behind the version, in brackets, stands the folder in which somebody built it.
        version.split(" (").next().unwrap_or_default().to_owned()
    }
}

impl Compiler {
    /// The one that runs this tool.
    fn current() -> Self {
        let cargo = PathBuf::from(crate::workspace::cargo());
        let beside = cargo.with_file_name(format!("rustc{}", env::consts::EXE_SUFFIX));
        let rustc = match env::var_os("RUSTC") {
            Some(rustc) => rustc.into(),
            None if beside.is_file() => beside,
            None => "rustc".into(),
        };
        Self { cargo, rustc }
    }

    /// The one that a distribution's packages put beside rustup's. Where there is none, it has neither target nor source.
    fn of_the_system() -> Self {
        Self { cargo: "/usr/bin/cargo".into(), rustc: "/usr/bin/rustc".into() }
    }

    /// What rustc says to `arguments`, on one line.
    pub fn say(&self, arguments: &[&str]) -> Option<String> {
        say(&self.rustc, arguments)
    }

    /// The folder of the standard library's source, which may not be there.
    pub fn source(&self) -> Option<PathBuf> {
        Some(Path::new(&self.say(&["--print", "sysroot"])?).join("lib/rustlib/src/rust"))
    }

    fn has_source(&self) -> bool {
        self.source().is_some_and(|source| source.join("library/Cargo.lock").is_file())
    }

    fn has_target(&self) -> bool {
        let Some(folder) = self.say(&["--print", "target-libdir", "--target", TARGET]) else {
            return false;
        };
        let is_core = |name: &OsStr| name.to_string_lossy().starts_with("libcore-");
        PathBuf::from(folder)
            .read_dir()
            .is_ok_and(|files| files.flatten().any(|file| is_core(&file.file_name())))
    }

    /// The linker that rustup's toolchains bring along.
    fn linker(&self) -> Option<PathBuf> {
        let libraries = PathBuf::from(self.say(&["--print", "target-libdir"])?);
        let linker =
            libraries.with_file_name("bin").join(format!("rust-lld{}", env::consts::EXE_SUFFIX));
        linker.is_file().then_some(linker)
    }
}

/// What `program` prints first, if it can be run and succeeds.
fn say(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nowhere() -> Compiler {
        Compiler { cargo: "/nowhere/cargo".into(), rustc: "/nowhere/rustc".into() }
    }

    #[test]
    fn without_a_compiler_there_is_no_toolchain() {
        assert!(Toolchain::choose([nowhere(), nowhere()]).is_none());
    }

    #[test]
    fn what_is_missing_is_said_with_the_command_that_brings_it() {
        assert!(Missing::Target.to_string().contains("`rustup target add wasm32-unknown-unknown`"));
        assert!(Missing::WasmOpt.to_string().contains("`apt-get install binaryen`"));
    }

    #[test]
    fn a_program_says_its_first_line_or_nothing() {
        let rustc = Compiler::current();
        assert!(rustc.say(&["--version"]).is_some_and(|version| version.starts_with("rustc 1.")));
        assert_eq!(rustc.say(&["--no-such-argument"]), None);
        assert_eq!(nowhere().say(&["--version"]), None);
    }
}
