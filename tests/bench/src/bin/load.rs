//! Loading a large module: how long each engine takes to instantiate it, and how much memory the process has at most.
//!
//! Each engine loads the module in a process of its own, and all take turns for several rounds. A time is that which the
//! thread has had of a processor, and the median counts, as of the peaks.
//!
//! The file has been read before. `fast` takes it over and keeps it: its functions and data segments are parts of the file
//! ([`Module::from_shared`]). All others borrow it, and copy what they need later: so do our other engines, `wasmi` and the row
//! `fast, copying`. For the rows `fast, compiled` it is another file, which has been compiled
//! before. None of them gives the file back while it's measured, so the peaks count it in every row.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

use annex_embedding::{Engine, HostFunction, Imports};
use bench::link;
use ch09_module::{FEATURES, Module};
use ch12_instance::StoreLimits;

use ch22_embed::{Linker, Store};
use clap::Parser;
use cpu_time::ThreadTime;
use engines::{ENGINES, Wasmi};
use wasmparser::{Parser as Sections, Payload, Validator};

/// Measures how long each engine takes to instantiate a module, and with how much memory.
#[derive(Parser)]
struct Arguments {
    /// The modules. What they import is there, but no function of the host does anything.
    #[arg(required_unless_present = "guests")]
    modules: Vec<PathBuf>,
    /// Fetches the guests, as `cargo workbook guests` does, and measures MicroPython, CPython and Ruby, too.
    #[arg(long)]
    guests: bool,
    /// How many times each engine loads each module.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Loads the module once, in this process, with this engine, and prints the seconds and the bytes.
    #[arg(long, hide = true)]
    engine: Option<String>,
}

type BoxError = Box<dyn std::error::Error>;

/// The guests that are measured.
const GUESTS: [&str; 3] = ["micropython.wasm", "cpython.wasm", "ruby-3.4.wasm"];

/// The name of `wasmi` where it translates all functions at once. As it is otherwise, and as our engines are, each waits for
/// its first call.
const EAGER: &str = "wasmi, eager";
/// Our fast engine, which keeps the file.
const FAST: &str = "fast";
/// The same where it translates all functions at once.
const FAST_EAGER: &str = "fast, eager";
/// The same where a file has the code of all functions.
const FAST_COMPILED: &str = "fast, compiled";
/// The same where all the code is read at once.
const FAST_READ: &str = "fast, compiled and all read";
/// The same where it copies functions and segments, as it does by way of [`Engine::instantiate`].
const FAST_COPYING: &str = "fast, copying";
/// The name under which the module is only validated: what no engine can do without.
const VALIDATION: &str = "validation";
/// The name under which the file is only read: how much memory the process has anyway.
const NOTHING: &str = "the file";

fn main() -> ExitCode {
    trace::report(run(&Arguments::parse(), &mut io::stdout().lock()))
}

fn run(arguments: &Arguments, out: &mut impl Write) -> Result<(), BoxError> {
    let mut modules = arguments.modules.clone();
    if arguments.guests {
        guests::fetch(&[])?;
        modules.extend(GUESTS.map(guests::file));
    }
    for module in &modules {
        let shown = module.display();
        if let Some(engine) = &arguments.engine {
            let bytes =
                fs::read(module).map_err(|error| format!("cannot read `{shown}`: {error}"))?;
            let loaded = load(bytes, engine).map_err(|error| format!("{shown}: {error}"));
            let (seconds, peak) = loaded?;
            writeln!(out, "{seconds} {peak}")?;
        } else {
            compare(out, module, arguments.rounds)?;
        }
    }
    Ok(())
}

