//! `cargo workbook guest`: builds the game's module in the same way on every machine, and our own guests of the tests.

pub mod build;
mod compare;
mod flight;
mod interface;
mod own;
pub mod toolchain;

use std::path::Path;
use std::{fs, io};

use anyhow::{Context, Result, bail};

use crate::checkout;
use build::Build;
use toolchain::Toolchain;

/// The arguments of `cargo workbook guest`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Compare the build with the committed module instead of replacing it; our own guests in tests/guests too.
    #[arg(long)]
    pub check: bool,
    /// Build our own guests in tests/guests instead: those whose compiler is installed.
    #[arg(long, conflicts_with = "check")]
    pub own: bool,
    /// Fail if a compiler is missing: the one of the game's module, or one of our own guests.
    #[arg(long, requires = "check")]
    pub require: bool,
}

/// The committed module, the record of how it was built, and the package that it is built from.
const MODULE: &str = "game/rocket.wasm";
const RECORD: &str = "game/rocket.wasm.toml";
const PACKAGE: &str = "game/guest";

/// Runs the command in the workspace in `root`.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    if arguments.own {
        return own::replace(root);
    }
    match Toolchain::find() {
        Ok(toolchain) => {
            let build = Build::run(root, &toolchain)?;
            if arguments.check { check(root, &build) } else { replace(root, &build) }?;
        }
        Err(missing) if arguments.check && !arguments.require => {
            println!("{MODULE}: not checked: {missing}");
        }
        Err(missing) => bail!(missing),
    }
    if arguments.check { own::check(root, arguments.require) } else { Ok(()) }
}

fn replace(root: &Path, build: &Build) -> Result<()> {
    for (path, content) in [(MODULE, &build.module[..]), (RECORD, build.record.as_bytes())] {
        fs::write(root.join(path), content).with_context(|| format!("cannot write {path}"))?;
    }
    println!("{MODULE}: {} bytes", build.module.len());
    Ok(())
}

/// Compares the committed module with `build`: byte by byte if the toolchains are equal, otherwise
/// by interface and flight.
fn check(root: &Path, build: &Build) -> Result<()> {
    let committed = fs::read(root.join(MODULE)).with_context(|| format!("cannot read {MODULE}"))?;
    let record = match checkout::read_text(&root.join(RECORD)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        record => record.with_context(|| format!("cannot read {RECORD}"))?,
    };
    interface::same(&interface::contract(), &interface::required(interface::of(&committed)?))
        .context("the committed module breaks the contract")?;

    let Err(difference) = compare::same_bytes(&committed, &build.module) else {
        println!("{MODULE}: the rebuilt module is equal in all {} bytes", committed.len());
        return Ok(());
    };
    let toolchains = compare::differing_lines(&record, &build.record);
    if toolchains.is_empty() {
        return Err(difference.context(format!(
            "{MODULE} is not what the recorded toolchain makes of {PACKAGE}; run `cargo workbook guest` and commit both"
        )));
    }
    println!("{MODULE}: the bytes may differ, because the toolchains do:");
    toolchains.iter().for_each(|line| println!("  {line}"));
    interface::same(&interface::of(&committed)?, &interface::of(&build.module)?)
        .context("the rebuilt module has different imports or exports")?;
    println!("{MODULE}: imports and exports are equal, with their types");
    flight::same_flight(&committed, &build.module)
        .context("the rebuilt module behaves differently")?;
    println!("{MODULE}: both modules fly the same, call by call");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "rustc = \"here\"\n";

    /// The committed module of this workspace.
    fn committed() -> Vec<u8> {
        fs::read(crate::workspace().join(MODULE)).unwrap()
    }

    /// Checks a workspace that holds `module` and `record` against a build of `rebuilt` with the
    /// toolchain `HERE`.
    fn check_against(rebuilt: &[u8], module: &[u8], record: &str) -> Result<()> {
        let root = tempfile::tempdir()?;
        fs::create_dir(root.path().join("game"))?;
        fs::write(root.path().join(MODULE), module)?;
        fs::write(root.path().join(RECORD), record)?;
        check(root.path(), &Build { module: rebuilt.to_vec(), record: HERE.into() })
    }

    /// The module with a custom section at its end: other bytes, the same interface.
    fn with_a_note(module: &[u8]) -> Vec<u8> {
        [module, &[0, 2, 1, b'x']].concat()
    }

    #[test]
    fn equal_bytes_pass_whatever_the_toolchain() {
        check_against(&committed(), &committed(), HERE).unwrap();
        check_against(&committed(), &committed(), "rustc = \"elsewhere\"\n").unwrap();
    }

    #[test]
    fn other_bytes_of_the_same_toolchain_fail() {
        let error = check_against(&with_a_note(&committed()), &committed(), HERE).unwrap_err();
        assert!(format!("{error:#}").contains("run `cargo workbook guest`"), "{error:#}");
    }

    #[test]
    fn other_bytes_of_another_toolchain_pass_while_the_interface_holds() {
        check_against(&with_a_note(&committed()), &committed(), "rustc = \"elsewhere\"\n").unwrap();
        let error =
            check_against(&committed(), b"\0asm\x01\0\0\0", "rustc = \"elsewhere\"\n").unwrap_err();
        assert!(format!("{error:#}").contains("missing: export update: func(f64)"), "{error:#}");
    }

    #[test]
    fn another_game_is_found_by_its_flight() {
        // The same contract, but another score.
        let other = br#"(module
            (import "env" "clear_screen" (func)) (import "env" "draw_score" (func $score (param f64)))
            (memory (export "memory") 1)
            (func (export "resize") (param f64 f64)) (func (export "update") (param f64))
            (func (export "draw") f64.const 1 call $score)
            (func (export "toggle_shoot") (param i32)) (func (export "toggle_boost") (param i32))
            (func (export "toggle_turn_left") (param i32)) (func (export "toggle_turn_right") (param i32)))"#;
        let error = flight::same_flight(&committed(), other).unwrap_err().to_string();
        assert_eq!(
            error,
            "frame 0: the committed module calls `clear_screen`, the rebuilt one `draw_score 1`"
        );
        flight::same_flight(&committed(), &with_a_note(&committed())).unwrap();
    }

    #[test]
    fn the_committed_module_is_small_keeps_the_contract_and_contains_no_path() {
        let module = committed();
        assert!(module.len() < 20_000, "{} bytes", module.len());
        let interface = interface::required(interface::of(&module).unwrap());
        interface::same(&interface::contract(), &interface).unwrap();
        for folder in [&b"/home"[..], b"/root", b"/Users", b"/tmp", b".rs", b":\\"] {
            assert!(
                !module.windows(folder.len()).any(|window| window == folder),
                "{}",
                folder.escape_ascii()
            );
        }
    }

    #[test]
    fn replacing_writes_the_module_and_its_record() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("game")).unwrap();
        replace(root.path(), &Build { module: b"module".into(), record: HERE.into() }).unwrap();
        assert_eq!(fs::read(root.path().join(MODULE)).unwrap(), b"module");
        assert_eq!(fs::read_to_string(root.path().join(RECORD)).unwrap(), HERE);
    }
}
