//! A store with modules in it: what `wasm run` and `wasm repl` share.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use annex_embedding as seam;
use anyhow::{Result, anyhow, bail};
use ch09_module as decoded;
use ch22_embed::{Config, Engine, ExternRef, Instance, InterruptHandle, Linker, Store, Val};
use ch22_embed::{Module, Paused, Strategy, Thawed};
use ch23_wasi::{WasiCtx, WasiCtxBuilder, add_to_linker};
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::ending::Ended;
use crate::features::KNOWN;
use crate::input;
use crate::items::import_type;
use crate::program::START;
use crate::terminal::{self, printable};
use crate::wasi::uses_wasi;

/// The options of a store.
#[derive(clap::Args)]
pub struct Setup {
    /// One of fast, slots, flat, tree.
    #[arg(long, value_name = "NAME", value_parser = engine(), default_value = "fast")]
    #[arg(hide_possible_values = true)]
    engine: Strategy,
    /// Give all memories at most this: 65536, 64K, 16M, 1G.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    max_memory: Option<u64>,
    /// Import what this module exports, under this name.
    #[arg(long, value_name = "NAME=FILE", value_parser = preload)]
    preload: Vec<(String, PathBuf)>,
}

/// The data of the host: what a program gets of the world, if it uses WASI.
pub type Host = WasiCtx;

/// A module that has been read.
pub struct Loaded {
    /// The path, or `standard input`.
    pub name: String,
    module: Module,
}

impl Loaded {
    /// The module, for a look inside.
    pub fn decoded(&self) -> &decoded::Module {
        self.module.decoded()
    }
}

/// A store, and what there is to import.
pub struct World {
    /// The store.
    pub store: Store<Host>,
    linker: Linker<Host>,
    /// The names under which there is something to import.
    names: Vec<String>,
    /// Whether a module has been read that uses WASI.
    pub uses_wasi: bool,
}

impl Setup {
    /// The engine.
    pub fn strategy(&self) -> Strategy {
        self.engine
    }

    /// Makes a store for a program that gets this of the world. It counts fuel if it is given some.
    pub fn world(&self, fuel: Option<u64>, wasi: WasiCtx) -> World {
        let mut config = config(self.engine);
        config.consume_fuel(fuel.is_some());
        if let Some(bytes) = self.max_memory {
            config.max_memory_bytes(bytes);
        }
        let engine = Engine::new(&config);
        let mut store = Store::new(&engine, wasi);
        if let Some(fuel) = fuel {
            store.set_fuel(fuel).expect("this engine counts it");
        }
        let mut linker = Linker::new(&engine);
        add_to_linker(&mut linker, |wasi| wasi).expect("nothing else is defined yet");
        World { store, linker, names: Vec::new(), uses_wasi: false }
    }

    /// Makes an instance of each module of `--preload`.
    ///
    /// # Errors
    ///
    /// One of them isn't valid, can't be instantiated, or has a name that is taken.
    pub fn preload(&self, world: &mut World) -> Result<()> {
        for (name, file) in &self.preload {
            let loaded = world.load(file)?;
            let instance = world.instantiate(&loaded)?;
            let outcome = world.linker.instance(&world.store, name, instance);
            outcome.map_err(|error| {
                anyhow!("--preload {}: {}", printable(name), printable(&error.to_string()))
            })?;
            world.names.push(name.clone());
        }
        Ok(())
    }

    /// What a module of this file is called if it has no name. With other modules about, that would be
    /// a guess.
    pub fn stem(&self, file: &Path) -> String {
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let stem = stem.filter(|stem| stem != "-" && self.preload.is_empty());
        stem.unwrap_or_else(|| "<unnamed>".to_owned())
    }
}

