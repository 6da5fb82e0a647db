//! Calls of exported functions: what all commands that run a module share.

use std::path::PathBuf;

use annex_embedding::{Engine, Error, Imports, Value, list};
use anyhow::{Result, anyhow};
use ch09_module::{ExportItem, FuncType, Module};
use ch12_instance::StoreLimits;
use ch18_heap::Store;
use trace::Observer;

use crate::failure::Usage;
use crate::input;
use crate::terminal::printable;
use crate::values::values;
use crate::words;

/// The options that say which function to call, and with which arguments.
#[derive(clap::Args)]
pub struct Call {
    /// The module: a file, or `-` for standard input.
    pub file: PathBuf,
    /// The exported function to call.
    #[arg(long, value_name = "NAME")]
    pub invoke: String,
    /// Its arguments: `-1`, `0xff`, `0.5`, `inf`, `nan`, `null`.
    #[arg(value_name = "ARGS")]
    pub arguments: Vec<String>,
}

/// A call whose module, function and arguments have been checked.
pub struct Ready {
    /// The path, or `standard input`.
    pub name: String,
    module: Module,
    function: String,
    arguments: Vec<Value>,
}

impl Call {
    /// Reads the module and checks the arguments.
    ///
    /// # Errors
    ///
    /// The module isn't valid, or doesn't export the function, or the function takes other
    /// arguments.
    pub fn prepare(&self) -> Result<Ready> {
        let (source, module) = input::module(&self.file)?;
        let ty = function_type(&module, &self.invoke)
            .ok_or_else(|| Usage(no_such_function(&source.name, &module, &self.invoke)))?;
        let words: Vec<String> = self.arguments.iter().map(|word| words::plain(word)).collect();
        let arguments = values(&module, &self.invoke, ty, &words).map_err(Usage)?;
        Ok(Ready { name: source.name, module, function: self.invoke.clone(), arguments })
    }
}

impl Ready {
    /// The call in words: `add(i32 1, i32 2)`.
    pub fn title(&self) -> String {
        format!("{}{}", printable(&self.function), list(&self.arguments))
    }

    /// Makes the call on the tree engine with an observer, and returns both. If the module has a
    /// start function, it runs first, and the observer sees it too.
    pub fn run<O: Observer + Default>(
        self,
        observer: O,
        limits: StoreLimits,
    ) -> (Result<Vec<Value>>, O) {
        let mut store = Store::new(observer, limits);
        let outcome = self.call(&mut store);
        (outcome, std::mem::take(store.observer_mut()))
    }

    fn call<O: Observer>(self, store: &mut Store<O>) -> Result<Vec<Value>> {
        let Ready { name, module, function, arguments } = self;
        let instance = store
            .instantiate_module(module, &Imports::new())
            .map_err(|error| refused(&name, &error))?;
        let results = store.call(instance, &function, &arguments);
        results.map_err(|error| anyhow!("{}", printable(&error.to_string())))
    }
}

/// Why a module couldn't be instantiated. These commands provide no imports.
fn refused(name: &str, error: &Error) -> anyhow::Error {
    match error {
        Error::Link(link) => anyhow!(
            "{name}: this module imports `{}` from `{}`, {}; this command provides no imports",
            printable(&link.name),
            printable(&link.module),
            link.wanted
        ),
        other => anyhow!("{name}: {}", printable(&other.to_string())),
    }
}

/// The results of a call in words: `i32 3`, or `no results`.
pub fn results(values: &[Value]) -> String {
    match values {
        [] => "no results".to_owned(),
        [value] => value.to_string(),
        values => list(values),
    }
}

/// The type of the function that is exported under a name.
pub fn function_type<'a>(module: &'a Module, name: &str) -> Option<&'a FuncType> {
    let export = module.exports.iter().find(|export| export.name == name)?;
    let ExportItem::Func(index) = export.item else { return None };
    module.func_type(module.function_types().nth(index.index())?)
}

/// The most exports that an error names.
const MOST_NAMED: usize = 8;

/// The words for a function that isn't exported, with those that are.
pub fn no_such_function(file: &str, module: &Module, name: &str) -> String {
    let functions: Vec<String> = module
        .exports
        .iter()
        .filter(|export| matches!(export.item, ExportItem::Func(_)))
        .map(|export| format!("`{}`", printable(&export.name)))
        .collect();
    let others = match functions.len() {
        0 => "it exports no functions".to_owned(),
        count if count > MOST_NAMED => {
            let named = functions[..MOST_NAMED].join(", ");
            format!("it exports {named} and {} more", count - MOST_NAMED)
        }
        _ => format!("it exports {}", functions.join(", ")),
    };
    format!("{file}: there is no exported function `{}`; {others}", printable(name))
}
