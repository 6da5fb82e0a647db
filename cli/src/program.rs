//! What is run: a program, or one function of a module.

use std::path::PathBuf;

use annex_embedding::Value;
use anyhow::{Result, bail};
use ch22_embed::{Func, Val};

use crate::call::{function_type, no_such_function};
use crate::failure::Usage;
use crate::setup::{Loaded, Setup, World, val};
use crate::values::values;
use crate::wasi::uses_wasi;
use crate::words;

/// The options that say what is run.
#[derive(clap::Args)]
pub struct Program {
    /// The module: a file, or `-` for standard input.
    pub file: PathBuf,
    /// The exported function to call, instead of `_start`.
    #[arg(long, value_name = "NAME")]
    invoke: Option<String>,
    /// For `--invoke`: `-1`, `0xff`, `0.5`, `null`; or a program's words.
    #[arg(value_name = "ARGS")]
    arguments: Vec<String>,
}

/// The function that is called if no other is named.
pub const START: &str = "_start";

/// A call that has been checked.
pub struct Call<'a> {
    pub loaded: Loaded,
    function: &'a str,
    arguments: Vec<Value>,
    pub results: usize,
}

impl Program {
    /// The arguments of a program: words, of which it makes what it likes.
    pub fn words(&self) -> &[String] {
        match self.invoke {
            Some(_) => &[],
            None => &self.arguments,
        }
    }

    /// Reads the module, and checks the call before any code runs.
    ///
    /// # Errors
    ///
    /// It isn't a module, or has no such function, or that takes other arguments.
    pub fn prepare(&self, world: &mut World) -> Result<Call<'_>> {
        let loaded = world.load(&self.file)?;
        let function = self.invoke.as_deref().unwrap_or(START);
        let Some(ty) = function_type(loaded.decoded(), function) else {
            let known = no_such_function(&loaded.name, loaded.decoded(), function);
            match self.invoke {
                Some(_) => bail!(Usage(known)),
                None => bail!(Usage(format!("{known}; choose one by `--invoke NAME`"))),
            }
        };
        if !self.words().is_empty() && !uses_wasi(loaded.decoded()) {
            bail!(Usage(format!(
                "{}: arguments are for a function that `--invoke` names; `_start` takes none",
                loaded.name
            )));
        }
        let numbers = if self.invoke.is_some() { &self.arguments[..] } else { &[] };
        let words: Vec<String> = numbers.iter().map(|word| words::plain(word)).collect();
        let arguments = values(loaded.decoded(), function, ty, &words).map_err(Usage)?;
        let results = ty.results.len();
        Ok(Call { loaded, function, arguments, results })
    }
}

impl Call<'_> {
    /// Makes the instances, and returns the function with its arguments.
    ///
    /// # Errors
    ///
    /// An import is missing or of another type, or a start function fails.
    pub fn ready(&mut self, setup: &Setup, world: &mut World) -> Result<(Func, Vec<Val>)> {
        setup.preload(world)?;
        let instance = world.instantiate(&self.loaded)?;
        let store = &mut world.store;
        let arguments = std::mem::take(&mut self.arguments);
        let arguments = arguments.into_iter().map(|it| val(store, it)).collect();
        let func = instance.get_func(&*store, self.function).expect("the module exports it");
        Ok((func, arguments))
    }
}