impl World {
    /// Makes bytes of the store and of a call in it. What a program has of WASI comes first.
    ///
    /// # Errors
    ///
    /// Something in it can't be frozen.
    pub fn freeze(&mut self, paused: &Paused) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if self.uses_wasi {
            bytes = self.store.data_mut().freeze()?;
        }
        bytes.extend(self.store.freeze(&[paused])?);
        Ok(bytes)
    }

    /// Goes on from what [`World::freeze`] has made. `builder` has what is given again. Returns the call.
    ///
    /// # Errors
    ///
    /// The bytes are no frozen store with a call, or it can't be had here.
    pub fn thaw(&mut self, bytes: &[u8], mut builder: WasiCtxBuilder) -> Result<Paused> {
        let (wasi, bytes) = match WasiCtx::split_frozen(bytes) {
            Some((context, rest)) => {
                self.uses_wasi = true;
                (builder.thaw(context)?, rest)
            }
            None => (builder.build(), bytes),
        };
        let thawed = Store::thaw(self.store.engine(), wasi, &self.linker, bytes)?;
        let Thawed { store, mut calls, .. } = thawed;
        self.store = store;
        match (calls.pop(), &calls[..]) {
            (Some(paused), []) => Ok(paused),
            _ => bail!("it was not frozen in the middle of one call"),
        }
    }

    /// Prints results, one a line.
    ///
    /// # Errors
    ///
    /// The output can't be written.
    pub fn print(&self, results: &[Val]) -> io::Result<()> {
        let mut out = terminal::stdout();
        for value in results {
            writeln!(out, "{}", shown(&self.store, value))?;
        }
        out.flush()
    }

    /// What interrupts the calls of the store; the tree engine has nothing.
    pub fn handle(&self) -> Option<InterruptHandle> {
        self.store.interrupt_handle().ok()
    }

    /// Reads a module.
    ///
    /// # Errors
    ///
    /// It isn't one, or isn't valid.
    pub fn load(&mut self, file: &Path) -> Result<Loaded> {
        let source = input::source(file)?;
        let module = source.load(self.store.engine())?;
        self.uses_wasi |= uses_wasi(module.decoded());
        Ok(Loaded { name: source.name, module })
    }

    /// Makes an instance of a module. What WASI calls a reactor, a library with an `_initialize`, is
    /// initialized.
    ///
    /// # Errors
    ///
    /// An import is missing or of another type, or a function that runs here fails.
    pub fn instantiate(&mut self, loaded: &Loaded) -> Result<Instance> {
        let Loaded { name, module } = loaded;
        for import in &loaded.decoded().imports {
            if self.linker.get(&mut self.store, &import.module, &import.name).is_none() {
                return Err(self.missing(loaded, import));
            }
        }
        let ended = |error| Ended { name: name.clone(), error };
        let instance = self.linker.instantiate(&mut self.store, module).map_err(ended)?;
        let initialize = instance.get_typed_func::<(), ()>(&mut self.store, "_initialize");
        let is_program = instance.get_func(&self.store, START).is_some();
        if let (Ok(initialize), false) = (initialize, is_program) {
            initialize.call(&mut self.store, ()).map_err(ended)?;
        }
        Ok(instance)
    }

    /// The words for an import that nothing provides.
    fn missing(&self, loaded: &Loaded, import: &decoded::Import) -> anyhow::Error {
        let (from, item) = (printable(&import.module), printable(&import.name));
        let (kind, ty) = import_type(loaded.decoded(), import.ty);
        let ty = if ty.is_empty() { kind.to_owned() } else { format!("{kind} {ty}") };
        let advice = match &*import.module {
            known if self.names.iter().any(|name| name == known) => {
                "what is preloaded under this name doesn't export it".to_owned()
            }
            wasi if wasi.starts_with("wasi") => {
                "this machine has WASI preview 1, and this isn't part of it".to_owned()
            }
            _ => format!("give a module that exports it by `--preload {from}=FILE`"),
        };
        anyhow!("{}: this module imports `{item}` from `{from}`, {ty}; {advice}", loaded.name)
    }
}

/// What all stores of the command line have in common: their calls can be interrupted.
pub fn config(strategy: Strategy) -> Config {
    let mut config = Config::new();
    // The tree can't pause a call, so nothing can interrupt it.
    config.strategy(strategy).features(KNOWN).interruptible(strategy != Strategy::Tree);
    config
}

/// Reads the name of an engine.
pub fn engine() -> impl TypedValueParser<Value = Strategy> {
    let names = PossibleValuesParser::new(Strategy::ALL.map(Strategy::name));
    names.map(|name| Strategy::from_name(&name).expect("the parser knows only these names"))
}

