//! Finds a compiler for WebAssembly on this machine.

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
    /// The version of `wasm-opt`, as it prints it.
    pub wasm_opt: String,
}

/// Where `core` for the target comes from.
pub enum Core {
    /// It is installed, for example by `rustup target add`.
    Installed,
    /// It is built from its source and linked by `linker`, because the distribution has no package
    /// for the target.
    FromSource {
        /// A `rust-lld` or a `wasm-ld`.
        linker: PathBuf,
    },
}

/// A `cargo`, and the `rustc` that belongs to it.
pub struct Compiler {
    /// The program `cargo`.
    pub cargo: PathBuf,
    /// The program `rustc`.
    pub rustc: PathBuf,
}

/// A program that has to be installed first.
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
    /// The best toolchain on this machine: an installed target is better than one that has to be
    /// built.
    pub fn find() -> Result<Self, Missing> {
        let compilers = [Compiler::current(), Compiler::of_the_system()];
        let (compiler, core) = Self::choose(compilers).ok_or(Missing::Target)?;
        let wasm_opt = first_line("wasm-opt", &["--version"]).ok_or(Missing::WasmOpt)?;
        Ok(Self { compiler, core, wasm_opt })
    }

    /// `cargo build` for a target, optimised. Where the compiler has no libraries, `libraries` are
    /// built from their source.
    pub fn cargo_build(&self, target: &str, libraries: &str) -> Command {
        let mut cargo = Command::new(&self.compiler.cargo);
        cargo.env("RUSTC", &self.compiler.rustc).args([
            "build",
            "--release",
            "--locked",
            "--target",
            target,
        ]);
        if let Core::FromSource { linker } = &self.core {
            let target = target.to_uppercase().replace('-', "_");
            // A stable compiler builds its own libraries only with this variable.
            cargo
                .env("RUSTC_BOOTSTRAP", "1")
                .env(format!("CARGO_TARGET_{target}_LINKER"), linker)
                .arg(format!("-Zbuild-std={libraries}"));
        }
        cargo
    }

    fn choose(compilers: [Compiler; 2]) -> Option<(Compiler, Core)> {
        let linker = compilers.iter().find_map(Compiler::linker).or_else(|| {
            first_line("wasm-ld", &["--version"])?;
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
        let version = first_line(linker, &[flavor, &["--version"]].concat()).unwrap_or_default();
        // After the version, in brackets, comes the folder in which the linker was built.
        version.split(" (").next().unwrap_or_default().to_owned()
    }
}

impl Compiler {
    /// The compiler that belongs to the Cargo that has started this tool.
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

    /// The compiler of the distribution, next to one of rustup. If there is none, it has neither
    /// the target nor the source.
    fn of_the_system() -> Self {
        Self { cargo: "/usr/bin/cargo".into(), rustc: "/usr/bin/rustc".into() }
    }

    /// The first line that rustc prints for `arguments`.
    pub fn output(&self, arguments: &[&str]) -> Option<String> {
        first_line(&self.rustc, arguments)
    }

    /// The folder of the standard library's source, which may not exist.
    pub fn source(&self) -> Option<PathBuf> {
        Some(Path::new(&self.output(&["--print", "sysroot"])?).join("lib/rustlib/src/rust"))
    }

    fn has_source(&self) -> bool {
        self.source().is_some_and(|source| source.join("library/Cargo.lock").is_file())
    }

    fn has_target(&self) -> bool {
        let Some(folder) = self.output(&["--print", "target-libdir", "--target", TARGET]) else {
            return false;
        };
        let is_core = |name: &OsStr| name.to_string_lossy().starts_with("libcore-");
        PathBuf::from(folder)
            .read_dir()
            .is_ok_and(|files| files.flatten().any(|file| is_core(&file.file_name())))
    }

    /// The linker that is part of rustup's toolchains.
    fn linker(&self) -> Option<PathBuf> {
        let libraries = PathBuf::from(self.output(&["--print", "target-libdir"])?);
        let linker =
            libraries.with_file_name("bin").join(format!("rust-lld{}", env::consts::EXE_SUFFIX));
        linker.is_file().then_some(linker)
    }
}

/// The first line that `program` prints, if it can be run and succeeds.
pub fn first_line(program: impl AsRef<OsStr>, arguments: &[&str]) -> Option<String> {
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
    fn a_missing_program_is_named_with_the_command_that_installs_it() {
        assert!(Missing::Target.to_string().contains("`rustup target add wasm32-unknown-unknown`"));
        assert!(Missing::WasmOpt.to_string().contains("`apt-get install binaryen`"));
    }

    #[test]
    fn the_output_of_a_program_is_its_first_line_if_it_succeeds() {
        let rustc = Compiler::current();
        assert!(
            rustc.output(&["--version"]).is_some_and(|version| version.starts_with("rustc 1."))
        );
        assert_eq!(rustc.output(&["--no-such-argument"]), None);
        assert_eq!(nowhere().output(&["--version"]), None);
    }
}