/// Loads a module in this process: the seconds it took, and the most bytes that the process has had.
fn load(bytes: Vec<u8>, name: &str) -> Result<(f64, u64), BoxError> {
    let seconds = match name {
        NOTHING => 0.0,
        VALIDATION => {
            let start = ThreadTime::now();
            Validator::new_with_features(FEATURES).validate_all(&bytes)?;
            start.elapsed().as_secs_f64()
        }
        FAST | FAST_EAGER => {
            let mut store = ch21_fuse::Store::<()>::default();
            let imports = imports(&bytes, &mut store)?;
            let start = ThreadTime::now();
            let module = Module::from_shared(bytes.into(), FEATURES)?;
            let instance = store.instantiate_module(module, &imports)?;
            if name == FAST_EAGER {
                store.translate(instance);
            }
            start.elapsed().as_secs_f64()
        }
        FAST_COMPILED | FAST_READ => {
            let engine = ch22_embed::Engine::default();
            let mut store = Store::new(&engine, ());
            let start = ThreadTime::now();
            let module = ch22_embed::Module::deserialize_shared(&engine, bytes.into())?;
            let mut linker = Linker::new(&engine);
            linker.define_unknown_imports_as_traps(&module)?;
            let instance = linker.instantiate(&mut store, &module)?;
            if name == FAST_READ {
                instance.translate(&mut store)?;
            }
            start.elapsed().as_secs_f64()
        }
        _ => {
            let name = if name == FAST_COPYING { FAST } else { name };
            let row = ENGINES.iter().find(|row| row.name == name);
            let mut engine = match row {
                Some(row) => (row.make)(FEATURES, StoreLimits::default()),
                None if name == EAGER => Box::new(Wasmi::eager(FEATURES)),
                None => return Err("no such engine".into()),
            };
            let imports = imports(&bytes, &mut *engine)?;
            let start = ThreadTime::now();
            engine.instantiate(&bytes, &imports)?;
            start.elapsed().as_secs_f64()
        }
    };
    Ok((seconds, peak().ok_or("this system does not tell how much memory a process has had")?))
}

/// What the module imports, functions only. It is read from the sections up to the imports, so that reading takes no memory
/// to speak of.
fn imports(bytes: &[u8], engine: &mut dyn Engine) -> Result<Imports, BoxError> {
    let mut end = bytes.len();
    for payload in Sections::new(0).parse_all(bytes) {
        if let Payload::ImportSection(section) = payload? {
            end = section.range().end as usize;
            break;
        }
    }
    let module = Module::from_binary(&bytes[..end])?;
    link(&module, engine, |_, ty| {
        HostFunction::dynamic(ty, |_, _| Err("this function does nothing".into()))
    })
}

/// The most bytes of memory that this process has had, if the system tells: Linux does.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib << 10)
}

/// Lets all engines load a module by turns, each in a process of its own.
fn compare(out: &mut impl Write, file: &Path, rounds: u32) -> Result<(), BoxError> {
    let engines = ENGINES.iter().map(|row| row.name).chain([EAGER, FAST_EAGER, FAST_COPYING]);
    let compiled = [FAST_COMPILED, FAST_READ];
    let names = [NOTHING, VALIDATION].into_iter().chain(engines).chain(compiled);
    let mut rows: Vec<(&str, Vec<f64>, Vec<u64>)> =
        names.map(|name| (name, Vec::new(), Vec::new())).collect();
    let engine = ch22_embed::Engine::default();
    let bytes = ch22_embed::Module::from_file(&engine, file)?.serialize()?;
    let mut second = tempfile::NamedTempFile::new()?;
    second.write_all(&bytes)?;
    let compiled_size = bytes.len() as u64;
    drop(bytes);
    for _ in 0..rounds {
        for (name, times, peaks) in &mut rows {
            let mut child = Command::new(env::current_exe()?);
            let file = if compiled.contains(name) { second.path() } else { file };
            let output = child.arg(file).args(["--engine", name]).output()?;
            let text = String::from_utf8(output.stdout)?;
            let Some((seconds, peak)) = text.trim().split_once(' ') else {
                let said = String::from_utf8_lossy(&output.stderr);
                return Err(said.trim().trim_start_matches("error: ").into());
            };
            times.push(seconds.parse()?);
            peaks.push(peak.parse()?);
        }
    }
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let size = fs::metadata(file)?.len();
    let (shown, compiled) = (file.display(), mib(compiled_size));
    writeln!(out, "{shown}, {:.1} MiB, compiled {compiled:.1} MiB", mib(size))?;
    for (name, mut times, mut peaks) in rows {
        times.sort_by(f64::total_cmp);
        peaks.sort_unstable();
        let peak = mib(peaks[peaks.len() / 2]);
        let milliseconds = times[times.len() / 2] * 1e3;
        writeln!(out, "{name:<27} {milliseconds:>8.1} ms {peak:>8.1} MiB")?;
    }
    Ok(())
}