/// A number of bytes: `65536`, `64K`, `1M`, `2G`.
fn bytes(word: &str) -> Result<u64, String> {
    const UNITS: [(char, u32); 3] = [('K', 10), ('M', 20), ('G', 30)];
    let unit = UNITS.iter().find(|(unit, _)| word.to_ascii_uppercase().ends_with(*unit));
    let (digits, shift) = match unit {
        Some((_, shift)) => (&word[..word.len() - 1], *shift),
        None => (word, 0),
    };
    let number = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(1 << shift));
    number.ok_or_else(|| "write a number of bytes, such as 65536, 64K, 16M or 1G".to_owned())
}

/// A name and a file: `env=env.wat`.
fn preload(word: &str) -> Result<(String, PathBuf), String> {
    match word.split_once('=') {
        Some((name, file)) if !file.is_empty() => Ok((name.to_owned(), file.into())),
        _ => Err("write a name and a file, such as env=env.wat".to_owned()),
    }
}

/// A value as the library has it.
pub fn val(store: &mut Store<Host>, value: seam::Value) -> Val {
    use ch07_values::Number;
    use seam::{Referent, Value};
    match value {
        Value::Number(Number::I32(x)) => x.into(),
        Value::Number(Number::I64(x)) => x.into(),
        Value::Number(Number::F32(x)) => x.into(),
        Value::Number(Number::F64(x)) => x.into(),
        Value::V128(x) => Val::V128(x),
        Value::FuncRef(_) => Val::FuncRef(None),
        // The number is the host's data.
        Value::ExternRef(Some(Referent::Host(number))) => ExternRef::new(store, number).into(),
        Value::ExternRef(_) => Val::ExternRef(None),
        Value::AnyRef(_) => Val::AnyRef(None),
        Value::ExnRef(_) => Val::ExnRef(None),
    }
}

/// A value as it is written on the command line: `7`, `0.5`, `inf`, `nan`, `null`.
pub fn shown(store: &Store<Host>, value: &Val) -> String {
    match value {
        Val::F32(bits) => {
            let float = f32::from_bits(*bits);
            let payload = u64::from(bits & 0x7f_ffff);
            nan(float.into(), payload, 1 << 22).unwrap_or_else(|| format!("{float:?}"))
        }
        Val::F64(bits) => {
            let float = f64::from_bits(*bits);
            let payload = bits & 0xf_ffff_ffff_ffff;
            nan(float, payload, 1 << 51).unwrap_or_else(|| format!("{float:?}"))
        }
        Val::V128(bits) => format!("{:#034x}", bits.0),
        Val::ExternRef(Some(it)) => {
            let number = it.data(store).and_then(|data| data.downcast_ref::<u32>());
            number.map_or_else(|| value.to_string(), ToString::to_string)
        }
        _ => value.to_string(),
    }
}

/// A float that is not a number: `nan`, or `nan:0x200000` if its payload isn't the usual one.
fn nan(float: f64, payload: u64, usual: u64) -> Option<String> {
    let sign = if float.is_sign_negative() { "-" } else { "" };
    match float.is_nan() {
        false => None,
        true if payload == usual => Some(format!("{sign}nan")),
        true => Some(format!("{sign}nan:{payload:#x}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_units() {
        let words = ["0", "65536", "64K", "64k", "16M", "2G"];
        let numbers = [0, 65536, 65536, 65536, 16 << 20, 2 << 30];
        assert_eq!(words.map(|word| bytes(word).unwrap()), numbers);
        for word in ["", "K", "-1", "1.5M", "1T", "64 K", "18446744073709551615G", "ſK"] {
            assert!(bytes(word).is_err(), "{word}");
        }
    }

    #[test]
    fn a_preloaded_module_has_a_name_and_a_file() {
        assert_eq!(preload("env=a=b.wat"), Ok(("env".to_owned(), "a=b.wat".into())));
        assert!(preload("env").is_err() && preload("env=").is_err());
    }

    #[test]
    fn values_look_as_they_are_written() {
        let store = Store::new(&Engine::default(), WasiCtx::builder().build());
        let floats = [7.0, 0.1, 1e300, f64::INFINITY, f64::NAN, -0.0];
        let shown = |float: f64| shown(&store, &float.into());
        assert_eq!(floats.map(shown), ["7.0", "0.1", "1e300", "inf", "nan", "-0.0"]);
        let nans = [0x7fc0_0000, 0xffc0_0000, 0x7fa0_0000];
        let shown = |bits: u32| super::shown(&store, &Val::F32(bits));
        assert_eq!(nans.map(shown), ["nan", "-nan", "nan:0x200000"]);
    }
}
